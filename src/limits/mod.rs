//! Budgets: how often somebody may do something, and how long to wait where they may not.
//!
//! `token_bucket` is the one way in which anything is limited in time, `keyed` holds many buckets by what
//! they are for, `network` says which addresses share one. On top of these, `login` slows down whoever
//! tries passwords, `registration` whoever makes accounts, and `account` bounds what one account may ask for.
//! `share` is how much a network, or an account, may hold at once. What is
//! refused, and with which answer, is said where a budget is spent.

pub mod account;
pub mod keyed;
pub mod login;
pub mod network;
pub mod registration;
pub mod share;
pub mod token_bucket;
