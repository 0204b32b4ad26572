//! Who is connected and what they hear: actors, and the pure machines inside them.
//!
//! `feed` keeps one person's pushes in order, `session` is what a connection does from its first
//! word to its last, `registry` is the actor that knows everybody's connections, `whereabouts` is
//! how it tells of who comes and goes. No database and no wire format is here.

pub mod acknowledged;
pub mod call;
pub mod duty;
pub mod feed;
pub mod registry;
pub mod session;
pub mod turn;
pub mod whereabouts;
