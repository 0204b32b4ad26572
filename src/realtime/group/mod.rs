//! Rooms of people who write to each other, groups and teams above all: an actor for each in which somebody types.
//!
//! `members` is who is in a room and may type, without I/O; `room` the actor, which is gone when nobody has typed for
//! a while, `message` what it is told; `warm` finds the actors and lets go those whose members have changed; `surroundings` is what a room asks of
//! the server. What is written in a room does not come by here: it is a durable push, which a commit hands on.

pub mod members;
pub mod message;
pub mod room;
pub mod surroundings;
pub mod warm;

#[cfg(test)]
mod tests;
