//! The requests of the WebSocket transport.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, rt::time::sleep};

use crate::{
    handshake::Handshake,
    websocket::{self, Socket, UpgradeError},
};

use super::{
    super::{
        application::EngineApplication,
        connection::{
            Connection, ConnectionSetup, EngineHandler, messages::StartProbe, transport::Transport,
            upgrade::session_ended,
        },
        server::EngineIo,
        sessions::SessionEntry,
    },
    error::RequestError,
    polling::open_packet,
    query::Query,
};

/// How long the first packet is delayed, so that the answer to the HTTP request arrives on its own.
/// Some clients register their listeners when the socket opens and would miss an earlier packet.
const FIRST_PACKET_DELAY: Duration = Duration::from_millis(10);

impl<A: EngineApplication> EngineIo<A> {
    /// Opens a session that uses this WebSocket from the start.
    pub(super) fn open_websocket(
        &self,
        request: &HttpRequest,
        query: Query,
    ) -> Result<HttpResponse, RequestError> {
        let encoding = query.encoding()?;
        let accepted = websocket::accept(request, self.options.frame_limits())?;
        let slot = self.sessions.reserve(&self.application.session_prefix(), &self.options)?;
        let handler = self.application.open(Handshake { request, version: encoding.version });
        let handler = handler.ok_or(RequestError::TooManyConnections)?;
        let options = Arc::clone(&self.options);
        Ok(accepted.start(move |mut socket| {
            socket.send(open_packet(slot.id(), &[], &options).into_frame(encoding));
            let transport = Transport::WebSocket(socket);
            start_later(ConnectionSetup { handler, encoding, options, slot, transport });
        }))
    }

    /// Accepts a WebSocket that is to replace polling. The connection decides later whether it may:
    /// clients expect the socket to open and close, not the request to fail.
    pub(super) fn upgrade(
        &self,
        entry: SessionEntry<Connection<A::Handler>>,
        request: &HttpRequest,
    ) -> Result<HttpResponse, RequestError> {
        let accepted = websocket::accept(request, self.options.frame_limits())?;
        Ok(accepted.start(move |socket| start_probe(&entry, socket)))
    }
}

fn start_later<C: EngineHandler>(setup: ConnectionSetup<C>) {
    actix::spawn(async move {
        sleep(FIRST_PACKET_DELAY).await;
        Connection::start(setup);
    });
}

fn start_probe<C: EngineHandler>(entry: &SessionEntry<Connection<C>>, socket: Socket) {
    if let Err(refused) = entry.address.try_send(StartProbe(socket)) {
        let StartProbe(socket) = refused.into_inner();
        actix::spawn(socket.close(Some(session_ended())));
    }
}

impl From<UpgradeError> for RequestError {
    fn from(error: UpgradeError) -> RequestError {
        match error {
            UpgradeError::Handshake(error) => RequestError::BadHandshake(error),
            UpgradeError::TooMany => RequestError::TooManyConnections,
            UpgradeError::Kept => {
                log::error!("a WebSocket needs a server that is made by actix_socketio::websocket::takeover");
                RequestError::UnknownTransport
            }
        }
    }
}
