//! Which bus the nodes of a service have.

use super::bus::End;
use super::memory::Network;
use super::nats::{self, Servers};
use crate::error::{Error, Result};
use crate::model::Slot;

/// What makes the ends of a bus.
#[derive(Clone)]
pub enum Carrier {
    /// NATS, where the service has this name.
    Nats(Servers, String),
    /// A bus within this process, for tests.
    Memory(Network),
}

impl Carrier {
    /// The end of the node in this slot.
    pub async fn join(&self, own: Slot) -> Result<End> {
        match self {
            Self::Nats(servers, service) => {
                nats::join(servers.clone(), service, own).await.map_err(Error::inside)
            }
            Self::Memory(network) => Ok(network.join(own)),
        }
    }
}
