//! The wire formats: how envelopes come in and go out, and nothing of what they mean.
//!
//! `driver` runs a session against the application, for every transport. `websocket` is `/ws`;
//! `socketio` speaks Socket.IO to old and new clients and knows nothing of us, `host` is what it
//! hosts at `/socket.io/`. `tcp` sets up the connections beneath.

pub mod driver;
pub mod host;
pub mod socketio;
pub mod tcp;
pub mod websocket;
