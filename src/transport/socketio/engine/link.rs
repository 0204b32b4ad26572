//! How a connection reaches its client at the moment.

use std::sync::Arc;

use actix::SpawnHandle;

use super::{
    super::error::RequestError,
    messages::{Poll, Tag},
    packet::Wire,
    pipe::Pipe,
};

/// The transport of a connection. Polling may become a WebSocket, never the other way round.
pub enum Link {
    /// Requests come and go.
    Polling(Polling),
    /// This one reads the pipe.
    WebSocket(Tag),
}

/// Polling, and what may be going on beside it.
#[derive(Default)]
pub struct Polling {
    /// The poll that waits for a packet.
    pub parked: Option<Poll>,
    /// The WebSocket that wants to take over.
    pub probe: Option<Probe>,
    /// The parked poll will be answered before the task ends its turn.
    pub flushing: bool,
}

/// A WebSocket under probe.
pub struct Probe {
    /// Which one.
    pub tag: Tag,
    /// What it reads from.
    pub pipe: Arc<Pipe>,
    /// Ends the probe.
    pub timeout: SpawnHandle,
    /// Releases polls, from the moment that the probe was answered.
    pub release: Option<SpawnHandle>,
}

impl Poll {
    /// Answers; false when its client is gone, and the packets with it.
    pub fn answer(self, wires: Vec<Wire>) -> bool {
        self.reply.send(Ok(wires)).is_ok()
    }

    /// Refuses; whether anybody hears it does not matter.
    pub fn refuse(self, error: RequestError) {
        let _ = self.reply.send(Err(error));
    }
}

impl Polling {
    /// Ends a parked poll with a packet that tells nothing of what waits.
    pub fn release(&mut self, wire: Wire) {
        if let Some(poll) = self.parked.take() {
            poll.answer(vec![wire]);
        }
    }

    /// The probe of that WebSocket, if it is the one.
    pub fn probe_of(&mut self, tag: Tag) -> Option<&mut Probe> {
        self.probe.as_mut().filter(|probe| probe.tag == tag)
    }

    /// Gives up the probe; polling goes on. Returns the timers that are now of no use.
    pub fn drop_probe(&mut self) -> Vec<SpawnHandle> {
        let Some(probe) = self.probe.take() else {
            return Vec::new();
        };
        probe.pipe.end(None);
        probe.timers()
    }
}

impl Probe {
    /// Its timers.
    pub fn timers(&self) -> Vec<SpawnHandle> {
        self.release.into_iter().chain([self.timeout]).collect()
    }
}
