//! Engine.IO, the lower layer: text and binary messages over long-polling or WebSocket, with an
//! upgrade from the former to the latter that loses no message.
//!
//! Most applications use Socket.IO, in the crate root, and never need this module. It is public for
//! applications that speak plain Engine.IO: implement [`EngineApplication`] and [`EngineHandler`],
//! and mount an [`EngineIo`].
//!
//! ```no_run
//! use actix_socketio::engine::{EngineApplication, EngineContext, EngineHandler, EngineIo};
//! use actix_socketio::websocket::takeover::{self, Server, Settings};
//! use actix_socketio::{Handshake, Options};
//! use actix_web::{App, web::Bytes};
//! use bytestring::ByteString;
//!
//! #[derive(Clone)]
//! struct Echo;
//!
//! impl EngineApplication for Echo {
//!     type Handler = Echo;
//!
//!     fn open(&self, _: Handshake<'_>) -> Option<Echo> {
//!         Some(Echo)
//!     }
//! }
//!
//! impl EngineHandler for Echo {
//!     const TEXT_IS_JSON: bool = false;
//!
//!     fn text(&mut self, text: ByteString, context: &mut EngineContext<'_, Self>) {
//!         context.text(&text);
//!     }
//!
//!     fn binary(&mut self, data: Bytes, context: &mut EngineContext<'_, Self>) {
//!         context.binary(data);
//!     }
//! }
//!
//! #[actix_web::main]
//! async fn main() -> std::io::Result<()> {
//!     let server = EngineIo::new(Echo, Options::default());
//!     let app = move || App::new().configure(|config| server.mount("/engine.io", config));
//!     let listener = std::net::TcpListener::bind("127.0.0.1:3000")?;
//!     takeover::listen(Server::build(), listener, Settings::default(), app)?.run().await
//! }
//! ```

mod application;
pub(crate) mod codec;
mod connection;
mod forward;
mod http;
mod polls;
mod send_queue;
mod server;
mod session_id;
mod sessions;

pub use self::application::EngineApplication;
pub use self::connection::{Connection, EngineContext, EngineHandler};
pub use self::forward::{Answered, Forwarded, Posted};
pub use self::polls::Polls;
pub use self::server::EngineIo;
pub(crate) use self::session_id::SessionId;
