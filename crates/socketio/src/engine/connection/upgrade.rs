//! The upgrade from polling to a WebSocket. The client probes the WebSocket with a ping, the server
//! answers, and the client confirms with an upgrade packet (`5`). Until then polling goes on.

use std::{mem, time::Duration};

use actix::{AsyncContext, Context, Handler, SpawnHandle};

use super::{
    super::codec::packet::{EncodedPacket, Packet},
    Connection, EngineHandler, Phase,
    messages::{RequestId, StartProbe},
    transport::{Polling, Probe, Transport},
};

/// How often a waiting poll is answered during a probe. The client confirms the upgrade only after
/// its open poll has returned.
const RELEASE_INTERVAL: Duration = Duration::from_millis(100);

impl<C: EngineHandler> Connection<C> {
    /// Handles what a WebSocket received while the connection is on polling. `None` stands for a
    /// malformed packet.
    pub(super) fn probe_packet(
        &mut self,
        from: RequestId,
        packet: Option<Packet>,
        context: &mut Context<Self>,
    ) {
        let Transport::Polling(polling) = &mut self.transport else {
            return;
        };
        let Some(probe) = polling.probe_of(from) else {
            return;
        };
        match packet {
            Some(Packet::Ping(data)) if data == "probe" && probe.release.is_none() => {
                probe.queue.push(vec![EncodedPacket::pong(&data)]);
                let release = |connection: &mut Self, _: &mut _| connection.release_poll();
                probe.release = Some(context.run_interval(RELEASE_INTERVAL, release));
                polling.release(EncodedPacket::NOOP);
            }
            Some(Packet::Upgrade) if probe.release.is_some() => self.upgrade(from, context),
            Some(_) | None => self.end_probe(from, context),
        }
    }

    /// Gives up the upgrade to this WebSocket.
    pub(super) fn end_probe(&mut self, id: RequestId, context: &mut Context<Self>) {
        let Transport::Polling(polling) = &mut self.transport else {
            return;
        };
        if polling.probe_of(id).is_some() {
            cancel(polling.drop_probe(), context);
        }
    }

    fn release_poll(&mut self) {
        if let Transport::Polling(polling) = &mut self.transport {
            polling.release(EncodedPacket::NOOP);
        }
    }

    /// Switches to the queue of the WebSocket, which first sends what polling has not taken.
    fn upgrade(&mut self, id: RequestId, context: &mut Context<Self>) {
        let websocket = Transport::WebSocket(id);
        let Transport::Polling(mut polling) = mem::replace(&mut self.transport, websocket) else {
            return;
        };
        polling.release(EncodedPacket::NOOP);
        if let Some(probe) = polling.probe.take() {
            cancel(probe.timers(), context);
            probe.queue.push(self.queue.take_all());
            self.queue = probe.queue;
        }
    }

    /// Starts a probe. A WebSocket that comes when there is nothing to upgrade is closed.
    fn start_probe(&mut self, StartProbe { id, queue }: StartProbe, context: &mut Context<Self>) {
        match &mut self.transport {
            Transport::Polling(Polling { probe: probe @ None, .. }) if self.phase == Phase::Open => {
                let expire = move |connection: &mut Self, context: &mut _| {
                    connection.end_probe(id, context);
                };
                let timeout = context.run_later(self.options.upgrade_timeout, expire);
                *probe = Some(Probe { id, queue, timeout, release: None });
            }
            Transport::Polling(_) | Transport::WebSocket(_) => queue.close(None),
        }
    }
}

fn cancel<C: EngineHandler>(timers: Vec<SpawnHandle>, context: &mut Context<Connection<C>>) {
    for timer in timers {
        context.cancel_future(timer);
    }
}

impl<C: EngineHandler> Handler<StartProbe> for Connection<C> {
    type Result = ();

    fn handle(&mut self, probe: StartProbe, context: &mut Self::Context) {
        self.start_probe(probe, context);
    }
}
