//! How a handler speaks to its client, and to its actor.

use std::{future::Future, time::Duration};

use actix::{Addr, SpawnHandle};
use actix_web::web::Bytes;

use super::{
    super::{
        engine::{channel::Outbox, connection::Connection, packet::Wire},
        error::Farewell,
    },
    application::{Ack, SocketHandler},
    encode::{self, Encoded},
    session::{Membership, Session},
};

/// The way out of one call of a [`SocketHandler`]. What is emitted leaves when the call returns.
/// To a namespace that the client is not in, nothing is sent.
pub struct Outbound<'a, 'b, H: SocketHandler> {
    membership: &'a mut Membership,
    out: &'a mut Outbox<'b, Session<H>>,
}

impl<'a, 'b, H: SocketHandler> Outbound<'a, 'b, H> {
    pub(super) fn new(membership: &'a mut Membership, out: &'a mut Outbox<'b, Session<H>>) -> Self {
        Outbound { membership, out }
    }

    /// Emits an event; `args` are JSON values with commas between them.
    pub fn emit(&mut self, namespace: &str, name: &str, args: &str) {
        self.push(namespace, encode::event(namespace, name, args, 0, None), Vec::new());
    }

    /// Emits an event that was encoded for many.
    pub fn emit_encoded(&mut self, namespace: &str, event: &Encoded) {
        self.push(namespace, event.wire(), Vec::new());
    }

    /// Emits an event with attachments, whose places in `args` are marked by placeholders.
    pub fn emit_binary(&mut self, namespace: &str, name: &str, args: &str, attachments: Vec<Bytes>) {
        let wire = encode::event(namespace, name, args, attachments.len(), None);
        self.push(namespace, wire, attachments);
    }

    /// Emits an event that the client answers; see [`SocketHandler::acknowledged`].
    pub fn emit_with_ack(&mut self, namespace: &str, name: &str, args: &str, id: u64) {
        self.push(namespace, encode::event(namespace, name, args, 0, Some(id)), Vec::new());
    }

    /// Answers an event.
    pub fn acknowledge(&mut self, ack: &Ack, args: &str, attachments: Vec<Bytes>) {
        let wire = encode::ack(&ack.namespace, ack.id, args, attachments.len());
        self.push(&ack.namespace, wire, attachments);
    }

    /// Puts the client out of a namespace.
    pub fn disconnect(&mut self, namespace: &str) {
        if self.membership.contains(namespace) {
            self.out.push(encode::disconnect(namespace));
            self.membership.leave(namespace, self.out);
        }
    }

    /// Closes the connection, when all that was sent has been taken.
    pub fn close(&mut self, farewell: Option<Farewell>) {
        self.out.close(farewell);
    }

    /// Where other actors reach this connection: with `Deliver`, or with what else the
    /// application handles there. Use `try_send`: the mailbox is bounded.
    pub fn address(&self) -> Addr<Connection<Session<H>>> {
        self.out.address()
    }

    /// Comes when the client has taken all that was sent; over polling, that is up to the client.
    pub fn taken(&self) -> impl Future<Output = ()> + use<H> {
        self.out.taken()
    }

    /// Runs `future`, whose result comes back to `then`, unless the connection is over by then.
    pub fn spawn<F, T>(&mut self, future: F, then: T) -> SpawnHandle
    where
        F: Future + 'static,
        T: FnOnce(&mut H, F::Output, &mut Outbound<'_, '_, H>) + 'static,
    {
        self.out.spawn(future, |session, output, out| {
            session.handle(out, |handler, out| then(handler, output, out));
        })
    }

    /// Calls `then` after a while.
    pub fn later<T>(&mut self, after: Duration, then: T) -> SpawnHandle
    where
        T: FnOnce(&mut H, &mut Outbound<'_, '_, H>) + 'static,
    {
        self.out.later(after, |session, out| session.handle(out, then))
    }

    /// Stops what [`Outbound::spawn`] or [`Outbound::later`] began.
    pub fn cancel(&mut self, handle: SpawnHandle) {
        self.out.cancel(handle);
    }

    fn push(&mut self, namespace: &str, wire: Wire, attachments: Vec<Bytes>) {
        if !self.membership.contains(namespace) {
            return;
        }
        self.out.push(wire);
        for data in attachments {
            self.out.push(Wire::Binary(data));
        }
    }
}
