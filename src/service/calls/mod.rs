//! Video calls: what is kept of them and who hears of it, a transaction for each step.
//!
//! A call has one message in its room, whose body says how the call stands and how it ended. `ring`
//! begins a call, `progress` has it accepted and ended, `lookup` finds the one that somebody means.

pub mod lookup;
pub mod progress;
pub mod ring;
