//! A client's connection, as the server names it, and how many of them an account may have.

use crate::model::{DeviceId, SessionId, Time, TokenHash, Uid};
use serde::{Deserialize, Serialize};

/// One connection of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// What stays when the connection is made anew.
    pub device: DeviceId,
    /// What does not.
    pub session: SessionId,
}

/// A connection that a node has, among several nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Whose.
    pub uid: Uid,
    /// The connection.
    pub connection: Connection,
    /// Which of the account's registrations it came by.
    pub epoch: i64,
    /// The hash of the token that it registered with.
    pub token: TokenHash,
    /// Whether its client acknowledges what it takes in.
    pub acks: bool,
    /// Since when it has been there.
    pub entered: Time,
}

/// Whether an account may be connected from several devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionPolicy {
    /// One connection an account, as in the old system.
    One,
    /// One connection a device.
    PerDevice,
}
