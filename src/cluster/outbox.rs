//! What waits to be sent to other nodes: bounded for each of them, and never waited for.
//!
//! A machine without I/O. What there is no room for, and what the bus does not take, is dropped, and its number with
//! it, so that the receiver notices. What waits for a node goes out as few messages.

use super::bundle::Bundle;
use super::wire::{Answer, Ask, Beat, LONGEST, Message, Stamp};
use crate::model::{Node, Slot};
use crate::protocol::effect::Effect;
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::mem::discriminant;

/// How many bytes may wait for one node.
const MOST: usize = 8 * 1024 * 1024;
/// How many bytes of pushes or effects go into one message.
const ROOM: usize = LONGEST - 1024;

/// What waits, by whom it is for.
#[derive(Debug)]
pub struct Outbox {
    from: Node,
    lines: BTreeMap<Slot, Line>,
}

/// What waits for one node.
#[derive(Debug, Default)]
struct Line {
    /// The number of the last message.
    number: u64,
    waiting: VecDeque<Waiting>,
    bytes: usize,
}

/// What waits, in the order in which it was committed.
#[derive(Debug, Clone)]
pub enum Waiting {
    /// Pushes for people who are connected to the node.
    Push(Bundle),
    /// What the node is to do.
    Effect(Effect),
    /// What the node is asked.
    Ask(Ask),
    /// What the node has asked, with its answer.
    Answer(Answer),
}

/// What became of what was to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    /// It waits.
    Waits,
    /// There was no room for it.
    Dropped,
}

impl Outbox {
    /// The empty outbox of a node's life.
    pub fn new(from: Node) -> Self {
        Self { from, lines: BTreeMap::new() }
    }

    /// Something for a node.
    pub fn push(&mut self, to: Slot, waiting: Waiting) -> Queued {
        let line = self.lines.entry(to).or_default();
        let weight = waiting.weight();
        if weight > ROOM || line.bytes + weight > MOST {
            // Who asks knows that there is no answer; of all else the receiver is to notice that it has missed something.
            if let Waiting::Push(_) | Waiting::Effect(_) = waiting {
                line.number += 1;
            }
            return Queued::Dropped;
        }
        line.bytes += weight;
        line.waiting.push_back(waiting);
        Queued::Waits
    }

    /// The next message to a node of what waits for it.
    pub fn next(&mut self, to: Slot) -> Option<Bytes> {
        let line = self.lines.get_mut(&to)?;
        let message = line.take()?;
        line.seal(self.from, &message)
    }

    /// A beat to a node, to be sent after all that waits for it.
    pub fn beat(&mut self, to: Slot, beat: Beat) -> Option<Bytes> {
        self.lines.entry(to).or_default().seal(self.from, &Message::Beat(beat))
    }

    /// Drops what waits for others than these, who live. Nothing is kept for those, so whoever comes back notices.
    pub fn keep(&mut self, living: &BTreeSet<Slot>) {
        let dead = self.lines.iter_mut().filter(|(slot, _)| !living.contains(slot));
        dead.for_each(|(_, line)| line.clear());
    }
}

impl Waiting {
    /// How many bytes it has in an envelope at the most.
    fn weight(&self) -> usize {
        match self {
            Self::Push(bundle) => bundle.weight(),
            Self::Effect(effect) => effect.weight(),
            Self::Ask(ask) => 64 + ask.question.weight(),
            Self::Answer(answer) => 64 + answer.answer.weight(),
        }
    }
}

impl Line {
    /// What goes out as one message: the first of what waits, with what is of its kind after it.
    fn take(&mut self) -> Option<Message> {
        let kind = discriminant(self.waiting.front()?);
        let (mut count, mut bytes) = (0, 0);
        for next in self.waiting.iter().take_while(|next| discriminant(*next) == kind) {
            if bytes + next.weight() > ROOM {
                break;
            }
            (count, bytes) = (count + 1, bytes + next.weight());
        }
        self.bytes -= bytes;
        let (mut bundles, mut effects, mut asks, mut answers) = Default::default();
        self.waiting.drain(..count).for_each(|next| match next {
            Waiting::Push(bundle) => Vec::push(&mut bundles, bundle),
            Waiting::Effect(effect) => Vec::push(&mut effects, effect),
            Waiting::Ask(ask) => Vec::push(&mut asks, ask),
            Waiting::Answer(answer) => Vec::push(&mut answers, answer),
        });
        let message = some(bundles).map(Message::Push);
        let message = message.or_else(|| some(effects).map(Message::Effect));
        let message = message.or_else(|| some(asks).map(Message::Ask));
        message.or_else(|| some(answers).map(Message::Answer))
    }

    /// The next message; it has its number also where it cannot be made.
    fn seal(&mut self, from: Node, message: &Message) -> Option<Bytes> {
        self.number += 1;
        message.seal(Stamp { from, number: self.number }).ok().map(Bytes::from)
    }

    fn clear(&mut self) {
        self.number += 1;
        self.waiting.clear();
        self.bytes = 0;
    }
}

/// All, where there is something.
fn some<T>(all: Vec<T>) -> Option<Vec<T>> {
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::gaps::{Gaps, Hearing};
    use crate::cluster::wire::{Json, StoreState};
    use crate::model::{Incarnation, Slots};
    use crate::protocol::frame::{Delivery, Frame};

    fn slot(number: u8) -> Slot {
        number.try_into().unwrap()
    }

    fn outbox() -> Outbox {
        Outbox::new(Node { slot: slot(0), incarnation: Incarnation(1) })
    }

    fn bundle(seq: i64, bytes: usize) -> Waiting {
        let shared = format!("\"{}\"", "x".repeat(bytes)).into();
        let frame = Frame { seq, name: "S2C_X".into(), own: None, shared };
        let delivery = Delivery { uid: "ann".to_owned().try_into().unwrap(), frame, slots: Slots::NONE };
        Waiting::Push(Bundle::gather(&[delivery]).remove(0))
    }

    fn all(outbox: &mut Outbox, to: Slot) -> Vec<(u64, Vec<i64>)> {
        let messages = std::iter::from_fn(|| outbox.next(to));
        let read = |message: Bytes| {
            assert!(message.len() <= LONGEST);
            match Message::open(&message).unwrap() {
                (stamp, Message::Push(bundles)) => {
                    let seqs = bundles.into_iter().flat_map(Bundle::deliveries).map(|push| push.frame.seq);
                    (stamp.number, seqs.collect())
                }
                (_, other) => unreachable!("{other:?}"),
            }
        };
        messages.map(read).collect()
    }

    #[test]
    fn what_waits_goes_out_together_in_its_order() {
        let mut outbox = outbox();
        for seq in 1..=5 {
            assert_eq!(outbox.push(slot(1), bundle(seq, 100_000)), Queued::Waits);
        }
        outbox.push(slot(2), bundle(7, 10));
        assert_eq!(all(&mut outbox, slot(1)), [(1, vec![1, 2]), (2, vec![3, 4]), (3, vec![5])]);
        assert_eq!(all(&mut outbox, slot(2)), [(1, vec![7])], "each is counted by itself");
        assert_eq!(all(&mut outbox, slot(3)), []);
    }

    #[test]
    fn effects_stay_behind_the_pushes_of_their_commit() {
        let (mut outbox, to) = (outbox(), slot(1));
        let effect = |uid: &str| Effect::AccountRevoked(uid.to_owned().try_into().unwrap());
        for waiting in [bundle(1, 10), bundle(2, 10)] {
            outbox.push(to, waiting);
        }
        outbox.push(to, Waiting::Effect(effect("ann")));
        outbox.push(to, Waiting::Effect(effect("bob")));
        outbox.push(to, bundle(3, 10));
        let messages = std::iter::from_fn(|| outbox.next(to));
        let pushes = |message: Bytes| match Message::open(&message).unwrap().1 {
            Message::Push(bundles) => (bundles.len(), Vec::new()),
            Message::Effect(effects) => (0, effects),
            other => unreachable!("{other:?}"),
        };
        let heard: Vec<_> = messages.map(pushes).collect();
        assert_eq!(heard, [(2, vec![]), (0, vec![effect("ann"), effect("bob")]), (1, vec![])]);
        assert_eq!(outbox.lines[&to].bytes, 0);
    }

    #[test]
    fn questions_keep_their_place_among_what_was_committed() {
        let (mut outbox, to) = (outbox(), slot(1));
        let ask = |id: u64| Waiting::Ask(Ask { id, question: Json::of(&id).unwrap() });
        let answer = Waiting::Answer(Answer { id: 9, answer: Json::of(&()).unwrap() });
        for waiting in [ask(1), bundle(1, 10), ask(2), ask(3), answer] {
            assert_eq!(outbox.push(to, waiting), Queued::Waits);
        }
        let messages = std::iter::from_fn(|| outbox.next(to));
        let kinds = |message: Bytes| match Message::open(&message).unwrap().1 {
            Message::Ask(asks) => asks.into_iter().map(|ask| ask.id).collect(),
            Message::Answer(answers) => answers.into_iter().map(|answer| answer.id).collect(),
            _ => Vec::new(),
        };
        assert_eq!(messages.map(kinds).collect::<Vec<_>>(), [vec![1], vec![], vec![2, 3], vec![9]]);
        assert_eq!(outbox.lines[&to].bytes, 0);
    }

    #[test]
    fn what_there_is_no_room_for_is_noticed_by_who_should_have_heard_it() {
        let mut outbox = outbox();
        let mut gaps = Gaps::default();
        let to = slot(1);
        let beat = || Beat { connections: 0, version: String::new(), store: StoreState::Answers };
        let mut hear = |message: Option<Bytes>| gaps.hear(Message::open(&message.unwrap()).unwrap().0);
        assert_eq!(hear(outbox.beat(to, beat())), Hearing::Gap, "the first");
        let fitting = MOST / bundle(1, 200_000).weight();
        for seq in 1..=fitting {
            assert_eq!(outbox.push(to, bundle(seq as i64, 200_000)), Queued::Waits);
        }
        assert_eq!(outbox.push(to, bundle(99, 200_000)), Queued::Dropped);
        assert_eq!(hear(outbox.next(to)), Hearing::Gap);
        assert_eq!(hear(outbox.next(to)), Hearing::Whole);
        assert_eq!(outbox.push(to, bundle(100, LONGEST)), Queued::Dropped, "it is too long for the bus");
        assert_eq!(hear(outbox.beat(to, beat())), Hearing::Gap);
        outbox.keep(&BTreeSet::new());
        assert_eq!(outbox.next(to), None);
        assert_eq!(hear(outbox.beat(to, beat())), Hearing::Gap, "it was taken for dead");
    }
}
