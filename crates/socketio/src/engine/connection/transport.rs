//! The transport by which a connection reaches its client at present.

use actix::SpawnHandle;

use crate::{
    disconnect::CloseFrame,
    websocket::{Backlog, Socket},
};

use super::{
    super::{
        codec::packet::{EncodedPacket, Encoding},
        http::error::RequestError,
        send_queue::SendQueue,
    },
    messages::Poll,
};

/// The transport of a connection. Polling can be upgraded to a WebSocket, but not the reverse.
#[allow(clippy::large_enum_variant, reason = "most connections are on a WebSocket")]
pub(crate) enum Transport {
    /// Packets are sent in answers to polls. Boxed, as most connections have left it.
    Polling(Box<Polling>),
    /// Packets are sent on this WebSocket.
    WebSocket(Socket),
    /// The connection has ended.
    Closed,
}

/// The state of polling, and of the upgrade that may be under way.
#[derive(Default)]
pub(crate) struct Polling {
    /// The packets that no poll has taken.
    pub(super) queue: SendQueue,
    /// The poll that waits for a packet.
    pub(super) waiting: Option<Poll>,
    /// The WebSocket that is to replace polling.
    pub(super) probe: Option<Probe>,
    /// Whether the waiting poll is about to be answered.
    pub(super) flush_scheduled: bool,
}

/// A WebSocket that the client is probing.
pub(super) struct Probe {
    pub(super) socket: Socket,
    /// Ends the probe after [`crate::Options::upgrade_timeout`].
    pub(super) timeout: SpawnHandle,
    /// Releases polls, once the server has answered the probe.
    pub(super) release: Option<SpawnHandle>,
}

impl Transport {
    /// Sends packets, or queues them for polls. Returns what waited before them.
    pub(super) fn push(&mut self, packets: Vec<EncodedPacket>, encoding: Encoding) -> Backlog {
        match self {
            Transport::Polling(polling) => polling.queue.push(packets),
            Transport::WebSocket(socket) => {
                let before = socket.backlog();
                packets.into_iter().for_each(|packet| socket.send(packet.into_frame(encoding)));
                before
            }
            Transport::Closed => Backlog { frames: 0, bytes: 0 },
        }
    }

    /// The WebSocket that is used, or probed.
    pub(super) fn socket(&mut self) -> Option<&mut Socket> {
        match self {
            Transport::Polling(polling) => polling.probe.as_mut().map(|probe| &mut probe.socket),
            Transport::WebSocket(socket) => Some(socket),
            Transport::Closed => None,
        }
    }

    pub(super) fn polling(&mut self) -> Option<&mut Polling> {
        match self {
            Transport::Polling(polling) => Some(polling),
            Transport::WebSocket(_) | Transport::Closed => None,
        }
    }
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

    /// Closes the WebSocket that is being probed. Polling goes on. Returns the timers of the probe,
    /// which are to be cancelled.
    pub(super) fn drop_probe(&mut self, frame: Option<CloseFrame>) -> Vec<SpawnHandle> {
        let Some(probe) = self.probe.take() else {
            return Vec::new();
        };
        let timers = probe.timers();
        actix::spawn(probe.socket.close(frame));
        timers
    }
}

impl Probe {
    pub(super) fn timers(&self) -> Vec<SpawnHandle> {
        self.release.into_iter().chain([self.timeout]).collect()
    }
}
