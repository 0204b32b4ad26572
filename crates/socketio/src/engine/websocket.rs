//! The actor of one WebSocket. It passes packets between the socket and the connection, and decides
//! nothing. It sends what waits in the queue of the connection as fast as the client takes it.

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

use crate::{
    disconnect::{CloseFrame, DisconnectReason},
    handshake::EngineVersion,
    websocket::FrameLimits,
};

use super::{
    codec::{
        fragments::{Fragments, Joined},
        packet::{EncodedPacket, Encoding, Packet, PacketError, decode_binary, decode_text},
    },
    connection::{
        Connection, EngineHandler,
        messages::{RequestId, StartProbe, WebSocketClosed, WebSocketPacket},
    },
    send_queue::{SendQueue, Taken},
};

/// How long the client has to answer the close frame. If the socket were closed at once, data that
/// the client has just sent would reset the connection, and the client might never read the frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long the first packet is delayed, so that the answer to the HTTP request arrives on its own.
/// Some clients register their listeners when the socket opens and would miss an earlier packet.
const FIRST_PACKET_DELAY: Duration = Duration::from_millis(10);

/// What a WebSocket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The connection was opened with it.
    Only,
    /// It is to replace polling.
    Upgrade,
}

/// The parts of a new WebSocket.
pub(crate) struct WebSocketSetup<C: EngineHandler> {
    pub(crate) id: RequestId,
    pub(crate) role: Role,
    pub(crate) encoding: Encoding,
    pub(crate) limits: FrameLimits,
    /// Where received packets go.
    pub(crate) connection: Addr<Connection<C>>,
    /// Where the packets come from that it sends.
    pub(crate) queue: Arc<SendQueue>,
}

/// The actor.
pub(crate) struct WebSocket<C: EngineHandler> {
    id: RequestId,
    role: Role,
    encoding: Encoding,
    max_message: usize,
    connection: Addr<Connection<C>>,
    queue: Arc<SendQueue>,
    fragments: Fragments,
    /// What the connection is told when the socket is closed.
    reason: DisconnectReason,
}

/// Sends what is queued, until the queue is closed.
struct SendPackets;

impl<C: EngineHandler> WebSocket<C> {
    pub(crate) fn new(setup: WebSocketSetup<C>) -> Self {
        let WebSocketSetup { id, role, encoding, limits, connection, queue } = setup;
        let (fragments, reason) = (Fragments::default(), DisconnectReason::TransportLost);
        let max_message = limits.max_size;
        WebSocket { id, role, encoding, max_message, connection, queue, fragments, reason }
    }

    fn send(&self, packet: EncodedPacket, context: &mut WebsocketContext<Self>) {
        match (packet, self.encoding.version) {
            (EncodedPacket::Text(text), _) => context.text(text),
            (packet, version) if self.encoding.base64 => context.text(packet.into_text(version)),
            (EncodedPacket::Binary(data), EngineVersion::V4) => context.binary(data),
            (EncodedPacket::Binary(data), EngineVersion::V3) => {
                context.binary([&[4], &data[..]].concat());
            }
        }
    }

    fn close(&mut self, frame: Option<CloseFrame>, context: &mut WebsocketContext<Self>) {
        context.close(frame.map(CloseReason::from));
        context.run_later(CLOSE_TIMEOUT, |_, context| context.stop());
    }

    fn receive(&mut self, message: Message, context: &mut WebsocketContext<Self>) {
        match message {
            Message::Text(text) => self.forward_text(text, context),
            Message::Binary(data) => self.forward_binary(data, context),
            Message::Continuation(item) => match self.fragments.push(item, self.max_message) {
                Ok(None) => {}
                Ok(Some(joined)) => self.forward_joined(joined, context),
                Err(error) => self.forward(Err(error), context),
            },
            Message::Ping(data) => context.pong(&data),
            Message::Pong(_) | Message::Nop => {}
            Message::Close(reason) => {
                self.reason = DisconnectReason::ClientClosed;
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
        self.forward(decode_text(&text, self.encoding.version), context);
    }

    fn forward_binary(&mut self, data: Bytes, context: &mut WebsocketContext<Self>) {
        self.forward(decode_binary(data, self.encoding.version), context);
    }

    /// Passes a packet to the connection. While its mailbox is full, nothing is read from the socket.
    fn forward(&mut self, packet: Result<Packet, PacketError>, context: &mut WebsocketContext<Self>) {
        match self.connection.try_send(WebSocketPacket { from: self.id, packet }) {
            // A connection that has ended has closed the queue, which ends this actor.
            Ok(()) | Err(SendError::Closed(_)) => {}
            Err(SendError::Full(packet)) => {
                let sent = self.connection.send(packet).into_actor(self);
                context.wait(sent.map(|_, _, _| ()));
            }
        }
    }
}

impl<C: EngineHandler> Actor for WebSocket<C> {
    type Context = WebsocketContext<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        context.run_later(FIRST_PACKET_DELAY, |_, context| {
            context.spawn(SendPackets);
        });
        if self.role == Role::Upgrade {
            let probe = StartProbe { id: self.id, queue: Arc::clone(&self.queue) };
            if self.connection.try_send(probe).is_err() {
                context.stop();
            }
        }
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        let closed = WebSocketClosed { id: self.id, reason: self.reason };
        if let Err(SendError::Full(closed)) = self.connection.try_send(closed) {
            let connection = self.connection.clone();
            actix::spawn(async move { connection.send(closed).await });
        }
    }
}

impl<C: EngineHandler> StreamHandler<Result<Message, ProtocolError>> for WebSocket<C> {
    fn handle(&mut self, item: Result<Message, ProtocolError>, context: &mut Self::Context) {
        match item {
            Ok(message) => self.receive(message, context),
            // Either the socket is lost, or a text is not UTF-8. The codec reports both alike.
            Err(ProtocolError::Io(error)) if error.kind() == io::ErrorKind::Other => {
                context.close(Some(CloseCode::Invalid.into()));
                context.stop();
            }
            // Nothing more is read. The connection closes the queue, and that the socket.
            Err(error) => self.forward(Err(packet_error(&error)), context),
        }
    }
}

impl<C: EngineHandler> ActorFuture<WebSocket<C>> for SendPackets {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        socket: &mut WebSocket<C>,
        context: &mut WebsocketContext<WebSocket<C>>,
        task: &mut Task<'_>,
    ) -> Poll<()> {
        loop {
            match socket.queue.poll_take(task) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Taken::Packets(packets)) => {
                    packets.into_iter().for_each(|packet| socket.send(packet, context));
                }
                Poll::Ready(Taken::Closed(frame)) => {
                    socket.close(frame, context);
                    return Poll::Ready(());
                }
            }
        }
    }
}

fn packet_error(error: &ProtocolError) -> PacketError {
    if matches!(error, ProtocolError::Overflow) { PacketError::TooBig } else { PacketError::Malformed }
}

impl From<CloseFrame> for CloseReason {
    fn from(frame: CloseFrame) -> CloseReason {
        (CloseCode::from(frame.code), frame.reason).into()
    }
}
