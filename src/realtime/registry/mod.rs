//! Every connection of every account on this node, and the way to it.
//!
//! `actor` is the registry, `entry` a connection as it keeps it; `messages` is what it is told and asked,
//! `answers` what it answers, `delivery` the channel by which commits reach it, `sweep` what is found in the store
//! that did not.

pub mod actor;
mod answers;
pub mod delivery;
pub mod entry;
pub mod messages;
pub mod sweep;

#[cfg(test)]
mod tests;
