//! The places of connections on several nodes: each takes the place of those of its account that it displaces, wherever
//! they are, and those hear of it. One process alone has none of this: its registry knows.

use crate::db::connection::AnyConnection;
use crate::db::gather::Done;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::connection::{ConnectionPolicy, Held};
use crate::model::{Node, SessionId, Slots};
use crate::protocol::effect::Effect;
use crate::store::connection::enter::{self, Displaced, Gone};
use crate::store::connection::review::{self, Missing, Newer};
use crate::store::device;
use std::collections::HashMap;

/// Where a connection is.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The connection.
    pub session: SessionId,
    /// The node's life, if it has begun.
    pub node: Option<Node>,
}

/// Enters connections, whose accounts' mailboxes are locked; the devices of those whose places they take get no more
/// mobile notices.
pub fn enter(tx: &mut Tx<'_>, node: Option<Node>, held: &[Held]) -> Result<()> {
    let same =
        |one: &Held, other: &Displaced| one.uid == other.uid && one.connection.device == other.deviceid;
    let displaced = displace(tx, node, held)?;
    let from_elsewhere = displaced.iter().filter(|displaced| !held.iter().any(|held| same(held, displaced)));
    from_elsewhere.into_iter().try_for_each(|one| device::release_of(tx, &one.uid, &one.deviceid))
}

/// Enters connections of a node anew that have lost their rows to nobody: with the node's last life, or with those of
/// all when the database broke down.
pub fn enter_again(tx: &mut Tx<'_>, node: Node, held: &[Held]) -> Result<()> {
    enter::lock(tx, &held.iter().map(|held| &held.uid).collect())?;
    displace(tx, Some(node), held)?;
    Ok(())
}

/// Has those told on other nodes whose places are taken.
fn displace(tx: &mut Tx<'_>, node: Option<Node>, held: &[Held]) -> Result<Vec<Displaced>> {
    let displaced = enter::enter(tx, node, held)?;
    let own = node.map(|node| node.slot);
    for Held { uid, connection, epoch, .. } in held {
        let theirs = displaced.iter().filter(|one| one.uid == *uid && Some(one.slot) != own);
        let slots: Slots = theirs.map(|one| one.slot).collect();
        if slots != Slots::NONE {
            let (uid, deviceid) = (uid.clone(), connection.device.clone());
            tx.effect(Effect::Displaced { uid, deviceid, epoch: *epoch, slots });
        }
    }
    Ok(displaced)
}

/// Which of these connections have lost their places, and to which.
pub fn find_displaced(
    store: &mut AnyConnection,
    policy: ConnectionPolicy,
    held: &[Held],
) -> Result<HashMap<SessionId, Newer>> {
    if held.is_empty() {
        return Ok(HashMap::new());
    }
    let missing = review::list_missing(store, None, policy, held)?;
    let displaced = |Missing { held, newer }: Missing| Some((held.connection.session, newer?));
    Ok(missing.into_iter().filter_map(displaced).collect())
}

/// Takes connections away that are gone.
pub fn leave_all(tx: &mut Tx<'_>, gone: &[Gone]) -> Result<Vec<Done<()>>> {
    enter::leave(tx, gone)?;
    Ok(gone.iter().map(|_| Done::Answered(Ok(()))).collect())
}
