//! Who is connected and what they hear: actors, and the pure machines inside them.
//!
//! `registry` is the actor that knows everybody's connections, `connection_events` how it tells of those
//! that come and go. `session` is what a connection does, `feed` the order of its pushes, `close` why it
//! ends. `call` holds video calls, `duty` the rounds of the duty room, `group` the rooms in which people type,
//! `presence` what contacts have been told, `polls` what nodes ask each other about Socket.IO, `acknowledged` who has acknowledged pushes. No database and no wire format is here.

pub mod acknowledged;
pub mod call;
pub mod close;
pub mod connection_events;
pub mod duty;
pub mod feed;
pub mod gathered;
pub mod group;
pub mod polls;
pub mod presence;
pub mod registry;
pub mod session;
