//! What happens to a connection on any transport: it starts, calls its handler, receives and sends
//! packets, keeps its heartbeat, and ends.

use std::{mem, rc::Rc, time::Instant};

use actix::{Actor, ActorContext, Addr, AsyncContext, Context, Handler, SpawnHandle};

use crate::{
    disconnect::{CloseFrame, DisconnectReason},
    handshake::EngineVersion,
    options::Options,
    websocket::{self, Backlog, WebSocketActor},
};

use super::{
    super::{
        codec::packet::{EncodedPacket, Packet},
        send_queue::Waiting,
    },
    Connection, ConnectionSetup, EngineContext, EngineHandler, Phase,
    heartbeat::{Heartbeat, HeartbeatAction},
    messages::Disconnect,
    outcome::{CloseRequest, Outcome},
    transport::Transport,
    upgrade::session_ended,
};

impl<C: EngineHandler> Connection<C> {
    /// Starts the actor in this thread, and lets requests find it.
    pub(crate) fn start(setup: ConnectionSetup<C>) -> Addr<Connection<C>> {
        Connection::create(|context| {
            let ConnectionSetup { handler, encoding, options, slot, transport } = setup;
            context.set_mailbox_capacity(options.mailbox_capacity);
            slot.register(context.address(), encoding);
            let (interval, timeout) = (options.ping_interval, options.ping_timeout);
            let heartbeat = Heartbeat::new(encoding.version, interval, timeout, Instant::now());
            let (phase, heartbeat_timer) = (Phase::Open, SpawnHandle::default());
            Connection {
                options,
                transport,
                waiting: Rc::new(Waiting::default()),
                phase,
                handler,
                encoding,
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
        let mut handler_context = EngineContext::new(context, &self.waiting, &mut outcome);
        let result = act(&mut self.handler, &mut handler_context);
        self.send(outcome.packets, context);
        match outcome.close {
            None => {}
            Some(CloseRequest::AfterPackets(frame)) => self.close_after_packets(frame, context),
            Some(CloseRequest::Now(reason)) => self.disconnect(reason, context),
        }
        Some(result)
    }

    /// Sends packets. Their own number is not limited: the limits apply to what the client has left
    /// waiting before them.
    fn send(&mut self, packets: Vec<EncodedPacket>, context: &mut Context<Self>) {
        if packets.is_empty() {
            return;
        }
        let before = self.push(packets);
        let Options { max_queued_packets, max_queued_bytes, .. } = *self.options;
        if before.frames >= max_queued_packets || before.bytes >= max_queued_bytes {
            self.disconnect(DisconnectReason::SlowClient, context);
        } else {
            self.flush_soon(context);
        }
    }

    fn push(&mut self, packets: Vec<EncodedPacket>) -> Backlog {
        self.waiting.set(true);
        self.transport.push(packets, self.encoding)
    }

    /// Handles a packet of the client, from any transport.
    pub(super) fn receive(&mut self, packet: Packet, context: &mut Context<Self>) {
        self.slot.packet_received();
        if self.heartbeat.packet_received(Instant::now()) {
            self.schedule_heartbeat(context);
        }
        match (packet, self.encoding.version) {
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
    pub(super) fn disconnect(&mut self, reason: DisconnectReason, context: &mut Context<Self>) {
        if self.phase == Phase::Closed {
            return;
        }
        let frame = self.handler.close_frame(reason);
        self.end(reason, frame, context);
    }

    /// Ends the connection at once. A WebSocket ends with `frame`.
    pub(super) fn end(
        &mut self,
        reason: DisconnectReason,
        frame: Option<CloseFrame>,
        context: &mut Context<Self>,
    ) {
        match mem::replace(&mut self.transport, Transport::Closed) {
            Transport::WebSocket(mut socket) => {
                if reason == DisconnectReason::SlowClient {
                    socket.abort();
                }
                actix::spawn(socket.close(frame));
            }
            Transport::Polling(mut polling) => {
                polling.drop_probe(Some(frame.unwrap_or_else(session_ended)));
                let close = reason != DisconnectReason::ClientClosed;
                polling.release(if close { EncodedPacket::CLOSE } else { EncodedPacket::NOOP });
            }
            Transport::Closed => {}
        }
        self.finish(reason, context);
    }

    /// Ends the connection when the client has taken all packets.
    fn close_after_packets(&mut self, frame: Option<CloseFrame>, context: &mut Context<Self>) {
        match &self.transport {
            Transport::WebSocket(_) => self.end(DisconnectReason::ServerClosed, frame, context),
            Transport::Polling(_) if self.phase == Phase::Open => self.close_polling(context),
            Transport::Polling(_) | Transport::Closed => {}
        }
    }

    /// Stops the actor. The handler is told, unless it has been told already.
    pub(super) fn finish(&mut self, reason: DisconnectReason, context: &mut Context<Self>) {
        if self.phase == Phase::Open {
            self.handler.closed(reason);
        }
        self.phase = Phase::Closed;
        self.slot.unregister();
        context.stop();
    }

    /// Does what the heartbeat demands now, however late its timer may be.
    pub(super) fn check_heartbeat(&mut self, context: &mut Context<Self>) {
        if self.phase != Phase::Open {
            return;
        }
        match self.heartbeat.check(Instant::now()) {
            HeartbeatAction::Wait => {}
            // It may wait behind a burst of the application: the answer to it has a timeout of its own.
            HeartbeatAction::SendPing => {
                self.push(vec![EncodedPacket::PING]);
                self.flush_soon(context);
                self.send_at_turn_end(context);
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
        if self.slot.server_is_closed() {
            return self.disconnect(DisconnectReason::ServerShutdown, context);
        }
        websocket::listen(context);
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
