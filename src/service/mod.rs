//! What may happen: the rules of the service, a file a subject.
//!
//! A function takes a transaction and parsed values, decides, asks `store`, and queues pushes and
//! effects. No HTTP type and no actor is known here; handlers, connections and workers call the same
//! functions.

pub mod accounts;
pub mod calls;
pub mod duty_reminders;
pub mod registration;
pub mod sessions;
pub mod turn;
