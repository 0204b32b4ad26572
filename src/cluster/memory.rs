//! A bus within one process, for tests: it loses, doubles, holds back and parts as it is told, by chance from a seed.
//!
//! What is held back comes after what was sent later, or when the bus is told to bring all.

use super::bus::{Bus, End};
use crate::model::Slot;
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// How many messages may wait for a node that does not take them.
const QUEUE: usize = 65_536;

/// Of a hundred messages, how many meet with what.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// They are lost, and nobody is told.
    pub lost: u32,
    /// They come twice.
    pub doubled: u32,
    /// They come after what is sent later.
    pub held: u32,
}

/// The bus, as tests hold it.
#[derive(Clone)]
pub struct Network(Arc<Mutex<Wires>>);

struct Wires {
    chance: Chance,
    faults: Faults,
    ends: BTreeMap<Slot, mpsc::Sender<Bytes>>,
    /// Those that are cut off, and know it.
    cut: BTreeSet<Slot>,
    /// Those that hear only each other.
    parted: BTreeSet<Slot>,
    held: Vec<(Slot, Bytes)>,
}

/// What a node has of it.
struct MemoryBus {
    network: Network,
    own: Slot,
}

/// Numbers by chance, the same ones for the same seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn is_of(&mut self, percent: u32) -> bool {
        self.next() % 100 < percent.into()
    }
}

impl Network {
    /// A bus without nodes.
    pub fn new(seed: u64, faults: Faults) -> Self {
        let (ends, cut, parted, held) = Default::default();
        Self(Arc::new(Mutex::new(Wires { chance: Chance(seed), faults, ends, cut, parted, held })))
    }

    /// A node's end of it, and what comes in for that node.
    pub fn join(&self, own: Slot) -> End {
        let (incoming, received) = mpsc::channel(QUEUE);
        self.wires().ends.insert(own, incoming);
        (Arc::new(MemoryBus { network: self.clone(), own }), received)
    }

    /// From now on messages meet with this.
    pub fn set_faults(&self, faults: Faults) {
        self.wires().faults = faults;
    }

    /// Parts these nodes from all others, and none of them notices: as a split of the servers in between does.
    pub fn part(&self, these: impl IntoIterator<Item = Slot>) {
        self.wires().parted = these.into_iter().collect();
    }

    /// Cuts these nodes off, who notice, and no others.
    pub fn cut(&self, these: impl IntoIterator<Item = Slot>) {
        self.wires().cut = these.into_iter().collect();
    }

    /// Brings what was held back, the latest first.
    pub fn bring_all(&self) {
        let mut wires = self.wires();
        while let Some((to, message)) = wires.held.pop() {
            wires.bring(to, message);
        }
    }

    fn wires(&self) -> MutexGuard<'_, Wires> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wires {
    fn bring(&self, to: Slot, message: Bytes) {
        if let Some(incoming) = self.ends.get(&to).filter(|_| !self.cut.contains(&to)) {
            // What does not fit is lost.
            let _ = incoming.try_send(message);
        }
    }

    fn carry(&mut self, from: Slot, to: Slot, message: Bytes) {
        let Faults { lost, doubled, held } = self.faults;
        if self.parted.contains(&from) != self.parted.contains(&to) || self.chance.is_of(lost) {
            return;
        }
        if self.chance.is_of(held) {
            return self.held.push((to, message));
        }
        if self.chance.is_of(doubled) {
            self.bring(to, message.clone());
        }
        self.bring(to, message);
        // What was held back is late by a few messages.
        if self.chance.is_of(50)
            && let Some((to, late)) = self.held.pop()
        {
            self.bring(to, late);
        }
    }
}

impl Bus for MemoryBus {
    fn send(&self, to: Slot, message: Bytes) -> bool {
        let mut wires = self.network.wires();
        if wires.cut.contains(&self.own) {
            return false;
        }
        wires.carry(self.own, to, message);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(number: u8) -> Slot {
        number.try_into().unwrap()
    }

    fn two(faults: Faults) -> (Network, Arc<dyn Bus>, mpsc::Receiver<Bytes>) {
        let network = Network::new(7, faults);
        let (bus, _) = network.join(slot(0));
        let (_, incoming) = network.join(slot(1));
        (network, bus, incoming)
    }

    fn send(bus: &Arc<dyn Bus>, numbers: impl IntoIterator<Item = u8>) {
        for number in numbers {
            assert!(bus.send(slot(1), vec![number].into()));
        }
    }

    fn received(incoming: &mut mpsc::Receiver<Bytes>) -> Vec<u8> {
        std::iter::from_fn(|| incoming.try_recv().ok()).map(|message| message[0]).collect()
    }

    #[test]
    fn without_faults_all_comes_in_its_order() {
        let (_, bus, mut incoming) = two(Faults::default());
        send(&bus, 0..100);
        assert_eq!(received(&mut incoming), (0..100).collect::<Vec<_>>());
        assert!(bus.send(slot(9), Bytes::new()), "where nobody is, nothing comes back");
    }

    #[test]
    fn faults_are_as_many_as_is_said() {
        let (network, bus, mut incoming) = two(Faults { lost: 40, doubled: 20, held: 10 });
        send(&bus, 0..200);
        network.bring_all();
        let mut heard = received(&mut incoming);
        assert!(!heard.is_sorted(), "some come late");
        heard.sort_unstable();
        let all = heard.len();
        heard.dedup();
        assert!((100..140).contains(&heard.len()) && all - heard.len() > 10, "{} of {all}", heard.len());
    }

    #[test]
    fn who_is_parted_does_not_notice_and_who_is_cut_off_does() {
        let (network, bus, mut incoming) = two(Faults::default());
        network.part([slot(0)]);
        assert!(bus.send(slot(1), Bytes::from_static(b"1")));
        network.part([]);
        network.cut([slot(0)]);
        assert!(!bus.send(slot(1), Bytes::from_static(b"2")));
        network.cut([]);
        assert!(bus.send(slot(1), Bytes::from_static(b"3")));
        assert_eq!(received(&mut incoming), *b"3");
    }
}
