//! The actor of one Engine.IO connection: it owns the queue, the heartbeat and the channel on top,
//! and outlives the transports that come and go beneath it.
//!
//! What is particular to polling is in [`super::polling`], the upgrade in [`super::upgrade`].

use std::{sync::Arc, time::Instant};

use actix::{Actor, ActorContext, Addr, AsyncContext, Context, Handler, SpawnHandle};

use super::{
    super::{
        error::{Ending, Farewell, RequestError},
        options::Options,
    },
    channel::{Channel, Close, Outbox},
    heartbeat::{Beat, Heartbeat},
    link::Link,
    messages::{Deliver, Fail, Frame, Gone},
    packet::{Dialect, Packet, PacketError, Version, Wire},
    pipe::Pipe,
    sessions::Ticket,
};

/// What a connection begins with.
pub struct Opening<C: Channel> {
    /// What runs on top.
    pub channel: C,
    /// How it was agreed to write.
    pub dialect: Dialect,
    /// The settings of the server.
    pub options: Arc<Options>,
    /// Its place among the sessions.
    pub ticket: Ticket<C>,
    /// Where its packets wait.
    pub pipe: Arc<Pipe>,
    /// What it begins on.
    pub link: Link,
}

/// The actor.
pub struct Connection<C: Channel> {
    pub(super) options: Arc<Options>,
    pub(super) pipe: Arc<Pipe>,
    pub(super) link: Link,
    pub(super) phase: Phase,
    channel: C,
    version: Version,
    ticket: Ticket<C>,
    heartbeat: Heartbeat,
    beat: SpawnHandle,
}

/// How far the life of a connection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Open,
    /// The application closed it; the last packets wait for a poll.
    Leaving,
    Ended,
}

impl<C: Channel> Connection<C> {
    /// Starts the actor in this thread, and registers it.
    pub fn start(opening: Opening<C>) -> Addr<Connection<C>> {
        Connection::create(|context| {
            let Opening { channel, dialect, options, ticket, pipe, link } = opening;
            context.set_mailbox_capacity(options.mailbox);
            ticket.register(context.address(), dialect);
            let version = dialect.version;
            let (interval, timeout) = (options.ping_interval, options.ping_timeout);
            let heartbeat = Heartbeat::new(version, interval, timeout, Instant::now());
            let (phase, beat) = (Phase::Open, SpawnHandle::default());
            Connection { options, pipe, link, phase, channel, version, ticket, heartbeat, beat }
        })
    }

    /// Calls the channel, and sends what it has to say.
    pub fn call(&mut self, context: &mut Context<Self>, act: impl FnOnce(&mut C, &mut Outbox<'_, C>)) {
        if self.phase != Phase::Open {
            return;
        }
        let mut out = Outbox::new(context, Arc::clone(&self.pipe));
        act(&mut self.channel, &mut out);
        let (wires, close) = out.finish();
        self.send(wires, context);
        match close {
            None => {}
            Some(Close::Leave(farewell)) => self.leave(farewell, context),
            Some(Close::Fail(ending)) => self.fail(ending, context),
        }
    }

    /// Queues packets, however many: a client that still has not taken what waits before them has
    /// had its chance.
    pub(super) fn send(&mut self, wires: Vec<Wire>, context: &mut Context<Self>) {
        if wires.is_empty() {
            return;
        }
        let before = self.pipe.push(wires);
        if before.packets >= self.options.max_queue || before.bytes >= self.options.max_queue_bytes {
            self.fail(Ending::Slow, context);
        } else {
            self.flush_soon(context);
        }
    }

    /// Takes in a packet from whatever transport.
    pub(super) fn receive(&mut self, packet: Packet, context: &mut Context<Self>) {
        self.ticket.heard();
        if self.heartbeat.heard(Instant::now()) {
            self.schedule_beat(context);
        }
        match (packet, self.version) {
            (Packet::Text(text), _) => self.call(context, |channel, out| channel.text(text, out)),
            (Packet::Binary(data), _) => {
                self.call(context, |channel, out| channel.binary(data, out));
            }
            (Packet::Ping(data), Version::V3) => self.send(vec![Wire::pong(&data)], context),
            (Packet::Pong, Version::V4) | (Packet::Noop, _) => {}
            (Packet::Close, _) => self.fail(Ending::Client, context),
            (Packet::Ping(_), Version::V4) | (Packet::Pong, Version::V3) | (Packet::Upgrade, _) => {
                self.fail(Ending::Malformed, context);
            }
        }
    }

    /// Ends it now.
    pub(super) fn fail(&mut self, ending: Ending, context: &mut Context<Self>) {
        if self.phase == Phase::Ended {
            return;
        }
        let farewell = self.channel.farewell(ending);
        match &mut self.link {
            Link::WebSocket(_) if ending == Ending::Slow => self.pipe.abort(farewell),
            Link::WebSocket(_) => self.pipe.end(farewell),
            Link::Polling(polling) => {
                polling.drop_probe();
                polling.release(if ending == Ending::Client { Wire::NOOP } else { Wire::CLOSE });
            }
        }
        self.end(ending, context);
    }

    /// Ends it when all that is queued has been taken.
    fn leave(&mut self, farewell: Option<Farewell>, context: &mut Context<Self>) {
        match &mut self.link {
            Link::WebSocket(_) => {
                self.pipe.end(farewell);
                self.end(Ending::Application, context);
            }
            Link::Polling(_) if self.phase == Phase::Open => self.leave_polling(context),
            Link::Polling(_) => {}
        }
    }

    /// The end, of which the channel hears once.
    pub(super) fn end(&mut self, ending: Ending, context: &mut Context<Self>) {
        if self.phase == Phase::Open {
            self.channel.closed(ending);
        }
        self.phase = Phase::Ended;
        self.ticket.withdraw();
        context.stop();
    }

    /// The channel hears of the end, while the last packets still wait for a poll.
    pub(super) fn linger(&mut self, context: &mut Context<Self>) {
        self.channel.closed(Ending::Application);
        self.phase = Phase::Leaving;
        context.run_later(self.options.ping_timeout, |connection, context| {
            connection.fail(Ending::Application, context);
        });
    }

    /// What of the heartbeat is due, however late its timer may be.
    pub(super) fn check_heartbeat(&mut self, context: &mut Context<Self>) {
        if self.phase != Phase::Open {
            return;
        }
        match self.heartbeat.check(Instant::now()) {
            Beat::Wait => {}
            Beat::Ping => self.send(vec![Wire::PING], context),
            Beat::Expired => self.fail(Ending::Timeout, context),
        }
        self.schedule_beat(context);
    }

    fn schedule_beat(&mut self, context: &mut Context<Self>) {
        if self.phase != Phase::Open {
            return;
        }
        context.cancel_future(self.beat);
        let after = self.heartbeat.due().saturating_duration_since(Instant::now());
        self.beat = context.run_later(after, Self::check_heartbeat);
    }
}

impl<C: Channel> Actor for Connection<C> {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        self.schedule_beat(context);
        self.call(context, |channel, out| channel.opened(out));
    }

    /// Without an end before it, the thread is being stopped.
    fn stopped(&mut self, context: &mut Self::Context) {
        self.fail(Ending::Shutdown, context);
    }
}

impl<C: Channel> Handler<Deliver<C::Message>> for Connection<C> {
    type Result = ();

    fn handle(&mut self, Deliver(message): Deliver<C::Message>, context: &mut Self::Context) {
        self.call(context, |channel, out| channel.message(message, out));
    }
}

impl<C: Channel> Handler<Frame> for Connection<C> {
    type Result = ();

    fn handle(&mut self, Frame { from, packet }: Frame, context: &mut Self::Context) {
        match (&self.link, packet) {
            (Link::WebSocket(tag), Ok(packet)) if *tag == from => self.receive(packet, context),
            (Link::WebSocket(tag), Err(error)) if *tag == from => self.fail(error.into(), context),
            (Link::WebSocket(_), _) => {}
            (Link::Polling(_), packet) => self.probe_frame(from, packet.ok(), context),
        }
    }
}

impl<C: Channel> Handler<Gone> for Connection<C> {
    type Result = ();

    fn handle(&mut self, Gone { tag, ending }: Gone, context: &mut Self::Context) {
        match &self.link {
            Link::WebSocket(current) if *current == tag => self.fail(ending, context),
            Link::WebSocket(_) => {}
            Link::Polling(_) => self.probe_gone(tag, context),
        }
    }
}

impl<C: Channel> Handler<Fail> for Connection<C> {
    type Result = ();

    fn handle(&mut self, Fail(ending): Fail, context: &mut Self::Context) {
        self.fail(ending, context);
    }
}

impl From<PacketError> for Ending {
    fn from(error: PacketError) -> Ending {
        match error {
            PacketError::Malformed => Ending::Malformed,
            PacketError::TooBig => Ending::TooBig,
        }
    }
}

impl From<PacketError> for RequestError {
    fn from(error: PacketError) -> RequestError {
        match error {
            PacketError::Malformed => RequestError::BadRequest,
            PacketError::TooBig => RequestError::TooLarge,
        }
    }
}
