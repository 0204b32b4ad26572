//! Who is connected to which of several nodes, on PostgreSQL. One process alone keeps none of it: its registry knows.
//!
//! An account's mailbox is the lock of its connections. Each has an epoch, a number that the account's registrations
//! count up under that lock: a connection takes the place of those before it, and never of one after it. `mailbox.slots`
//! follows the rows, so that whoever pushes knows which nodes to tell. A row whose node does not live counts for nothing.
//!
//! `enter` has how connections come and go, `review` whether those that a node holds have their places, `online` who is
//! connected anywhere.

pub mod enter;
pub mod online;
pub mod review;

use crate::db::bulk::column;
use crate::error::{Error, Result};
use crate::model::connection::{ConnectionPolicy, Held};
use crate::model::{DeviceId, Slot};

/// Some connections, a list for each column, as statements take them: `$1` to `$4`.
struct Columns<'a> {
    uids: Vec<&'a str>,
    deviceids: Vec<&'a str>,
    sessions: Vec<i64>,
    epochs: Vec<i64>,
}

impl<'a> Columns<'a> {
    fn of(held: &'a [Held]) -> Self {
        Self {
            uids: column(held, |held| held.uid.as_str()),
            deviceids: column(held, |held| held.connection.device.as_str()),
            sessions: column(held, |held| held.connection.session.number()),
            epochs: column(held, |held| held.epoch),
        }
    }
}

/// Whether a connection takes the place of all others of its account, not only of those from its device.
fn is_one(policy: ConnectionPolicy) -> bool {
    match policy {
        ConnectionPolicy::One => true,
        ConnectionPolicy::PerDevice => false,
    }
}

fn device(deviceid: String) -> Result<DeviceId> {
    DeviceId::try_from(deviceid).map_err(Error::inside)
}

fn slot(number: i32) -> Result<Slot> {
    let number = u8::try_from(number).map_err(Error::inside)?;
    Slot::try_from(number).map_err(Error::inside)
}
