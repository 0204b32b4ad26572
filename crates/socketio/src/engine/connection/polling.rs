//! How a connection handles GET and POST requests while it is on polling.

use actix::{ActorFutureExt, AsyncContext, Context, Handler, fut};

use crate::disconnect::DisconnectReason;

use super::{
    super::{
        codec::packet::{EncodedPacket, Packet},
        http::error::RequestError,
    },
    Connection, EngineHandler, Phase,
    messages::{Poll, PollAbandoned, Post},
    transport::Transport,
    upgrade::session_ended,
};

/// The most packets in one answer. Clients in Python disconnect when they receive more.
const MAX_PACKETS: usize = 16;

/// The most bytes in one answer, if it has several packets: what one process tells another is bounded.
const MAX_BYTES: usize = 100_000;

impl<C: EngineHandler> Connection<C> {
    /// Answers the waiting poll at the end of the actor's turn, when a whole burst is queued.
    pub(super) fn flush_soon(&mut self, context: &mut Context<Self>) {
        let Some(polling) = self.transport.polling() else {
            return;
        };
        if polling.waiting.is_some() && !polling.flush_scheduled {
            polling.flush_scheduled = true;
            context.spawn(fut::ready(()).map(|(), connection: &mut Self, context| {
                connection.flush(context);
            }));
        }
    }

    /// Closes the connection when polls have taken the last packets.
    pub(super) fn close_polling(&mut self, context: &mut Context<Self>) {
        let Some(polling) = self.transport.polling() else {
            return;
        };
        polling.drop_probe(Some(session_ended()));
        let waiting = polling.waiting.take();
        self.start_closing(context);
        if let Some(poll) = waiting {
            self.answer_while_closing(poll, context);
        }
    }

    /// Tells the handler that the connection has ended, and gives the client
    /// [`crate::Options::ping_timeout`] to fetch the last packets.
    fn start_closing(&mut self, context: &mut Context<Self>) {
        self.handler.closed(DisconnectReason::ServerClosed);
        self.phase = Phase::Closing;
        context.run_later(self.options.ping_timeout, |connection, context| {
            connection.disconnect(DisconnectReason::ServerClosed, context);
        });
    }

    fn flush(&mut self, context: &mut Context<Self>) {
        let Some(polling) = self.transport.polling() else {
            return;
        };
        polling.flush_scheduled = false;
        if polling.queue.is_empty() {
            return;
        }
        let Some(poll) = polling.waiting.take() else {
            return;
        };
        if !poll.answer(self.take()) {
            self.disconnect(DisconnectReason::TransportLost, context);
        }
    }

    /// The packets of the next answer.
    fn take(&mut self) -> Vec<EncodedPacket> {
        let Some(polling) = self.transport.polling() else { return Vec::new() };
        let packets = polling.queue.take_up_to(MAX_PACKETS, MAX_BYTES);
        self.waiting.set(!polling.queue.is_empty());
        packets
    }

    /// The close packet is sent after the last packets, in an answer of its own: clients 3.x and 4.x
    /// handle it before the other packets of the same answer.
    fn answer_while_closing(&mut self, poll: Poll, context: &mut Context<Self>) {
        let packets = self.take();
        if packets.is_empty() {
            poll.answer(vec![EncodedPacket::CLOSE]);
            self.finish(DisconnectReason::ServerClosed, context);
        } else {
            poll.answer(packets);
        }
    }

    fn poll(&mut self, poll: Poll, context: &mut Context<Self>) {
        let Some(polling) = self.transport.polling() else {
            return poll.refuse(RequestError::BadRequest);
        };
        match self.phase {
            Phase::Open if polling.waiting.is_some() => {
                self.disconnect(DisconnectReason::ConcurrentRequests, context);
                poll.refuse(RequestError::BadRequest);
            }
            Phase::Open => {
                polling.waiting = Some(poll);
                self.flush(context);
            }
            Phase::Closing => self.answer_while_closing(poll, context),
            Phase::Closed => poll.refuse(RequestError::UnknownSession),
        }
    }

    fn post(&mut self, post: Post, context: &mut Context<Self>) -> Result<(), RequestError> {
        if matches!(self.transport, Transport::WebSocket(_)) {
            return Err(RequestError::BadRequest);
        }
        for packet in post.0 {
            match (self.phase, packet) {
                (Phase::Open, packet) => self.receive(packet, context),
                (Phase::Closing, Packet::Close) => {
                    self.disconnect(DisconnectReason::ClientClosed, context);
                }
                // The client learns by its next poll that the connection has ended.
                (Phase::Closing, _) => {}
                (Phase::Closed, _) => return Err(RequestError::UnknownSession),
            }
        }
        Ok(())
    }
}

impl<C: EngineHandler> Handler<Poll> for Connection<C> {
    type Result = ();

    fn handle(&mut self, poll: Poll, context: &mut Self::Context) {
        self.check_heartbeat(context);
        self.poll(poll, context);
    }
}

impl<C: EngineHandler> Handler<PollAbandoned> for Connection<C> {
    type Result = ();

    fn handle(&mut self, PollAbandoned(id): PollAbandoned, context: &mut Self::Context) {
        let waiting = match &self.transport {
            Transport::Polling(polling) => polling.waiting.as_ref().map(|poll| poll.id),
            Transport::WebSocket(_) | Transport::Closed => None,
        };
        if waiting == Some(id) {
            self.disconnect(DisconnectReason::TransportLost, context);
        }
    }
}

impl<C: EngineHandler> Handler<Post> for Connection<C> {
    type Result = Result<(), RequestError>;

    fn handle(&mut self, post: Post, context: &mut Self::Context) -> Self::Result {
        self.check_heartbeat(context);
        self.post(post, context)
    }
}
