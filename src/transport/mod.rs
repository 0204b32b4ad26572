//! The wire formats: how envelopes come in and go out, and nothing of what they mean.
//!
//! `driver` runs a session against the application, for every transport; `websocket` is `/ws`.

pub mod driver;
pub mod websocket;
