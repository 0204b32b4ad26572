//! WebSockets on TCP connections that are taken over from the HTTP server after the handshake, read and
//! written by one actor each. Nothing here knows of Engine.IO or Socket.IO, so it suits every WebSocket of a
//! server.
//!
//! An HTTP server keeps for each connection what a request may need: its task, and buffers for reading and
//! writing. A WebSocket needs none of it, and those who only listen are the most. So [`takeover`] serves the
//! requests of an actix-web application as its own server does, and gives the connection of one that is
//! answered by [`accept`] to an actor, which implements [`WebSocketActor`].
//!
//! | | |
//! |---|---|
//! | `handshake` | whether a request opens a WebSocket (RFC 6455, section 4) |
//! | `head`, `decoder`, `message` | what a client sends (sections 5 to 8); no I/O |
//! | `frame` | what the server sends, encoded once for all who hear it |
//! | `budget` | how many frames a client may send |
//! | `socket`, `session` | how an actor reads, writes and ends it |
//! | `takeover`, `open` | how it comes from the HTTP server, and how many there are |
//!
//! `permessage-deflate` is not offered: it costs tens of kilobytes a connection, and what this server sends
//! is short.

mod budget;
mod decoder;
mod frame;
pub mod handshake;
mod head;
mod message;
mod open;
mod session;
mod socket;
pub mod takeover;

#[cfg(any(fuzzing, test))]
pub(crate) use self::decoder::decode;

pub use self::budget::FrameLimits;
pub use self::frame::Frame;
pub use self::message::{Failure, Message};
pub use self::open::OpenSockets;
pub use self::session::{WebSocketActor, listen};
pub use self::socket::{Backlog, Event, Socket};
pub use self::takeover::{Accepted, UpgradeError, accept};
