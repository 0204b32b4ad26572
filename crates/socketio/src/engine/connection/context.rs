//! What an [`EngineContext`] can do: send messages, close its connection, and start futures and timers
//! in the actor of the connection.

use std::{future::Future, rc::Rc, time::Duration};

use actix::{ActorFutureExt, Addr, AsyncContext, Context, SpawnHandle, fut::wrap_future};
use actix_web::web::Bytes;

use crate::{
    disconnect::{CloseFrame, DisconnectReason},
    websocket::WebSocketActor,
};

use super::{
    super::{codec::packet::EncodedPacket, send_queue::Waiting},
    Connection, EngineContext, EngineHandler,
    outcome::{CloseRequest, Outcome},
};

impl<'a, C: EngineHandler> EngineContext<'a, C> {
    pub(crate) fn new(
        context: &'a mut Context<Connection<C>>,
        waiting: &'a Rc<Waiting>,
        outcome: &'a mut Outcome,
    ) -> Self {
        EngineContext { context, waiting, outcome }
    }

    /// The same context for a shorter time.
    pub(crate) fn reborrow(&mut self) -> EngineContext<'_, C> {
        EngineContext { context: self.context, waiting: self.waiting, outcome: self.outcome }
    }

    /// Sends a text message.
    pub fn text(&mut self, text: &str) {
        self.push(EncodedPacket::text(text));
    }

    /// Sends a binary message.
    pub fn binary(&mut self, data: Bytes) {
        self.push(EncodedPacket::Binary(data));
    }

    /// Sends an encoded packet.
    pub(crate) fn push(&mut self, packet: EncodedPacket) {
        self.outcome.packets.push(packet);
    }

    /// The number of packets that this call has sent so far.
    pub(crate) fn mark(&self) -> usize {
        self.outcome.packets.len()
    }

    /// Takes back the packets that this call has sent since `mark`.
    pub(crate) fn rewind(&mut self, mark: usize) {
        self.outcome.packets.truncate(mark);
    }

    /// Closes the connection when the client has taken all packets. A WebSocket ends with `frame`.
    pub fn close(&mut self, frame: Option<CloseFrame>) {
        self.outcome.close.get_or_insert(CloseRequest::AfterPackets(frame));
    }

    /// Closes the connection at once, through a fault of the client.
    pub(crate) fn fail(&mut self, reason: DisconnectReason) {
        self.outcome.close.get_or_insert(CloseRequest::Now(reason));
    }

    /// The address at which other actors reach this connection; see [`Connection`].
    pub fn address(&self) -> Addr<Connection<C>> {
        self.context.address()
    }

    /// A future that completes when no packet waits for the client any more.
    pub fn drained(&self) -> impl Future<Output = ()> + use<C> {
        Rc::clone(self.waiting).none()
    }

    /// Runs `future` and passes its output to `then`, unless the connection has ended by then.
    pub fn spawn<F, T>(&mut self, future: F, then: T) -> SpawnHandle
    where
        F: Future + 'static,
        T: FnOnce(&mut C, F::Output, &mut EngineContext<'_, C>) + 'static,
    {
        let resume = |output, connection: &mut Connection<C>, context: &mut _| {
            connection.call(context, |handler, context| then(handler, output, context));
            connection.send_at_turn_end(context);
        };
        self.context.spawn(wrap_future(future).map(resume))
    }

    /// Calls `then` after `delay`, unless the connection has ended by then.
    pub fn run_later<T>(&mut self, delay: Duration, then: T) -> SpawnHandle
    where
        T: FnOnce(&mut C, &mut EngineContext<'_, C>) + 'static,
    {
        self.context.run_later(delay, |connection, context| {
            connection.call(context, then);
            connection.send_at_turn_end(context);
        })
    }

    /// Cancels what [`spawn`](Self::spawn) or [`run_later`](Self::run_later) started.
    pub fn cancel(&mut self, handle: SpawnHandle) {
        self.context.cancel_future(handle);
    }
}
