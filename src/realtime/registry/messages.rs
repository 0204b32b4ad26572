//! What the registry is told and asked.

use super::entry::{ConnectionStatus, Entry};
use crate::model::connection::Connection;
use crate::model::{DeviceId, SessionId, Time, TokenHash, Uid};
use crate::protocol::replies::Word;
use crate::realtime::close::CloseReason;
use actix::Message;
use std::collections::HashMap;

/// A connection enters. The answer is the devices whose connection it takes the place of, with
/// since when those had been there.
#[derive(Message)]
#[rtype(result = "Vec<(DeviceId, Time)>")]
pub struct Connect {
    /// Whose.
    pub uid: Uid,
    /// The connection.
    pub entry: Entry,
}

/// Asks what connections these people have.
#[derive(Message)]
#[rtype(result = "HashMap<Uid, Vec<ConnectionStatus>>")]
pub struct QueryConnections(pub Vec<Uid>);

/// A connection is gone. Removes that one and no other.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Disconnect {
    /// Whose it was.
    pub uid: Uid,
    /// The connection.
    pub id: SessionId,
}

/// Closes connections of an account.
pub struct CloseAll {
    /// Whose.
    pub uid: Uid,
    /// Only those that registered with this token.
    pub token: Option<TokenHash>,
    /// Why.
    pub why: CloseReason,
}

/// Another node has a connection that has taken the place of those of its account that registered before it, as far as
/// an account may have one, and otherwise of those from its device. They close.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Displace {
    /// Whose.
    pub uid: Uid,
    /// Its device.
    pub deviceid: DeviceId,
    /// Which of the account's registrations it came by.
    pub epoch: i64,
}

/// Sends an ephemeral message to all connections of these people.
#[derive(Message)]
#[rtype(result = "()")]
pub struct SendEphemeral {
    /// To whom.
    pub to: Vec<Uid>,
    /// What.
    pub word: Word,
}

/// Sends an ephemeral message to one connection.
#[derive(Message)]
#[rtype(result = "()")]
pub struct SendEphemeralTo {
    /// Whose.
    pub uid: Uid,
    /// The connection.
    pub id: SessionId,
    /// What.
    pub word: Word,
}

/// Asks for somebody's connections, with the hashes of the tokens that they registered with.
#[derive(Message)]
#[rtype(result = "Vec<(Connection, TokenHash)>")]
pub struct FindConnections(pub Uid);

/// Closes every connection: the server ends.
#[derive(Message)]
#[rtype(result = "()")]
pub struct CloseEverybody(pub CloseReason);

/// Asks which of these people are connected.
#[derive(Message)]
#[rtype(result = "Vec<Uid>")]
pub struct WhoIsOnline(pub Vec<Uid>);

/// Asks who is connected: at most `limit` people in falling order of their ids, those before `before`.
#[derive(Message)]
#[rtype(result = "Vec<Connected>")]
pub struct ListConnected {
    /// The last one of the page before.
    pub before: Option<Uid>,
    /// How many.
    pub limit: usize,
}

/// Somebody who is connected, with the devices they are connected from.
pub type Connected = (Uid, Vec<DeviceId>);

/// Asks how many connections there are.
#[derive(Message)]
#[rtype(result = "usize")]
pub struct CountConnections;
