//! Where a page of a list begins.
//!
//! A cursor is a place in an order, not a number of items: what is added or removed before it moves
//! nothing. How it is written on the wire is in `http::extract::cursor`.

use crate::model::Time;

/// A place in a list that is ordered by a key, and by id where keys are equal. The key is the time
/// nearly everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor<Id, Key = Time>(pub Key, pub Id);
