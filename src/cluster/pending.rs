//! What this node has asked others and is not answered yet: bounded.
//!
//! A machine without I/O. Who asks waits for as long as they like; whoever no longer waits makes way for others.

use super::wire::{Answer, Json};
use crate::error::Error;
use crate::model::Node;
use std::collections::HashMap;
use tokio::sync::oneshot;

/// How many questions may wait for their answers.
const MOST: usize = 16_384;

/// Why a question was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// Nobody lives there whom this node knows of, or no longer.
    #[error("the other node does not live")]
    Gone,
    /// The answer did not come in time; whether the question did is not known.
    #[error("the other node does not answer")]
    Late,
    /// Too many questions wait for answers, or this one is too long.
    #[error("too much waits for other nodes")]
    Full,
}

impl From<NoAnswer> for Error {
    fn from(no_answer: NoAnswer) -> Self {
        match no_answer {
            NoAnswer::Gone => Self::Unready("the node that does this is gone: try again in a moment"),
            NoAnswer::Late => Self::Unready("the node that does this does not answer: try again in a moment"),
            NoAnswer::Full => Self::Unready("too much waits for other nodes: try again in a moment"),
        }
    }
}

/// The questions, by their numbers.
#[derive(Debug)]
pub struct Pending {
    next: u64,
    waiting: HashMap<u64, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    of: Node,
    answered: oneshot::Sender<Json>,
}

impl Pending {
    /// None yet, in a node's life: no other life has questions of the same numbers.
    pub fn new(own: Node) -> Self {
        Self { next: (own.incarnation.0 as u64) << 32, waiting: HashMap::new() }
    }

    /// A question to a node gets its number; `None` where too many wait.
    pub fn ask(&mut self, of: Node) -> Option<(u64, oneshot::Receiver<Json>)> {
        if self.waiting.len() >= MOST {
            self.keep(|_| true);
        }
        if self.waiting.len() >= MOST {
            return None;
        }
        let (answered, answer) = oneshot::channel();
        self.next += 1;
        self.waiting.insert(self.next, Waiting { of, answered });
        Some((self.next, answer))
    }

    /// An answer has come; it tells nothing where it is not from who was asked, or nobody waits for it any more.
    pub fn answer(&mut self, from: Node, Answer { id, answer }: Answer) {
        if self.waiting.get(&id).is_some_and(|waiting| waiting.of == from)
            && let Some(Waiting { answered, .. }) = self.waiting.remove(&id)
        {
            let _ = answered.send(answer);
        }
    }

    /// How many somebody still waits for.
    pub fn count(&self) -> usize {
        self.waiting.values().filter(|waiting| !waiting.answered.is_closed()).count()
    }

    /// Gives up what others were asked than these, and what nobody waits for.
    pub fn keep(&mut self, lives: impl Fn(&Node) -> bool) {
        self.waiting.retain(|_, waiting| !waiting.answered.is_closed() && lives(&waiting.of));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Incarnation;
    use tokio::sync::oneshot::error::TryRecvError;

    fn node(slot: u8, incarnation: i64) -> Node {
        Node { slot: slot.try_into().unwrap(), incarnation: Incarnation(incarnation) }
    }

    fn answer(id: u64) -> Answer {
        Answer { id, answer: Json::of(&id).unwrap() }
    }

    #[test]
    fn each_is_answered_once_and_by_who_was_asked() {
        let mut pending = Pending::new(node(0, 7));
        let (first, mut one) = pending.ask(node(1, 8)).unwrap();
        let (second, mut other) = pending.ask(node(2, 9)).unwrap();
        assert_ne!(first, second);
        pending.answer(node(1, 8), answer(second));
        pending.answer(node(2, 10), answer(second));
        assert_eq!(other.try_recv(), Err(TryRecvError::Empty), "a later life was not asked");
        pending.answer(node(2, 9), answer(second));
        pending.answer(node(2, 9), answer(second));
        assert_eq!(other.try_recv(), Ok(answer(second).answer));
        pending.keep(|node| node.slot.number() != 1);
        assert_eq!(one.try_recv(), Err(TryRecvError::Closed), "who was asked is dead");
        let (again, _) = Pending::new(node(0, 8)).ask(node(1, 8)).unwrap();
        assert!(again > second, "what comes late answers nothing of another life");
    }

    #[test]
    fn who_no_longer_waits_makes_way() {
        let mut pending = Pending::new(node(0, 7));
        let mut waiting: Vec<_> = (0..MOST).map(|_| pending.ask(node(1, 8)).unwrap()).collect();
        assert!(pending.ask(node(1, 8)).is_none());
        waiting.truncate(1);
        assert!(pending.ask(node(1, 8)).is_some());
        assert_eq!(pending.waiting.len(), 2);
    }
}
