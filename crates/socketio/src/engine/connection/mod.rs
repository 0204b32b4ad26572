//! The actor of one connection: it owns the packets that wait, the heartbeat and the handler, and
//! outlives the transports beneath it.
//!
//! What is particular to a transport is in [`polling`], [`websocket`] and [`upgrade`], and the
//! messages that the other parts of the crate send to the actor are in [`messages`].

mod heartbeat;
pub(crate) mod messages;
mod polling;
pub(crate) mod transport;
mod upgrade;
mod websocket;

use std::{sync::Arc, time::Instant};

use actix::{Actor, ActorContext, Addr, AsyncContext, Context, Handler, SpawnHandle};

use crate::{
    disconnect::{CloseFrame, DisconnectReason},
    handshake::EngineVersion,
    options::Options,
};

use self::{
    heartbeat::{Heartbeat, HeartbeatAction},
    messages::Disconnect,
    transport::Transport,
};
use super::{
    codec::packet::{EncodedPacket, Encoding, Packet},
    context::{CloseRequest, EngineContext, Outcome},
    handler::EngineHandler,
    send_queue::SendQueue,
    sessions::SessionSlot,
};

/// The parts of a new connection.
pub(crate) struct ConnectionSetup<C: EngineHandler> {
    pub(crate) handler: C,
    pub(crate) encoding: Encoding,
    pub(crate) options: Arc<Options>,
    pub(crate) slot: SessionSlot<C>,
    pub(crate) queue: Arc<SendQueue>,
    pub(crate) transport: Transport,
}

/// The actor that runs the [`EngineHandler`] of one connection.
///
/// To let other actors send messages to a connection, implement [`actix::Handler`] for the
/// `Connection` of your handler, call the handler with [`Connection::call`], and hand out
/// [`EngineContext::address`]. The mailbox holds [`Options::mailbox_capacity`] messages; use
/// [`Addr::try_send`], which fails when it is full, or [`Addr::send`], which waits.
pub struct Connection<C: EngineHandler> {
    options: Arc<Options>,
    queue: Arc<SendQueue>,
    transport: Transport,
    phase: Phase,
    handler: C,
    version: EngineVersion,
    slot: SessionSlot<C>,
    heartbeat: Heartbeat,
    heartbeat_timer: SpawnHandle,
}

/// The stages of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// The application has closed it, and the last packets wait for a poll.
    Closing,
    Closed,
}

impl<C: EngineHandler> Connection<C> {
    /// Starts the actor in this thread, and lets requests find it.
    pub(crate) fn start(setup: ConnectionSetup<C>) -> Addr<Connection<C>> {
        Connection::create(|context| {
            let ConnectionSetup { handler, encoding, options, slot, queue, transport } = setup;
            context.set_mailbox_capacity(options.mailbox_capacity);
            slot.register(context.address(), encoding);
            let version = encoding.version;
            let (interval, timeout) = (options.ping_interval, options.ping_timeout);
            let heartbeat = Heartbeat::new(version, interval, timeout, Instant::now());
            let (phase, heartbeat_timer) = (Phase::Open, SpawnHandle::default());
            Connection {
                options,
                queue,
                transport,
                phase,
                handler,
                version,
                slot,
                heartbeat,
                heartbeat_timer,
            }
        })
    }

    /// Calls the handler, and sends what it has to send. Returns `None` without calling it if the
    /// connection has ended.
    pub fn call<R>(
        &mut self,
        context: &mut Context<Self>,
        act: impl FnOnce(&mut C, &mut EngineContext<'_, C>) -> R,
    ) -> Option<R> {
        if self.phase != Phase::Open {
            return None;
        }
        let mut outcome = Outcome::default();
        let mut handler_context = EngineContext::new(context, &self.queue, &mut outcome);
        let result = act(&mut self.handler, &mut handler_context);
        self.send(outcome.packets, context);
        match outcome.close {
            None => {}
            Some(CloseRequest::AfterPackets(frame)) => self.close_after_packets(frame, context),
            Some(CloseRequest::Now(reason)) => self.disconnect(reason, context),
        }
        Some(result)
    }

    /// Queues packets. Their own number is not limited: the limits apply to what the client has left
    /// waiting before them.
    fn send(&mut self, packets: Vec<EncodedPacket>, context: &mut Context<Self>) {
        if packets.is_empty() {
            return;
        }
        let before = self.queue.push(packets);
        let Options { max_queued_packets, max_queued_bytes, .. } = *self.options;
        if before.packets >= max_queued_packets || before.bytes >= max_queued_bytes {
            self.disconnect(DisconnectReason::SlowClient, context);
        } else {
            self.flush_soon(context);
        }
    }

    /// Handles a packet of the client, from any transport.
    fn receive(&mut self, packet: Packet, context: &mut Context<Self>) {
        self.slot.packet_received();
        if self.heartbeat.packet_received(Instant::now()) {
            self.schedule_heartbeat(context);
        }
        match (packet, self.version) {
            (Packet::Text(text), _) => {
                self.call(context, |handler, context| handler.text(text, context));
            }
            (Packet::Binary(data), _) => {
                self.call(context, |handler, context| handler.binary(data, context));
            }
            (Packet::Ping(data), EngineVersion::V3) => {
                self.send(vec![EncodedPacket::pong(&data)], context);
            }
            (Packet::Pong, EngineVersion::V4) | (Packet::Noop, _) => {}
            (Packet::Close, _) => self.disconnect(DisconnectReason::ClientClosed, context),
            (Packet::Ping(_), EngineVersion::V4)
            | (Packet::Pong, EngineVersion::V3)
            | (Packet::Upgrade, _) => self.disconnect(DisconnectReason::ParseError, context),
        }
    }

    /// Ends the connection at once.
    fn disconnect(&mut self, reason: DisconnectReason, context: &mut Context<Self>) {
        if self.phase == Phase::Closed {
            return;
        }
        let frame = self.handler.close_frame(reason);
        match &mut self.transport {
            Transport::WebSocket(_) if reason == DisconnectReason::SlowClient => self.queue.abort(frame),
            Transport::WebSocket(_) => self.queue.close(frame),
            Transport::Polling(polling) => {
                polling.drop_probe();
                let close = reason != DisconnectReason::ClientClosed;
                polling.release(if close { EncodedPacket::CLOSE } else { EncodedPacket::NOOP });
            }
        }
        self.finish(reason, context);
    }

    /// Ends the connection when the client has taken all packets.
    fn close_after_packets(&mut self, frame: Option<CloseFrame>, context: &mut Context<Self>) {
        match &mut self.transport {
            Transport::WebSocket(_) => {
                self.queue.close(frame);
                self.finish(DisconnectReason::ServerClosed, context);
            }
            Transport::Polling(_) if self.phase == Phase::Open => self.close_polling(context),
            Transport::Polling(_) => {}
        }
    }

    /// Stops the actor. The handler is told, unless it has been told already.
    fn finish(&mut self, reason: DisconnectReason, context: &mut Context<Self>) {
        if self.phase == Phase::Open {
            self.handler.closed(reason);
        }
        self.phase = Phase::Closed;
        self.slot.unregister();
        context.stop();
    }

    /// Does what the heartbeat demands now, however late its timer may be.
    fn check_heartbeat(&mut self, context: &mut Context<Self>) {
        if self.phase != Phase::Open {
            return;
        }
        match self.heartbeat.check(Instant::now()) {
            HeartbeatAction::Wait => {}
            // It may wait behind a burst of the application: the answer to it has a timeout of its own.
            HeartbeatAction::SendPing => {
                self.queue.push(vec![EncodedPacket::PING]);
                self.flush_soon(context);
            }
            HeartbeatAction::TimedOut => self.disconnect(DisconnectReason::PingTimeout, context),
        }
        self.schedule_heartbeat(context);
    }

    fn schedule_heartbeat(&mut self, context: &mut Context<Self>) {
        if self.phase != Phase::Open {
            return;
        }
        context.cancel_future(self.heartbeat_timer);
        let delay = self.heartbeat.due().saturating_duration_since(Instant::now());
        self.heartbeat_timer = context.run_later(delay, Self::check_heartbeat);
    }
}

impl<C: EngineHandler> Actor for Connection<C> {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        self.schedule_heartbeat(context);
        self.call(context, |handler, context| handler.opened(context));
    }

    /// An actor that stops without having ended before does so because its thread is stopped.
    fn stopped(&mut self, context: &mut Self::Context) {
        self.disconnect(DisconnectReason::ServerShutdown, context);
    }
}

impl<C: EngineHandler> Handler<Disconnect> for Connection<C> {
    type Result = ();

    fn handle(&mut self, Disconnect(reason): Disconnect, context: &mut Self::Context) {
        self.disconnect(reason, context);
    }
}
