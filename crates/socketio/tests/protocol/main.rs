//! The server over a real port: what official clients rely on, and that a client which leaves
//! something undone is disconnected in time and leaves nothing behind.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod application;
mod bounds;
mod engine;
mod helpers;
mod hosting;
mod origins;
mod sockets;
mod upgrade;
