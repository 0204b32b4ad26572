//! The Socket.IO transport, driven over its real port: what official clients rely on, and that
//! whatever a client leaves undone is over in its time and leaves nothing behind.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bounds;
mod engine;
mod helpers;
mod hosting;
mod origins;
mod property;
mod sockets;
mod upgrade;
