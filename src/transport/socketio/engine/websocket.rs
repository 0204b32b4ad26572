//! The actor of one WebSocket. It only moves frames between the socket and the connection; the
//! pipe is its way out, so it is as slow as its client, and no slower.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context as Task, Poll},
    time::Duration,
};

use actix::{
    Actor, ActorContext, ActorFuture, ActorFutureExt, Addr, AsyncContext, StreamHandler, WrapFuture,
    dev::SendError,
};
use actix_web::web::Bytes;
use actix_web_actors::ws::{CloseCode, CloseReason, Message, ProtocolError, WebsocketContext};
use bytestring::ByteString;

use super::{
    super::error::{Ending, Farewell},
    channel::Channel,
    connection::Connection,
    fragments::{Fragments, Joined},
    messages::{Attach, Frame, Gone, Tag},
    packet::{Dialect, Packet, PacketError, Version, Wire, decode_binary, decode_text},
    pipe::{Pipe, Taken},
};

/// How long the client has to answer our close frame. What it still had on the way would
/// otherwise reset the connection, and the frame might never be read.
const CLOSING: Duration = Duration::from_secs(1);

/// How long the first frame waits, so that the answer to the handshake arrives on its own: a client
/// that begins to listen when its socket opens would miss a frame that came along with it.
const GREETING: Duration = Duration::from_millis(10);

/// What a WebSocket is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The connection began with it.
    Only,
    /// It is to take over from polling.
    Upgrade,
}

/// What a WebSocket begins with.
pub struct End<C: Channel> {
    /// Which one it is.
    pub tag: Tag,
    /// What it is there for.
    pub role: Role,
    /// How to write.
    pub dialect: Dialect,
    /// Longest message from the client.
    pub max_payload: usize,
    /// Where its frames go.
    pub connection: Addr<Connection<C>>,
    /// Where its frames come from.
    pub pipe: Arc<Pipe>,
}

/// The actor.
pub struct WebSocket<C: Channel> {
    tag: Tag,
    role: Role,
    dialect: Dialect,
    max_payload: usize,
    connection: Addr<Connection<C>>,
    pipe: Arc<Pipe>,
    fragments: Fragments,
    ending: Ending,
}

/// Writes what comes through the pipe.
struct Drain;

impl<C: Channel> WebSocket<C> {
    /// The transport of a connection, which writes to its pipe.
    pub fn new(end: End<C>) -> Self {
        let End { tag, role, dialect, max_payload, connection, pipe } = end;
        let (fragments, ending) = (Fragments::default(), Ending::Lost);
        WebSocket { tag, role, dialect, max_payload, connection, pipe, fragments, ending }
    }

    fn write(&self, wire: Wire, context: &mut WebsocketContext<Self>) {
        match (wire, self.dialect.version) {
            (Wire::Text(text), _) => context.text(text),
            (wire, version) if self.dialect.base64 => context.text(wire.into_text(version)),
            (Wire::Binary(data), Version::V4) => context.binary(data),
            (Wire::Binary(data), Version::V3) => context.binary([&[4], &data[..]].concat()),
        }
    }

    fn close(&mut self, farewell: Option<Farewell>, context: &mut WebsocketContext<Self>) {
        context.close(farewell.map(CloseReason::from));
        context.run_later(CLOSING, |_, context| context.stop());
    }

    fn receive(&mut self, message: Message, context: &mut WebsocketContext<Self>) {
        match message {
            Message::Text(text) => self.forward_text(text, context),
            Message::Binary(data) => self.forward_binary(data, context),
            Message::Continuation(item) => match self.fragments.push(item, self.max_payload) {
                Ok(None) => {}
                Ok(Some(joined)) => self.forward_joined(joined, context),
                Err(error) => self.forward(Err(error), context),
            },
            Message::Ping(data) => context.pong(&data),
            Message::Pong(_) | Message::Nop => {}
            Message::Close(reason) => {
                self.ending = Ending::Client;
                context.close(reason);
                context.stop();
            }
        }
    }

    fn forward_joined(&mut self, joined: Joined, context: &mut WebsocketContext<Self>) {
        match joined {
            Joined::Text(text) => match ByteString::try_from(text) {
                Ok(text) => self.forward_text(text, context),
                Err(_) => self.forward(Err(PacketError::Malformed), context),
            },
            Joined::Binary(data) => self.forward_binary(data, context),
        }
    }

    fn forward_text(&mut self, text: ByteString, context: &mut WebsocketContext<Self>) {
        self.forward(decode_text(&text, self.dialect.version), context);
    }

    fn forward_binary(&mut self, data: Bytes, context: &mut WebsocketContext<Self>) {
        self.forward(decode_binary(data, self.dialect.version), context);
    }

    /// Hands a packet to the connection; while that is busy, nothing more is read from the socket.
    fn forward(&mut self, packet: Result<Packet, PacketError>, context: &mut WebsocketContext<Self>) {
        match self.connection.try_send(Frame { from: self.tag, packet }) {
            // The pipe of a connection that is no more has its end in it.
            Ok(()) | Err(SendError::Closed(_)) => {}
            Err(SendError::Full(frame)) => {
                let sent = self.connection.send(frame).into_actor(self);
                context.wait(sent.map(|_, _, _| ()));
            }
        }
    }
}

impl<C: Channel> Actor for WebSocket<C> {
    type Context = WebsocketContext<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        context.run_later(GREETING, |_, context| {
            context.spawn(Drain);
        });
        if self.role == Role::Upgrade {
            let attach = Attach { tag: self.tag, pipe: Arc::clone(&self.pipe) };
            if self.connection.try_send(attach).is_err() {
                context.stop();
            }
        }
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        let gone = Gone { tag: self.tag, ending: self.ending };
        if let Err(SendError::Full(gone)) = self.connection.try_send(gone) {
            let connection = self.connection.clone();
            actix::spawn(async move { connection.send(gone).await });
        }
    }
}

impl<C: Channel> StreamHandler<Result<Message, ProtocolError>> for WebSocket<C> {
    fn handle(&mut self, item: Result<Message, ProtocolError>, context: &mut Self::Context) {
        match item {
            Ok(message) => self.receive(message, context),
            // The socket is lost; or a text is not UTF-8, which cannot be told from it.
            Err(ProtocolError::Io(error)) if error.kind() == io::ErrorKind::Other => {
                context.close(Some(CloseCode::Invalid.into()));
                context.stop();
            }
            // The decoder says the same for ever: stop to read, and wait for the last words.
            Err(error) => {
                let reading = context.handle();
                context.cancel_future(reading);
                self.forward(Err(packet_error(&error)), context);
            }
        }
    }
}

impl<C: Channel> ActorFuture<WebSocket<C>> for Drain {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        socket: &mut WebSocket<C>,
        context: &mut WebsocketContext<WebSocket<C>>,
        task: &mut Task<'_>,
    ) -> Poll<()> {
        loop {
            match socket.pipe.poll_take(task) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Taken::Wires(wires)) => {
                    wires.into_iter().for_each(|wire| socket.write(wire, context));
                }
                Poll::Ready(Taken::End(farewell)) => {
                    socket.close(farewell, context);
                    return Poll::Ready(());
                }
            }
        }
    }
}

/// What the WebSocket codec found, in our words.
fn packet_error(error: &ProtocolError) -> PacketError {
    if matches!(error, ProtocolError::Overflow) { PacketError::TooBig } else { PacketError::Malformed }
}

impl From<Farewell> for CloseReason {
    fn from(farewell: Farewell) -> CloseReason {
        (CloseCode::from(farewell.code), farewell.reason).into()
    }
}
