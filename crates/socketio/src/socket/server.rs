//! A Socket.IO server, and how it is mounted in an actix-web application.

use actix_web::{HttpRequest, web::ServiceConfig};
use futures_util::future::LocalBoxFuture;

use crate::{
    engine::{Answered, EngineApplication, EngineIo, Forwarded, Polls},
    handshake::Handshake,
    options::Options,
};

use super::{
    application::Application,
    library,
    session::{Session, Timeouts},
};

/// A Socket.IO server that runs an [`Application`]. Clones share their connections.
#[derive(Clone)]
pub struct SocketIo<A: Application> {
    engine: EngineIo<Sockets<A>>,
}

/// Creates a [`Session`] for each connection.
#[derive(Clone)]
struct Sockets<A> {
    application: A,
    timeouts: Timeouts,
}

impl<A: Application> SocketIo<A> {
    /// Creates a server without connections.
    pub fn new(application: A, options: Options) -> Self {
        let timeouts = Timeouts { connect: options.connect_timeout, packet: options.packet_timeout };
        SocketIo { engine: EngineIo::new(Sockets { application, timeouts }, options) }
    }

    /// Mounts the server at `path`, which must not end with a slash: `/socket.io`, where clients look
    /// for it unless they are told otherwise. Call it from
    /// [`App::configure`](actix_web::App::configure) with a clone of the same server on each worker.
    ///
    /// Also serves the JavaScript client 2.5.0 as `socket.io.js` under `path`, where pages written
    /// for clients 1.x and 2.x load it from.
    pub fn mount(&self, path: &str, config: &mut ServiceConfig) {
        library::mount(path, config);
        self.engine.mount(path, config);
    }

    /// The number of open connections.
    pub fn connections(&self) -> usize {
        self.engine.connections()
    }

    /// Its polling connections, for requests that came to another process ([`Application::is_elsewhere`]).
    pub fn polls(&self) -> Polls {
        self.engine.polls()
    }

    /// Ends all connections with
    /// [`DisconnectReason::ServerShutdown`](crate::DisconnectReason::ServerShutdown), and refuses
    /// new ones.
    pub fn close(&self) {
        self.engine.close();
    }
}

impl<A: Application> EngineApplication for Sockets<A> {
    type Handler = Session<A::Handler>;

    fn open(&self, handshake: Handshake<'_>) -> Option<Self::Handler> {
        let version = handshake.version;
        let handler = self.application.open(handshake)?;
        Some(Session::new(handler, version, self.timeouts))
    }

    fn recognized(&self, request: &HttpRequest) {
        self.application.recognized(request);
    }

    fn session_prefix(&self) -> String {
        self.application.session_prefix()
    }

    fn is_elsewhere(&self, id: &str) -> LocalBoxFuture<'static, bool> {
        self.application.is_elsewhere(id)
    }

    fn forward(&self, request: Forwarded) -> LocalBoxFuture<'static, Option<Answered>> {
        self.application.forward(request)
    }

    fn abandon(&self, id: &str) {
        self.application.abandon(id);
    }
}
