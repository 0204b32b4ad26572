//! Accounts as the back office changes and closes them.

use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Role, Uid};
use crate::protocol::effect::Effect;
use crate::service::sessions;
use crate::store::office::{self, Change, ListedAccount};
use crate::store::{account, team, teammate};

/// Changes an account; with a new password its tokens are void.
pub fn change(tx: &mut Tx<'_>, role: Role, uid: &Uid, change: &Change) -> Result<ListedAccount> {
    office::require(tx, role, uid)?;
    if let Some(login) = &change.login
        && account::find_by_login(tx, role, login.as_str())?.is_some_and(|(other, _)| other.uid != *uid)
    {
        return Err(Error::Conflict("this phone or account name is taken"));
    }
    if let Some(communityid) = &change.communityid {
        account::require_community(tx, communityid)?;
    }
    let changed = office::set_account(tx, uid, change)?;
    match change.password.is_some() {
        true => sessions::revoke_all(tx, uid)?,
        false => tx.effect(Effect::AccountChanged(uid.clone())),
    }
    Ok(changed)
}

/// Closes an account, or opens it again. A closed one's tokens are void, and it is in no team's room.
pub fn set_disabled(tx: &mut Tx<'_>, role: Role, uid: &Uid, disabled: bool) -> Result<()> {
    office::require(tx, role, uid)?;
    office::set_account_disabled(tx, uid, disabled)?;
    if disabled {
        sessions::revoke_all(tx, uid)?;
    }
    for stid in team::list_of(tx, uid)? {
        let team = team::lock(tx, &stid)?;
        teammate::follow(tx, &team)?;
    }
    Ok(())
}
