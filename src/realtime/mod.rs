//! Who is connected and what they hear: actors, and the pure machines inside them.
//!
//! `feed` keeps one person's pushes in order, `session` is what a connection does from its first
//! word to its last (`budget`: how much it may say, `close`: why it ends), `registry` is the actor that knows everybody's connections, `whereabouts` is
//! how it tells of who comes and goes. `call` is a video call as a machine, `callroom` the actor
//! around it, `switchboard` the one that finds it. No database and no wire format is here.

pub mod acknowledged;
mod budget;
pub mod call;
pub mod callroom;
pub mod close;
pub mod connection_events;
pub mod duty;
pub mod feed;
pub mod presence;
pub mod registry;
pub mod session;
pub mod switchboard;
pub mod turn;
