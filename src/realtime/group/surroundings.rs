//! What a room asks of the server around it.

use super::members::Members;
use crate::error::Result;
use crate::model::{RoomId, Slots, Uid};
use crate::protocol::replies::Reply;
use futures_util::future::LocalBoxFuture;

/// The server, as rooms know it. Nothing waits here for who is told something, and what is told may be lost, as
/// anything that is not kept.
pub trait Surroundings: Send + 'static {
    /// Who is in a room, as the store has it; `None` where there is none.
    fn find(&self, roomid: RoomId) -> Pending<Option<Members>>;
    /// Whether this process is told at once what changes: it is alone, or hears all other nodes.
    fn trusts_memory(&self) -> bool;
    /// Tells people, as far as they are connected here.
    fn tell_here(&self, to: Vec<Uid>, reply: &Reply);
    /// Tells these nodes that somebody types, as far as they are others. Each has a room of its own that tells its people.
    fn tell_there(&self, nodes: Slots, roomid: &RoomId, uid: &Uid);
}

/// What comes of something that was asked of the store.
pub type Pending<T> = LocalBoxFuture<'static, Result<T>>;
