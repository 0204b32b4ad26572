//! Engine.IO, protocols 3 and 4: sessions that carry texts and binaries over long-polling or a
//! WebSocket, and move from the one to the other without losing a packet.
//!
//! Knows nothing of namespaces, events and acks, which are [`super::socket`]'s; and nothing of
//! URLs, origins and status codes, which are [`super::http`]'s.

pub mod channel;
pub mod connection;
pub mod fragments;
pub mod heartbeat;
pub mod link;
pub mod messages;
pub mod packet;
pub mod payload;
pub mod payload_v3;
pub mod pipe;
pub mod polling;
pub mod sessions;
pub mod sid;
pub mod upgrade;
pub mod websocket;
