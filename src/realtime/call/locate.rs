//! Which connections the parties of a call have, as the registry knows them.

use super::message::CallMessage;
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::{SessionId, TokenHash, Uid};
use crate::realtime::registry::actor::Registry;
use crate::realtime::registry::messages::FindConnections;
use actix::Addr;

/// The connection that belongs to a request.
pub(super) struct RequestConnection {
    /// The only one that registered with the request's own token.
    pub(super) certain: Option<Connection>,
    /// That, or the only one that the person has.
    pub(super) likely: Option<Connection>,
}

/// Finds the connection of a request that somebody made with this token.
pub(super) async fn find_connection(
    registry: Addr<Registry>,
    uid: Uid,
    token: TokenHash,
) -> Result<RequestConnection> {
    let found = registry.send(FindConnections(uid)).await.map_err(Error::inside)?;
    let own = found.iter().filter(|(_, registered)| *registered == token).map(|(connection, _)| connection);
    let own: Vec<_> = own.cloned().collect();
    Ok(match (own.as_slice(), found.as_slice()) {
        ([only], _) => RequestConnection { certain: Some(only.clone()), likely: Some(only.clone()) },
        ([], [(only, _)]) => RequestConnection { certain: None, likely: Some(only.clone()) },
        (_, _) => RequestConnection { certain: None, likely: None },
    })
}

/// Whether somebody still has this connection.
pub(super) async fn is_connected(registry: Addr<Registry>, uid: Uid, at: Connection) -> Result<bool> {
    let found = registry.send(FindConnections(uid)).await.map_err(Error::inside)?;
    Ok(found.iter().any(|(connection, _)| *connection == at))
}

/// What a party's call would have been told of its connections, where `bound` is the one that the call
/// is bound to: whether that is gone, and all that are there.
pub(super) async fn list_changes(
    registry: Addr<Registry>,
    uid: Uid,
    bound: Option<SessionId>,
) -> Result<Vec<CallMessage>> {
    let found = registry.send(FindConnections(uid.clone())).await.map_err(Error::inside)?;
    let lost = bound.filter(|bound| found.iter().all(|(connection, _)| connection.session != *bound));
    let lost = lost.map(CallMessage::Disconnected);
    let there = found.into_iter().map(|(at, _)| CallMessage::Connected { uid: uid.clone(), at });
    Ok(lost.into_iter().chain(there).collect())
}
