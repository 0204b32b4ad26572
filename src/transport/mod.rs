//! The wire formats: how envelopes come in and go out, and nothing of what they mean.
//!
//! `driver` runs a session against the application, for every transport; `websocket` is `/ws`.
//! `socketio` speaks Socket.IO to old and new clients; it hosts no session yet.

pub mod driver;
pub mod socketio;
pub mod websocket;
