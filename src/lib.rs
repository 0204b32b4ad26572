//! jiayi: an actor-based realtime messaging server for a family-doctor service.

pub mod transport;
