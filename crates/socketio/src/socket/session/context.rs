//! What a [`SocketContext`] can do: send events, leave namespaces, close its connection, and start
//! futures and timers in the actor of the connection.

use std::{future::Future, time::Duration};

use actix::{Addr, SpawnHandle};
use actix_web::web::Bytes;

use crate::{
    disconnect::CloseFrame,
    engine::{EngineContext, codec::packet::EncodedPacket},
};

use super::{
    super::{
        actor::SocketActor,
        encode,
        event::{Ack, EncodedEvent},
        namespaces::Namespaces,
    },
    Session, SocketContext, SocketHandler,
};

impl<'a, H: SocketHandler> SocketContext<'a, H> {
    pub(super) fn new(namespaces: &'a mut Namespaces, engine: EngineContext<'a, Session<H>>) -> Self {
        SocketContext { namespaces, engine }
    }

    /// Sends an event.
    pub fn emit(&mut self, namespace: &str, name: &str, args: &str) {
        self.push(namespace, encode::event(namespace, name, &[args], 0, None), Vec::new());
    }

    /// Sends an event that is already encoded.
    pub fn emit_encoded(&mut self, event: &EncodedEvent) {
        self.push(event.namespace(), event.packet(), Vec::new());
    }

    /// Sends an event with binary attachments. In `args`, the object
    /// `{"_placeholder":true,"num":n}` stands for the attachment with the index `n`.
    pub fn emit_binary(&mut self, namespace: &str, name: &str, args: &str, attachments: Vec<Bytes>) {
        let packet = encode::event(namespace, name, &[args], attachments.len(), None);
        self.push(namespace, packet, attachments);
    }

    /// Sends an event that the client is to acknowledge. The `id` is passed to
    /// [`SocketHandler::acknowledged`]; each event needs another one.
    pub fn emit_with_ack(&mut self, namespace: &str, name: &str, args: &str, id: u64) {
        self.push(namespace, encode::event(namespace, name, &[args], 0, Some(id)), Vec::new());
    }

    /// Acknowledges an event of the client. Placeholders in `args` stand for `attachments`.
    pub fn acknowledge(&mut self, ack: &Ack, args: &str, attachments: Vec<Bytes>) {
        let packet = encode::ack(ack.namespace(), ack.id(), args, attachments.len());
        self.push(ack.namespace(), packet, attachments);
    }

    /// Removes the client from a namespace. The connection stays open, for
    /// [`Options::connect_timeout`](crate::Options::connect_timeout) if this was the last namespace.
    pub fn disconnect(&mut self, namespace: &str) {
        if self.namespaces.contains(namespace) {
            self.engine.push(encode::disconnect(namespace));
            self.namespaces.leave(namespace, &mut self.engine);
        }
    }

    /// Closes the connection when the client has taken all packets. A WebSocket ends with `frame`.
    pub fn close(&mut self, frame: Option<CloseFrame>) {
        self.engine.close(frame);
    }

    /// The address at which other actors reach this connection; see [`SocketActor`].
    pub fn address(&self) -> Addr<SocketActor<H>> {
        self.engine.address()
    }

    /// A future that completes when no packet waits for the client any more. On polling, that
    /// depends on how often the client asks.
    pub fn drained(&self) -> impl Future<Output = ()> + use<H> {
        self.engine.drained()
    }

    /// Runs `future` and passes its output to `then`, unless the connection has ended by then.
    pub fn spawn<F, T>(&mut self, future: F, then: T) -> SpawnHandle
    where
        F: Future + 'static,
        T: FnOnce(&mut H, F::Output, &mut SocketContext<'_, H>) + 'static,
    {
        self.engine.spawn(future, |session, output, engine| {
            session.call(engine, |handler, context| then(handler, output, context));
        })
    }

    /// Calls `then` after `delay`, unless the connection has ended by then.
    pub fn run_later<T>(&mut self, delay: Duration, then: T) -> SpawnHandle
    where
        T: FnOnce(&mut H, &mut SocketContext<'_, H>) + 'static,
    {
        self.engine.run_later(delay, |session, engine| session.call(engine, then))
    }

    /// Cancels what [`spawn`](Self::spawn) or [`run_later`](Self::run_later) started.
    pub fn cancel(&mut self, handle: SpawnHandle) {
        self.engine.cancel(handle);
    }

    fn push(&mut self, namespace: &str, packet: EncodedPacket, attachments: Vec<Bytes>) {
        if !self.namespaces.contains(namespace) {
            return;
        }
        self.engine.push(packet);
        for data in attachments {
            self.engine.push(EncodedPacket::Binary(data));
        }
    }
}
