//! The duty room: who is reminded of questions that have waited too long, and when.
//!
//! `rounds` is the machine, `store` what it asks of whoever keeps questions, `room` the actor around both.

pub mod room;
pub mod rounds;
pub mod store;

#[cfg(test)]
mod tests;
