//! Socket.IO for unmodified official clients, 1.x to 4.x, on actix-web.
//!
//! The layers, each ignorant of those above it:
//!
//! * [`engine`]: Engine.IO; sessions, polling, WebSocket, the upgrade between them;
//! * [`http`]: the requests that lead there, origins, refusals;
//! * [`socket`]: Socket.IO; namespaces, events, acks, attachments; and the traits that an
//!   application implements ([`socket::application`]).
//!
//! Knows nothing of this service's own messages. To host an application:
//!
//! ```no_run
//! # use jiayi::transport::{socketio, tcp};
//! # use jiayi::transport::socketio::{options::Options, socket::application::Application};
//! # fn host<A: Application + Sync>(application: A) -> std::io::Result<actix_web::dev::Server> {
//! let server = socketio::serve(application, Options::default());
//! let http = actix_web::HttpServer::new(move || {
//!     actix_web::App::new().configure(|config| socketio::mount(&server, "/socket.io", config))
//! });
//! // The first shows when the client of a parked poll has gone, the second rids us of a client
//! // that takes nothing more from its socket.
//! let http = http.h1_allow_half_closed(false).on_connect(|stream, _| tcp::tune(stream));
//! # Ok(http.bind(("127.0.0.1", 0))?.run())
//! # }
//! ```

pub mod engine;
pub mod error;
pub mod handshake;
pub mod http;
pub mod options;
pub mod socket;

use actix_web::web::ServiceConfig;

use self::{
    http::{Server, client},
    options::Options,
    socket::{application::Application, service::Sockets},
};

/// A Socket.IO server that hosts `application`.
pub fn serve<A: Application>(application: A, options: Options) -> Server<Sockets<A>> {
    let sockets = Sockets::new(application, &options);
    Server::new(sockets, options)
}

/// Mounts it at `path`, which has no slash at its end; and the client library beside it.
pub fn mount<A: Application>(server: &Server<Sockets<A>>, path: &str, config: &mut ServiceConfig) {
    client::configure(path, config);
    server.configure(path, config);
}
