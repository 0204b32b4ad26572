//! What a connection does with GETs and POSTs.

use actix::{ActorFutureExt, AsyncContext, Context, Handler, fut};

use super::{
    super::error::{Ending, RequestError},
    channel::Channel,
    connection::{Connection, Phase},
    link::Link,
    messages::{Abandon, Poll, Post},
    packet::{Packet, Wire},
};

/// Packets in one answer. Python's clients drop a connection that brings more at once.
const MAX_PACKETS: usize = 16;

impl<C: Channel> Connection<C> {
    /// Answers the parked poll, at the end of the actor's turn: by then all of a burst is there.
    pub(super) fn flush_soon(&mut self, context: &mut Context<Self>) {
        let Link::Polling(polling) = &mut self.link else {
            return;
        };
        if polling.parked.is_some() && !polling.flushing {
            polling.flushing = true;
            context.spawn(fut::ready(()).map(|(), connection: &mut Self, context| {
                connection.flush(context);
            }));
        }
    }

    /// Closes when polls have taken the last packets.
    pub(super) fn leave_polling(&mut self, context: &mut Context<Self>) {
        let Link::Polling(polling) = &mut self.link else {
            return;
        };
        polling.drop_probe();
        match polling.parked.take() {
            Some(poll) => {
                self.linger(context);
                self.answer_last(poll, context);
            }
            None => self.linger(context),
        }
    }

    fn flush(&mut self, context: &mut Context<Self>) {
        let Link::Polling(polling) = &mut self.link else {
            return;
        };
        polling.flushing = false;
        if self.pipe.is_empty() {
            return;
        }
        let Some(poll) = polling.parked.take() else {
            return;
        };
        if !poll.answer(self.pipe.take_some(MAX_PACKETS)) {
            self.fail(Ending::Lost, context);
        }
    }

    /// The close follows the last packets in an answer of its own: clients of today act on it
    /// before what came with it.
    fn answer_last(&mut self, poll: Poll, context: &mut Context<Self>) {
        let wires = self.pipe.take_some(MAX_PACKETS);
        if wires.is_empty() {
            poll.answer(vec![Wire::CLOSE]);
            self.end(Ending::Application, context);
        } else {
            poll.answer(wires);
        }
    }

    fn poll(&mut self, poll: Poll, context: &mut Context<Self>) {
        let Link::Polling(polling) = &mut self.link else {
            return poll.refuse(RequestError::BadRequest);
        };
        match self.phase {
            Phase::Open if polling.parked.is_some() => {
                self.fail(Ending::Duplicate, context);
                poll.refuse(RequestError::BadRequest);
            }
            Phase::Open => {
                polling.parked = Some(poll);
                self.flush(context);
            }
            Phase::Leaving => self.answer_last(poll, context),
            Phase::Ended => poll.refuse(RequestError::UnknownSession),
        }
    }

    fn post(&mut self, post: Post, context: &mut Context<Self>) -> Result<(), RequestError> {
        if matches!(self.link, Link::WebSocket(_)) {
            return Err(RequestError::BadRequest);
        }
        for packet in post.0 {
            match (self.phase, packet) {
                (Phase::Open, packet) => self.receive(packet, context),
                (Phase::Leaving, Packet::Close) => self.fail(Ending::Client, context),
                // Its next poll tells the client that nobody listens any more.
                (Phase::Leaving, _) => {}
                (Phase::Ended, _) => return Err(RequestError::UnknownSession),
            }
        }
        Ok(())
    }
}

impl<C: Channel> Handler<Poll> for Connection<C> {
    type Result = ();

    fn handle(&mut self, poll: Poll, context: &mut Self::Context) {
        self.check_heartbeat(context);
        self.poll(poll, context);
    }
}

impl<C: Channel> Handler<Abandon> for Connection<C> {
    type Result = ();

    fn handle(&mut self, Abandon(tag): Abandon, context: &mut Self::Context) {
        let parked = match &self.link {
            Link::Polling(polling) => polling.parked.as_ref().map(|poll| poll.tag),
            Link::WebSocket(_) => None,
        };
        if parked == Some(tag) {
            self.fail(Ending::Lost, context);
        }
    }
}

impl<C: Channel> Handler<Post> for Connection<C> {
    type Result = Result<(), RequestError>;

    fn handle(&mut self, post: Post, context: &mut Self::Context) -> Self::Result {
        self.check_heartbeat(context);
        self.post(post, context)
    }
}
