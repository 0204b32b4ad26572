//! What the store has to do with a connection that registers.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{Caller, DeviceId, Time, TokenHash, Uid};
use crate::service::sessions;
use crate::store::login_history::{self, Origin};
use crate::store::mailbox::Mailbox;
use crate::store::{device, mailbox, token as tokens};

/// Records a connection and gives its device to the account; returns whether the app on the device is
/// known to acknowledge pushes. `FA_AUTH` where the token has become void: nothing would ever release
/// the device.
pub fn record(tx: &mut Tx<'_>, caller: &Caller, origin: &Origin) -> Result<bool> {
    if !tokens::lock(tx, caller.token)? {
        return Err(sessions::VOID);
    }
    login_history::insert_connection(tx, &caller.uid, origin)?;
    device::register(tx, &caller.uid, origin, caller.token)
}

/// Takes devices from the account whose connections were replaced, so that they get no more mobile
/// notices. Each comes with the time since when its connection had been there; a device that has
/// registered again since keeps its account.
pub fn release_replaced(tx: &mut Tx<'_>, uid: &Uid, replaced: &[(DeviceId, Time)]) -> Result<()> {
    let mut replaced = replaced.iter();
    replaced.try_for_each(|(deviceid, entered)| device::release_replaced(tx, uid, deviceid, *entered))
}

/// Finds how far somebody's pushes have come; `FA_AUTH` where their token is void. It was good a moment
/// ago, but may have become void before the registry knew of the connection that it would have closed.
pub fn find_mailbox(store: &mut AnyConnection, uid: &Uid, token: TokenHash) -> Result<Mailbox> {
    sessions::require_valid(store, token)?;
    mailbox::find(store, uid)
}
