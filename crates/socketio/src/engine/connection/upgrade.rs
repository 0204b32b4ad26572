//! The upgrade from polling to a WebSocket. The client probes the WebSocket with a ping, the server
//! answers, and the client confirms with an upgrade packet (`5`). Until then polling goes on.

use std::{mem, time::Duration};

use actix::{AsyncContext, Context, Handler, SpawnHandle};

use crate::{
    disconnect::{CloseFrame, DisconnectReason},
    websocket::{self, Socket},
};

use super::{
    super::codec::packet::{EncodedPacket, Packet},
    Connection, EngineHandler, Phase,
    messages::StartProbe,
    transport::{Probe, Transport},
};

/// How often a waiting poll is answered during a probe. The client confirms the upgrade only after
/// its open poll has returned.
const RELEASE_INTERVAL: Duration = Duration::from_millis(100);

impl<C: EngineHandler> Connection<C> {
    /// Handles what the WebSocket received that is probed. `None` stands for a malformed packet.
    pub(super) fn probe_packet(&mut self, packet: Option<Packet>, context: &mut Context<Self>) {
        let encoding = self.encoding;
        let Some(polling) = self.transport.polling() else {
            return;
        };
        let Some(probe) = &mut polling.probe else {
            return;
        };
        match packet {
            Some(Packet::Ping(data)) if data == "probe" && probe.release.is_none() => {
                probe.socket.send(EncodedPacket::pong(&data).into_frame(encoding));
                let release = |connection: &mut Self, _: &mut _| connection.release_poll();
                probe.release = Some(context.run_interval(RELEASE_INTERVAL, release));
                polling.release(EncodedPacket::NOOP);
            }
            Some(Packet::Upgrade) if probe.release.is_some() => self.upgrade(context),
            Some(_) | None => self.end_probe(DisconnectReason::ParseError.close_frame(), context),
        }
    }

    /// Gives up the upgrade. The WebSocket ends with `frame`.
    pub(super) fn end_probe(&mut self, frame: Option<CloseFrame>, context: &mut Context<Self>) {
        if let Some(polling) = self.transport.polling() {
            cancel(polling.drop_probe(frame), context);
        }
    }

    fn release_poll(&mut self) {
        if let Some(polling) = self.transport.polling() {
            polling.release(EncodedPacket::NOOP);
        }
    }

    /// Switches to the WebSocket, which first sends what polling has not taken.
    fn upgrade(&mut self, context: &mut Context<Self>) {
        let Some(polling) = self.transport.polling() else { return };
        let Some(probe) = polling.probe.take() else { return };
        polling.release(EncodedPacket::NOOP);
        cancel(probe.timers(), context);
        let waiting = mem::take(&mut polling.queue).into_packets();
        self.transport = Transport::WebSocket(probe.socket);
        self.transport.push(waiting, self.encoding);
    }

    /// Starts a probe. A WebSocket that comes when there is nothing to upgrade is closed.
    fn start_probe(&mut self, socket: Socket, context: &mut Context<Self>) {
        match self.transport.polling() {
            Some(polling) if polling.probe.is_none() && self.phase == Phase::Open => {
                let expire = |connection: &mut Self, context: &mut _| {
                    connection.end_probe(Some(given_up(1001, "upgrade timeout")), context);
                };
                let timeout = context.run_later(self.options.upgrade_timeout, expire);
                polling.probe = Some(Probe { socket, timeout, release: None });
                websocket::listen(context);
            }
            Some(_) | None => drop(actix::spawn(socket.close(Some(given_up(1008, "nothing to upgrade"))))),
        }
    }
}

/// What a WebSocket ends with that was to replace the polling of a session that ends.
pub(crate) fn session_ended() -> CloseFrame {
    given_up(1001, "session ended")
}

/// What a WebSocket ends with that the connection does not move to.
fn given_up(code: u16, reason: &str) -> CloseFrame {
    CloseFrame { code, reason: reason.to_owned() }
}

fn cancel<C: EngineHandler>(timers: Vec<SpawnHandle>, context: &mut Context<Connection<C>>) {
    for timer in timers {
        context.cancel_future(timer);
    }
}

impl<C: EngineHandler> Handler<StartProbe> for Connection<C> {
    type Result = ();

    fn handle(&mut self, StartProbe(socket): StartProbe, context: &mut Self::Context) {
        // It was opened in another thread. If it cannot be moved, the client goes on polling.
        if let Ok(socket) = socket.adopt() {
            self.start_probe(socket, context);
        }
    }
}
