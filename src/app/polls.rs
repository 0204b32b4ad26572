//! Polls and posts of Socket.IO that came to another node than the one that has their connection: where a balancer does not
//! lead them by their ids.
//!
//! A poll waits at the node that has the connection as long as it would where it came, while that node is heard; what is
//! lost on the way ends the connection, whose client comes back and has what it missed.

use super::App;
use super::questions::Question;
use crate::cluster::dispatch::Dispatch;
use crate::model::Node;
use crate::realtime::polls::{PollAnswer, PollRequest, Polls};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a node may take to say whether it has a connection.
const HAS_WITHIN: Duration = Duration::from_secs(2);
/// How often it is looked whether a node is still heard that is to answer a poll.
const HEARD_PERIOD: Duration = Duration::from_millis(500);
/// What no id is longer than.
const LONGEST_ID: usize = 64;
/// How many polls may wait for other nodes: a quarter of all questions that may, so that calls are answered, too.
pub(super) const MOST: usize = 4096;

impl App {
    /// From now on other nodes may ask for these connections.
    pub fn set_polls(&self, polls: Box<dyn Polls>) {
        // It is said once, by who starts the server.
        let _ = self.0.polls.set(polls);
    }

    /// Whether another node has this connection of Socket.IO.
    pub async fn poll_is_elsewhere(&self, id: String) -> bool {
        let Some(node) = self.node_of_poll(&id) else { return false };
        self.ask::<bool>(node, &Question::HasPoll(id), HAS_WITHIN).await.unwrap_or(false)
    }

    /// Has the node answer that has the connection; `None` where it did not.
    pub async fn forward_poll(&self, request: PollRequest) -> Option<PollAnswer> {
        let node = self.node_of_poll(&request.id)?;
        let _underway = self.0.polls_elsewhere.try_acquire().ok()?;
        let within = self.config().ping_interval() + self.config().ping_timeout();
        let answer = self.ask(node, &Question::Poll(request), within);
        tokio::select! {
            biased;
            answer = answer => answer.ok(),
            () = self.is_unheard(node) => None,
        }
    }

    /// Waits until a node is not heard any more: the lease of one that was killed is good for longer.
    async fn is_unheard(&self, node: Node) {
        let is_heard = |nodes: &Arc<Dispatch>| nodes.heard_now(Instant::now()).contains(&node);
        while self.0.nodes.as_ref().is_some_and(is_heard) {
            tokio::time::sleep(HEARD_PERIOD).await;
        }
    }

    /// Has that node end a connection of which something is lost.
    pub fn abandon_poll(&self, id: &str) {
        if let Some(node) = self.node_of_poll(id) {
            drop(self.ask::<()>(node, &Question::PollLost(id.to_owned()), Duration::ZERO));
        }
    }

    /// An id begins with the two digits of its node's slot.
    fn node_of_poll(&self, id: &str) -> Option<Node> {
        let slot: u8 = id.get(..2).filter(|_| id.len() <= LONGEST_ID)?.parse().ok()?;
        let nodes = self.0.nodes.as_ref()?.heard_now(Instant::now());
        nodes.into_iter().find(|node| node.slot.number() == slot)
    }

    /// The connections of this node, once it has any.
    pub(super) fn polls(&self) -> Option<&dyn Polls> {
        self.0.polls.get().map(AsRef::as_ref)
    }
}
