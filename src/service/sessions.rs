//! Who is let in and who is out: tokens made void, with what has to follow.

use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{TokenHash, Uid};
use crate::protocol::effect::Effect;
use crate::store::login;

/// Makes a token void; its devices are nobody's, and its connections close.
pub fn revoke(tx: &mut Tx<'_>, uid: &Uid, token: TokenHash) -> Result<()> {
    login::revoke(tx, token)?;
    tx.effect(Effect::TokenRevoked { uid: uid.clone(), token });
    Ok(())
}

/// Makes all tokens of an account void; its devices are nobody's, and its connections close.
pub fn revoke_all(tx: &mut Tx<'_>, uid: &Uid) -> Result<()> {
    login::revoke_all(tx, uid)?;
    tx.effect(Effect::AccountRevoked(uid.clone()));
    Ok(())
}
