//! What carries messages from node to node: at most once, those of one sender to one receiver in their order. What is
//! lost on it is noticed by `gaps` and found by a sweep.

use crate::model::Slot;
use bytes::Bytes;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What a node sends by.
pub trait Bus: Send + Sync {
    /// Sends, without ever waiting; false where it is known to be lost.
    fn send(&self, to: Slot, message: Bytes) -> bool;
}

/// A node's end of a bus, and what comes in for that node.
pub type End = (Arc<dyn Bus>, mpsc::Receiver<Bytes>);
