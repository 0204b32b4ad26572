//! Lets an actor hold a WebSocket: what its messages want sent leaves in one write when its turn ends, and
//! what the client sends reaches it one message at a time.
//!
//! An actor's turn is its mailbox, then its futures and timers, of which the socket is one.

use std::{
    pin::Pin,
    task::{self, Poll, ready},
};

use actix::{Actor, ActorFuture, AsyncContext, Context};

use super::socket::{Event, Socket};

/// An actor that holds a WebSocket.
///
/// It calls [`listen`] once it has the socket, queues frames with [`Socket::send`], and ends with
/// [`Socket::close`], in a task of its own as it takes a while:
///
/// ```no_run
/// # use actix_socketio::websocket::Socket;
/// # fn close(socket: Socket) {
/// actix::spawn(socket.close(None));
/// # }
/// ```
pub trait WebSocketActor: Actor<Context = Context<Self>> {
    /// The socket, while it is this actor's.
    fn socket(&mut self) -> Option<&mut Socket>;

    /// Has all that is queued sent in one write when the actor's turn ends. To be called where a future or a
    /// timer of the actor may have used [`Socket::send`]: its turn may come after the socket's, and nobody would
    /// send it before something else happens. What messages and [`on_event`](Self::on_event) queue is sent anyway.
    fn send_at_turn_end(&mut self, context: &mut Context<Self>) {
        if self.socket().is_some_and(Socket::schedule) {
            context.spawn(Flush);
        }
    }

    /// Something came of it. After any event but a message nothing more does.
    fn on_event(&mut self, event: Event, context: &mut Context<Self>);

    /// The client does not take in what it is sent, and nothing is read meanwhile. Unless this is
    /// implemented, the actor does not run either, so that its mailbox is the bound of what waits.
    fn on_full(&mut self, context: &mut Context<Self>) {
        context.wait(Flush);
    }

    /// The client has been sent all there was.
    fn on_flushed(&mut self) {}
}

/// Begins to read and write the socket of an actor, for as long as it has it.
pub fn listen<A: WebSocketActor>(context: &mut Context<A>) {
    context.spawn(Listen);
}

/// Reads and writes the socket. It has no size, so that it costs no memory.
struct Listen;

/// Writes the socket until all has gone.
struct Flush;

impl<A: WebSocketActor> ActorFuture<A> for Listen {
    type Output = ();

    /// Polled after the actor has handled all that waited in its mailbox.
    fn poll(
        self: Pin<&mut Self>,
        actor: &mut A,
        context: &mut Context<A>,
        task: &mut task::Context<'_>,
    ) -> Poll<()> {
        while let Some(socket) = actor.socket() {
            let event = socket.poll_event(task);
            match (event, socket.is_full()) {
                (Poll::Ready(event), _) => actor.on_event(event, context),
                (Poll::Pending, true) => {
                    actor.on_full(context);
                    return Poll::Pending;
                }
                (Poll::Pending, false) => {
                    actor.on_flushed();
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(())
    }
}

impl<A: WebSocketActor> ActorFuture<A> for Flush {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        actor: &mut A,
        _: &mut Context<A>,
        task: &mut task::Context<'_>,
    ) -> Poll<()> {
        if let Some(socket) = actor.socket() {
            // Who reads next learns that the connection is lost.
            let _ = ready!(socket.poll_flush(task));
        }
        Poll::Ready(())
    }
}
