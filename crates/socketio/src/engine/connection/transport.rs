//! The transport by which a connection reaches its client at present.

use std::sync::Arc;

use actix::SpawnHandle;

use super::{
    super::{codec::packet::EncodedPacket, http::error::RequestError, send_queue::SendQueue},
    messages::{Poll, RequestId},
};

/// The transport of a connection. Polling can be upgraded to a WebSocket, but not the reverse.
pub(crate) enum Transport {
    /// Packets are sent in answers to polls.
    Polling(Polling),
    /// This WebSocket sends what is queued.
    WebSocket(RequestId),
}

/// The state of polling, and of the upgrade that may be under way.
#[derive(Default)]
pub(crate) struct Polling {
    /// The poll that waits for a packet.
    pub(super) waiting: Option<Poll>,
    /// The WebSocket that is to replace polling.
    pub(super) probe: Option<Probe>,
    /// Whether the waiting poll is about to be answered.
    pub(super) flush_scheduled: bool,
}

/// A WebSocket that the client is probing.
pub(super) struct Probe {
    pub(super) id: RequestId,
    /// The queue from which the WebSocket sends.
    pub(super) queue: Arc<SendQueue>,
    /// Ends the probe after [`crate::Options::upgrade_timeout`].
    pub(super) timeout: SpawnHandle,
    /// Releases polls, once the server has answered the probe.
    pub(super) release: Option<SpawnHandle>,
}

impl Poll {
    /// Answers the poll. Returns false if the client has gone, so that the packets are lost.
    pub(super) fn answer(self, packets: Vec<EncodedPacket>) -> bool {
        self.reply.send(Ok(packets)).is_ok()
    }

    /// Refuses the poll.
    pub(super) fn refuse(self, error: RequestError) {
        // If the client has gone, it does not need the answer.
        let _ = self.reply.send(Err(error));
    }
}

impl Polling {
    /// Answers the waiting poll with `packet` alone, and leaves the queue as it is.
    pub(super) fn release(&mut self, packet: EncodedPacket) {
        if let Some(poll) = self.waiting.take() {
            poll.answer(vec![packet]);
        }
    }

    /// The probe of this WebSocket, unless another or none is being probed.
    pub(super) fn probe_of(&mut self, id: RequestId) -> Option<&mut Probe> {
        self.probe.as_mut().filter(|probe| probe.id == id)
    }

    /// Closes the WebSocket that is being probed. Polling goes on. Returns the timers of the probe,
    /// which are to be cancelled.
    pub(super) fn drop_probe(&mut self) -> Vec<SpawnHandle> {
        let Some(probe) = self.probe.take() else {
            return Vec::new();
        };
        probe.queue.close(None);
        probe.timers()
    }
}

impl Probe {
    pub(super) fn timers(&self) -> Vec<SpawnHandle> {
        self.release.into_iter().chain([self.timeout]).collect()
    }
}
