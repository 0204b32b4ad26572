//! Whether all was heard that another node has said: each of its messages bears its incarnation and a dense number.
//!
//! A machine without I/O. What follows from a gap, a sweep of the store, is not here.

use super::wire::Stamp;
use crate::model::{Incarnation, Slot};
use std::collections::HashMap;

/// What a message tells of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    /// All before it were heard.
    Whole,
    /// Some before it were not, or may not have been: it is the first one of an incarnation.
    Gap,
    /// It comes late or again, and tells nothing.
    Late,
}

/// The newest message of each sender.
#[derive(Debug, Default)]
pub struct Gaps(HashMap<Slot, (Incarnation, u64)>);

impl Gaps {
    /// A message was heard.
    pub fn hear(&mut self, Stamp { from, number }: Stamp) -> Hearing {
        let this = (from.incarnation, number);
        match self.0.get_mut(&from.slot) {
            Some(newest) if this <= *newest => Hearing::Late,
            Some(newest) if this == (newest.0, newest.1 + 1) => {
                *newest = this;
                Hearing::Whole
            }
            Some(_) | None => {
                self.0.insert(from.slot, this);
                Hearing::Gap
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Node;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn stamp(incarnation: i64, number: u64) -> Stamp {
        let from = Node { slot: 0.try_into().unwrap(), incarnation: Incarnation(incarnation) };
        Stamp { from, number }
    }

    #[test]
    fn a_new_life_is_a_gap_and_an_old_one_tells_nothing() {
        let mut gaps = Gaps::default();
        for (incarnation, number, hearing) in [
            (1, 1, Hearing::Gap),
            (1, 2, Hearing::Whole),
            (1, 2, Hearing::Late),
            (1, 4, Hearing::Gap),
            (1, 3, Hearing::Late),
            (1, 5, Hearing::Whole),
            (2, 1, Hearing::Gap),
            (1, 6, Hearing::Late),
            (2, 2, Hearing::Whole),
        ] {
            assert_eq!(gaps.hear(stamp(incarnation, number)), hearing, "{incarnation}, {number}");
        }
    }

    proptest! {
        /// However messages are lost, doubled and moved: whatever was not heard is followed by a gap as soon as
        /// something later is, and all since the last gap was heard.
        #[test]
        fn what_was_not_heard_is_noticed_by_the_next_that_is(numbers in prop::collection::vec(1..30u64, 1..60)) {
            let (mut gaps, mut heard, mut swept) = (Gaps::default(), BTreeSet::new(), 0);
            for number in numbers {
                heard.insert(number);
                if gaps.hear(stamp(1, number)) == Hearing::Gap {
                    swept = number;
                }
                let newest = *heard.last().unwrap();
                prop_assert!((swept + 1..=newest).all(|number| heard.contains(&number)), "{newest}, {swept}");
            }
        }

        #[test]
        fn where_all_is_heard_in_order_there_is_but_the_first_gap(first in 1..1000u64, count in 1..50u64) {
            let mut gaps = Gaps::default();
            prop_assert_eq!(gaps.hear(stamp(1, first)), Hearing::Gap);
            for number in first + 1..first + count {
                prop_assert_eq!(gaps.hear(stamp(1, number)), Hearing::Whole);
            }
        }
    }
}
