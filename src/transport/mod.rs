//! The wire formats: the only places that know how bytes on a socket look.

pub mod socketio;
