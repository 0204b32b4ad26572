//! What a room is told, and what becomes of it.

use crate::error::Result;
use crate::model::Uid;
use actix::Message;

/// What a room is told.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Telling>")]
pub(super) enum ToRoom {
    /// Somebody types.
    Types(Uid, Origin),
    /// It is not found any more, and ends.
    Ended,
}

/// Where somebody types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// On this node, which tells the others.
    Here,
    /// On another one.
    Elsewhere,
}

/// What has become of what a room was to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    /// It was told.
    Told,
    /// The members have changed meanwhile: this room tells nobody any more.
    Outdated,
}
