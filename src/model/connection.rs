//! A client's connection, as the server names it, and how many of them an account may have.

use crate::model::{DeviceId, SessionId};

/// One connection of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// What stays when the connection is made anew.
    pub device: DeviceId,
    /// What does not.
    pub session: SessionId,
}

/// Whether an account may be connected from several devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionPolicy {
    /// One connection an account, as in the old system.
    One,
    /// One connection a device.
    PerDevice,
}
