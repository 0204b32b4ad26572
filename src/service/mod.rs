//! What may happen: the rules of the service, a file a subject.
//!
//! A function takes a transaction and parsed values, decides, asks `store`, and queues pushes and
//! effects. No HTTP type and no actor is known here; handlers, connections and workers call the same
//! functions.

pub mod accounts;
pub mod auto_answers;
pub mod brakes;
pub mod calls;
pub mod chat;
pub mod communities;
pub mod contacts;
pub mod contracts;
pub mod discussions;
pub mod duty;
pub mod duty_answers;
pub mod duty_reminders;
pub mod duty_view;
pub mod files;
pub mod friends;
pub mod history;
pub mod hours;
pub mod imports;
pub mod inbox;
pub mod notices;
pub mod persons;
pub mod places;
pub mod posting;
pub mod questions;
pub mod quick_replies;
pub mod quotes;
pub mod receipts;
pub mod registration;
pub mod reports;
pub mod reservations;
pub mod rooms;
pub mod roster;
pub mod scheduling;
pub mod sending;
pub mod sessions;
pub mod sync;
pub mod teams;
pub mod turn;
