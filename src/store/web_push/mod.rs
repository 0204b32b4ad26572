//! What is sent to browsers by Web Push, a row for each browser, until its push service has taken it. Made of alerts,
//! which say afterwards that browsers were told (`queue`), thinned out by what is read, recalled or over (`withdrawal`),
//! read when it is sent (`outgoing`) and done with (`outcome`). What it looks like is made then (`mobile::web_payload`).
//!
//! Of a call that may ring in a browser a second row is kept, which is due when the call rings no more.

mod outcome;
mod outgoing;
mod queue;
mod row;
mod withdrawal;

pub use outcome::{accepted, begin_to_ring, delete, end, hold, postpone, prune};
pub use outgoing::{Address, Outgoing, find, list_due};
pub use queue::{NewWebPush, insert};
pub use row::{Item, MOST_ITEMS};
pub(super) use withdrawal::{withdraw, withdraw_line};
