//! What runs on top of an Engine.IO connection, and how it speaks back.

use std::{future::Future, sync::Arc, time::Duration};

use actix::{ActorFutureExt, Addr, AsyncContext, Context, SpawnHandle, fut::wrap_future};
use actix_web::web::Bytes;
use bytestring::ByteString;

use super::{
    super::error::{Ending, Farewell},
    connection::Connection,
    packet::Wire,
    pipe::Pipe,
};

/// One side of a conversation in messages. [`super::super::socket::session::Session`] is the
/// one that speaks Socket.IO.
pub trait Channel: Sized + Unpin + 'static {
    /// What other actors may send to it from outside.
    type Message: Send + 'static;

    /// Whether all that is not ASCII in its texts stands within JSON strings, so that it may be
    /// escaped for old clients.
    const JSON: bool;

    /// The connection is there; nothing has come yet.
    fn opened(&mut self, out: &mut Outbox<'_, Self>);
    /// A text came from the client.
    fn text(&mut self, text: ByteString, out: &mut Outbox<'_, Self>);
    /// A binary message came from the client.
    fn binary(&mut self, data: Bytes, out: &mut Outbox<'_, Self>);
    /// A message came from outside.
    fn message(&mut self, message: Self::Message, out: &mut Outbox<'_, Self>);
    /// The last words to a WebSocket which the layer itself closes.
    fn farewell(&self, ending: Ending) -> Option<Farewell>;
    /// It is over. Called once; nothing is called after it.
    fn closed(&mut self, ending: Ending);
}

/// What a [`Channel`] may do while it is called. Packets go out, together, when the call returns.
pub struct Outbox<'a, C: Channel> {
    context: &'a mut Context<Connection<C>>,
    pipe: Arc<Pipe>,
    wires: Vec<Wire>,
    close: Option<Close>,
}

/// How a [`Channel`] wants its connection closed.
pub(super) enum Close {
    /// After what is queued, with these last words.
    Leave(Option<Farewell>),
    /// The client is at fault.
    Fail(Ending),
}

impl<'a, C: Channel> Outbox<'a, C> {
    pub(super) fn new(context: &'a mut Context<Connection<C>>, pipe: Arc<Pipe>) -> Self {
        Outbox { context, pipe, wires: Vec::new(), close: None }
    }

    pub(super) fn finish(self) -> (Vec<Wire>, Option<Close>) {
        (self.wires, self.close)
    }

    /// Queues a packet that is already encoded.
    pub fn push(&mut self, wire: Wire) {
        self.wires.push(wire);
    }

    /// How many packets this call has queued so far.
    pub fn mark(&self) -> usize {
        self.wires.len()
    }

    /// Takes back what this call has queued since `mark`.
    pub fn rewind(&mut self, mark: usize) {
        self.wires.truncate(mark);
    }

    /// Closes the connection when all that is queued has been taken.
    pub fn close(&mut self, farewell: Option<Farewell>) {
        self.close.get_or_insert(Close::Leave(farewell));
    }

    /// Closes the connection through a fault of the client.
    pub fn fail(&mut self, ending: Ending) {
        self.close.get_or_insert(Close::Fail(ending));
    }

    /// Where other actors reach this connection. Use `try_send`: the mailbox is bounded.
    pub fn address(&self) -> Addr<Connection<C>> {
        self.context.address()
    }

    /// Comes when no packet waits any more.
    pub fn taken(&self) -> impl Future<Output = ()> + use<C> {
        let pipe = Arc::clone(&self.pipe);
        async move { pipe.emptied().await }
    }

    /// Runs `future`, whose result comes back to `then`, unless the connection is over by then.
    pub fn spawn<F, T>(&mut self, future: F, then: T) -> SpawnHandle
    where
        F: Future + 'static,
        T: FnOnce(&mut C, F::Output, &mut Outbox<'_, C>) + 'static,
    {
        let back = |output, connection: &mut Connection<C>, context: &mut _| {
            connection.call(context, |channel, out| then(channel, output, out));
        };
        self.context.spawn(wrap_future(future).map(back))
    }

    /// Calls `then` after a while.
    pub fn later<T>(&mut self, after: Duration, then: T) -> SpawnHandle
    where
        T: FnOnce(&mut C, &mut Outbox<'_, C>) + 'static,
    {
        self.context.run_later(after, |connection, context| connection.call(context, then))
    }

    /// Stops what [`Outbox::spawn`] or [`Outbox::later`] began.
    pub fn cancel(&mut self, handle: SpawnHandle) {
        self.context.cancel_future(handle);
    }
}
