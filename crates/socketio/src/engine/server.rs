//! An Engine.IO server, and how it is mounted in an actix-web application.

use std::sync::Arc;

use actix_web::{
    HttpRequest,
    web::{self, Payload, ServiceConfig},
};

use crate::options::Options;

use super::{application::EngineApplication, connection::Connection, sessions::Sessions};

/// An Engine.IO server without Socket.IO on top. Clones share their connections.
pub struct EngineIo<A: EngineApplication> {
    pub(super) application: A,
    pub(super) options: Arc<Options>,
    pub(super) sessions: Arc<Sessions<Connection<A::Handler>>>,
}

impl<A: EngineApplication> Clone for EngineIo<A> {
    fn clone(&self) -> Self {
        EngineIo {
            application: self.application.clone(),
            options: Arc::clone(&self.options),
            sessions: Arc::clone(&self.sessions),
        }
    }
}

impl<A: EngineApplication> EngineIo<A> {
    /// Creates a server without connections.
    pub fn new(application: A, options: Options) -> Self {
        EngineIo { application, options: Arc::new(options), sessions: Arc::default() }
    }

    /// Mounts the server at `path`, which must not end with a slash: `/engine.io`. Call it from
    /// [`App::configure`](actix_web::App::configure) with a clone of the same server on each worker.
    pub fn mount(&self, path: &str, config: &mut ServiceConfig) {
        for path in [path.to_owned(), format!("{path}/")] {
            let server = self.clone();
            let handler = move |request: HttpRequest, payload: Payload| {
                let server = server.clone();
                async move { server.respond(request, payload).await }
            };
            config.service(web::resource(path).to(handler));
        }
    }

    /// The number of open connections.
    pub fn connections(&self) -> usize {
        self.sessions.count()
    }

    /// Ends all connections with
    /// [`DisconnectReason::ServerShutdown`](crate::DisconnectReason::ServerShutdown), and refuses
    /// new ones.
    pub fn close(&self) {
        self.sessions.close();
    }
}
