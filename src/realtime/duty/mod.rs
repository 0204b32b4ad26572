//! The duty desk, live: each question that waits is an actor, which sees to its reminders and its claim.
//!
//! `desk` is what changes pass through, `question` what is due when, `dialog` the actor of one question,
//! `room` wakes them, `store` is what both ask of whoever keeps questions.

pub mod desk;
mod dialog;
pub mod question;
pub mod room;
pub mod store;

#[cfg(test)]
mod tests;
