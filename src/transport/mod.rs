//! The wire formats: how envelopes come in and go out, and nothing of what they mean.
//!
//! `driver` runs a session against the application, for every transport. `websocket` is `/ws`;
//! `host` is what the crate `actix-socketio` hosts at `/socket.io/`, `polls` what of it comes to other nodes. `timers` are those of `/ws`.

pub mod driver;
pub mod host;
mod polls;
mod timers;
pub mod websocket;
