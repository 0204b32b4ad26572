//! What runs by itself, beside requests and connections, from the start of the server to its end.
//!
//! A worker looks for what is due and calls `service` or `store` for it; it holds no rule. Workers run
//! in the loop of `job`.

pub mod age_clock;
pub mod announcements;
pub mod auto_answers;
pub mod calls;
pub mod checkpoints;
pub mod cleanup;
pub mod counting;
pub mod dead_nodes;
pub mod duty_desk;
pub mod duty_turns;
pub mod expiry;
pub mod job;
pub mod node;
pub mod old_pushes;
pub mod presence;
pub mod presence_of_nodes;
pub mod receipts;
pub mod search_index;
pub mod sweep;
