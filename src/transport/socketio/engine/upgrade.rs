//! How a WebSocket takes over from polling: it is probed, it answers, and until its client says
//! `5` polling goes on as if nothing were.

use std::{mem, time::Duration};

use actix::{AsyncContext, Context, Handler, SpawnHandle};

use super::{
    channel::Channel,
    connection::{Connection, Phase},
    link::{Link, Polling, Probe},
    messages::{Attach, Tag},
    packet::{Packet, Wire},
};

/// How often polls are let go while the client makes up its mind: it waits for the one that it
/// has open before it says `5`.
const RELEASE: Duration = Duration::from_millis(100);

impl<C: Channel> Connection<C> {
    /// A frame over a WebSocket while polling; `None` is one that could not be read.
    pub(super) fn probe_frame(&mut self, from: Tag, packet: Option<Packet>, context: &mut Context<Self>) {
        let Link::Polling(polling) = &mut self.link else {
            return;
        };
        let Some(probe) = polling.probe_of(from) else {
            return;
        };
        match packet {
            Some(Packet::Ping(data)) if data == "probe" && probe.release.is_none() => {
                probe.pipe.push(vec![Wire::pong(&data)]);
                let release = |connection: &mut Self, _: &mut _| connection.release_poll();
                probe.release = Some(context.run_interval(RELEASE, release));
                polling.release(Wire::NOOP);
            }
            Some(Packet::Upgrade) if probe.release.is_some() => self.upgrade(from, context),
            Some(_) | None => self.probe_gone(from, context),
        }
    }

    /// A WebSocket that had not taken over is of no use any more.
    pub(super) fn probe_gone(&mut self, tag: Tag, context: &mut Context<Self>) {
        let Link::Polling(polling) = &mut self.link else {
            return;
        };
        if polling.probe_of(tag).is_some() {
            cancel(polling.drop_probe(), context);
        }
    }

    fn release_poll(&mut self) {
        if let Link::Polling(polling) = &mut self.link {
            polling.release(Wire::NOOP);
        }
    }

    /// From here on the pipe is that of the WebSocket, behind all that polling has not taken.
    fn upgrade(&mut self, tag: Tag, context: &mut Context<Self>) {
        let Link::Polling(mut polling) = mem::replace(&mut self.link, Link::WebSocket(tag)) else {
            return;
        };
        polling.release(Wire::NOOP);
        if let Some(probe) = polling.probe.take() {
            cancel(probe.timers(), context);
            probe.pipe.push(self.pipe.take());
            self.pipe = probe.pipe;
        }
    }

    fn attach(&mut self, polling: Attach, context: &mut Context<Self>) {
        let Attach { tag, pipe } = polling;
        match &mut self.link {
            Link::Polling(Polling { probe: probe @ None, .. }) if self.phase == Phase::Open => {
                let expire = move |connection: &mut Self, context: &mut _| {
                    connection.probe_gone(tag, context);
                };
                let timeout = context.run_later(self.options.probe_timeout, expire);
                *probe = Some(Probe { tag, pipe, timeout, release: None });
            }
            Link::Polling(_) | Link::WebSocket(_) => pipe.end(None),
        }
    }
}

fn cancel<C: Channel>(timers: Vec<SpawnHandle>, context: &mut Context<Connection<C>>) {
    for timer in timers {
        context.cancel_future(timer);
    }
}

impl<C: Channel> Handler<Attach> for Connection<C> {
    type Result = ();

    fn handle(&mut self, attach: Attach, context: &mut Self::Context) {
        self.attach(attach, context);
    }
}
