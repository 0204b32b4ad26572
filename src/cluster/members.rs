//! Who lives, by the leases in the store, and whom of them this node hears, by their beats.
//!
//! A machine without I/O: whoever owns it reads the leases, hears the beats and has the clock.

use super::wire::{Beat, StoreState};
use crate::model::{Incarnation, Node, Slot};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// After how long without a beat a node that lives is one that is not heard.
pub const SILENCE: Duration = Duration::from_secs(3);
/// For how long after its renewal a node may take its own lease for good; in the store it is good for 10 s.
pub const FRESH: Duration = Duration::from_secs(8);

/// For how long after a renewal the database is taken to answer: two renewals.
const ANSWERED: Duration = Duration::from_secs(5);
/// For how long a node waits for its database before it sends its people to others.
const GIVEN_UP: Duration = Duration::from_secs(10);

/// The nodes, as this one knows them.
#[derive(Debug, Default)]
pub struct Members {
    renewed: Option<Instant>,
    others: BTreeMap<Slot, Other>,
}

/// Another node that lives.
#[derive(Debug, Clone, Copy)]
struct Other {
    incarnation: Incarnation,
    /// When it was heard last, in this life of ours.
    heard: Option<Instant>,
    /// How it said to be.
    connections: usize,
    store: StoreState,
}

impl Members {
    /// This node's lease was renewed at a time before which nothing of it was sent, and these others live.
    pub fn renewed(&mut self, others: impl IntoIterator<Item = Node>, at: Instant) {
        self.renewed = Some(at);
        let before = std::mem::take(&mut self.others);
        let other = |Node { slot, incarnation }: Node| {
            let known = before.get(&slot).filter(|known| known.incarnation == incarnation);
            (
                slot,
                known.copied().unwrap_or(Other {
                    incarnation,
                    heard: None,
                    connections: 0,
                    store: StoreState::Silent,
                }),
            )
        };
        self.others = others.into_iter().map(other).collect();
    }

    /// A node was heard; returns whether it is one that is known to live.
    pub fn heard(&mut self, Node { slot, incarnation }: Node, at: Instant) -> bool {
        let Some(other) = self.others.get_mut(&slot).filter(|other| other.incarnation == incarnation) else {
            return false;
        };
        other.heard = other.heard.max(Some(at));
        true
    }

    /// A node said how it is.
    pub fn said(&mut self, Node { slot, incarnation }: Node, beat: &Beat) {
        if let Some(other) = self.others.get_mut(&slot).filter(|other| other.incarnation == incarnation) {
            (other.connections, other.store) = (beat.connections, beat.store);
        }
    }

    /// Whether this node's database answers it, as it did to the last renewal.
    pub fn store(&self, now: Instant) -> StoreState {
        match self.lease_age(now).is_none_or(|age| age < ANSWERED) {
            true => StoreState::Answers,
            false => StoreState::Silent,
        }
    }

    /// Whether people are better off elsewhere: this node's database has not answered for a while, and that of another
    /// one that is heard does.
    pub fn is_better_elsewhere(&self, now: Instant) -> bool {
        let is_heard = |heard: Instant| now.saturating_duration_since(heard) < SILENCE;
        let is_well = |other: &Other| other.store == StoreState::Answers && other.heard.is_some_and(is_heard);
        self.lease_age(now).is_some_and(|age| age >= GIVEN_UP) && self.others.values().any(is_well)
    }

    /// How many connections the others have, as they said last.
    pub fn connections(&self) -> usize {
        self.others.values().map(|other| other.connections).sum()
    }

    /// How long ago this node's lease was renewed.
    pub fn lease_age(&self, now: Instant) -> Option<Duration> {
        self.renewed.map(|renewed| now.saturating_duration_since(renewed))
    }

    /// Where the others are that live, to whom is told what concerns them.
    pub fn others(&self) -> impl Iterator<Item = Slot> {
        self.others.keys().copied()
    }

    /// The others that live and are heard.
    pub fn heard_now(&self, now: Instant) -> impl Iterator<Item = Node> {
        let is_heard = move |other: &Other| {
            other.heard.is_some_and(|heard| now.saturating_duration_since(heard) < SILENCE)
        };
        let others = self.others.iter().filter(move |(_, other)| is_heard(other));
        others.map(|(slot, other)| Node { slot: *slot, incarnation: other.incarnation })
    }

    /// The one of the others that this life is of, if it lives.
    pub fn find(&self, life: Incarnation) -> Option<Node> {
        let found = self.others.iter().find(|(_, other)| other.incarnation == life);
        found.map(|(slot, other)| Node { slot: *slot, incarnation: other.incarnation })
    }

    /// The nodes that live and are not heard, or not yet: what they told before they knew of us, we have not heard.
    pub fn silent(&self, now: Instant) -> impl Iterator<Item = Node> {
        let is_past = move |heard| now.saturating_duration_since(heard) >= SILENCE;
        let silent = move |other: &Other| other.heard.is_none_or(is_past);
        let others = self.others.iter().filter(move |(_, other)| silent(other));
        others.map(|(slot, other)| Node { slot: *slot, incarnation: other.incarnation })
    }

    /// Whether this node hears all that is told: its lease is good, and every other one that lives is heard.
    pub fn hears_all(&self, now: Instant) -> bool {
        let fresh = self.renewed.is_some_and(|renewed| now.saturating_duration_since(renewed) < FRESH);
        fresh && self.silent(now).next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(slot: u8, incarnation: i64) -> Node {
        Node { slot: slot.try_into().unwrap(), incarnation: Incarnation(incarnation) }
    }

    #[test]
    fn who_lives_and_is_not_heard_for_three_seconds_is_silent() {
        let (begun, mut members) = (Instant::now(), Members::default());
        let after = |seconds| begun + Duration::from_secs(seconds);
        assert!(!members.hears_all(begun), "it has no lease");
        members.renewed([node(1, 11), node(2, 12)], begun);
        assert!(!members.hears_all(begun), "nobody was heard yet");
        members.heard(node(2, 12), begun);
        members.heard(node(1, 11), after(2));
        assert!(members.hears_all(after(2)));
        assert_eq!(members.silent(after(3)).collect::<Vec<_>>(), [node(2, 12)]);
        assert_eq!(members.heard_now(after(3)).collect::<Vec<_>>(), [node(1, 11)]);
        assert_eq!(members.find(Incarnation(12)), Some(node(2, 12)), "it lives all the same");
        assert!(!members.hears_all(after(3)));
        // It is not heard again because its lease is.
        members.renewed([node(1, 11), node(2, 12)], after(4));
        assert_eq!(members.silent(after(4)).collect::<Vec<_>>(), [node(2, 12)]);
        members.heard(node(2, 12), after(4));
        assert!(members.hears_all(after(4)));
    }

    #[test]
    fn who_is_dead_is_not_missed_and_a_new_life_is_until_it_is_heard() {
        let (begun, mut members) = (Instant::now(), Members::default());
        let after = |seconds| begun + Duration::from_secs(seconds);
        members.renewed([node(1, 11), node(2, 12)], begun);
        members.heard(node(1, 11), after(4));
        members.renewed([node(1, 11)], after(5));
        assert!(members.hears_all(after(5)));
        members.renewed([node(1, 13)], after(5));
        assert!(!members.hears_all(after(5)));
        assert_eq!(members.others().collect::<Vec<_>>(), [node(1, 13).slot]);
        members.heard(node(1, 11), after(6));
        assert!(!members.hears_all(after(6)), "an old life is not it");
        members.heard(node(1, 13), after(6));
        assert!(members.hears_all(after(6)));
    }

    #[test]
    fn who_has_lost_the_database_sends_people_to_who_has_it() {
        let (begun, mut members) = (Instant::now(), Members::default());
        let after = |seconds| begun + Duration::from_secs(seconds);
        let beat = |store| Beat { connections: 3, version: String::new(), store };
        members.renewed([node(1, 11)], begun);
        assert_eq!(
            (members.store(after(4)), members.store(after(5))),
            (StoreState::Answers, StoreState::Silent)
        );
        members.heard(node(1, 11), after(9));
        assert!(!members.is_better_elsewhere(after(10)), "the other said nothing of its own");
        members.said(node(1, 11), &beat(StoreState::Answers));
        assert_eq!(members.connections(), 3);
        assert!(!members.is_better_elsewhere(after(9)), "it may come back");
        assert!(members.is_better_elsewhere(after(10)));
        assert!(!members.is_better_elsewhere(after(12)), "the other is not heard any more");
        members.heard(node(1, 11), after(12));
        members.said(node(1, 11), &beat(StoreState::Silent));
        assert!(!members.is_better_elsewhere(after(12)), "nobody has it");
        members.renewed([node(1, 11)], after(13));
        members.said(node(1, 11), &beat(StoreState::Answers));
        assert!(!members.is_better_elsewhere(after(14)));
    }

    #[test]
    fn without_a_fresh_lease_nothing_is_sure() {
        let (begun, mut members) = (Instant::now(), Members::default());
        members.renewed([], begun);
        assert!(members.hears_all(begun + Duration::from_secs(7)));
        assert!(!members.hears_all(begun + FRESH));
    }
}
