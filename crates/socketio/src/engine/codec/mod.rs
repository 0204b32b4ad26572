//! The wire format of Engine.IO: packets, payloads of several packets, and WebSocket messages that
//! arrive in fragments. Nothing here does I/O or knows of a connection.

pub(crate) mod packet;
pub(crate) mod payload;
pub(crate) mod payload_format;
mod payload_v3;
