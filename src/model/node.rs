//! What names a node, one of several processes that serve one database together.

use super::malformed::Malformed;
use serde::{Deserialize, Serialize};

/// The place of a node among those that live: a bit of a number of 63. The next life of a node may have another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8")]
pub struct Slot(u8);

impl Slot {
    /// How many there are.
    pub const COUNT: u8 = 63;

    /// The bit.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Slot {
    type Error = Malformed;

    fn try_from(number: u8) -> Result<Self, Malformed> {
        match number < Self::COUNT {
            true => Ok(Self(number)),
            false => Err(Malformed::invalid("must be a slot: 0 to 62")),
        }
    }
}

impl std::fmt::Display for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Some of all slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slots(i64);

impl Slots {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self(i64::MAX);

    /// Those whose bits are set in a number, as it is kept.
    pub fn of_bits(bits: i64) -> Self {
        Self(bits & i64::MAX)
    }

    /// Whether it is one of them.
    pub fn contains(self, slot: Slot) -> bool {
        self.0 >> slot.number() & 1 == 1
    }
}

impl std::ops::BitOr for Slots {
    type Output = Self;

    /// Those that are in either.
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromIterator<Slot> for Slots {
    fn from_iter<I: IntoIterator<Item = Slot>>(slots: I) -> Self {
        Self(slots.into_iter().fold(0, |bits, slot| bits | 1 << slot.number()))
    }
}

/// One life of a node, from its start or from when it was taken for dead; none is ever used twice, and a later one
/// is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Incarnation(pub i64);

/// A node's life in its slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node {
    /// Where it is.
    pub slot: Slot,
    /// Which of its lives.
    pub incarnation: Incarnation,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_slots_are_those_that_they_were_made_of() {
        let slot = |number: u8| Slot::try_from(number).unwrap();
        let some: Slots = [slot(0), slot(62)].into_iter().collect();
        assert!(some.contains(slot(0)) && some.contains(slot(62)) && !some.contains(slot(1)));
        for number in 0..Slot::COUNT {
            assert!(Slots::ALL.contains(slot(number)) && !Slots::NONE.contains(slot(number)));
        }
    }

    #[test]
    fn there_are_63_slots() {
        assert!(Slot::try_from(62).is_ok() && Slot::try_from(63).is_err());
        assert!(serde_json::from_str::<Slot>("63").is_err(), "nor are there more on the wire");
    }
}
