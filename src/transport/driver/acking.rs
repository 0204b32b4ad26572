//! A client's acknowledgements on their way to the store, one at a time.

/// Whether an acknowledgement is being kept; of those that come meanwhile only the newest counts.
pub(super) enum Acking {
    Idle,
    Keeping { newer: Option<i64> },
}

impl Acking {
    /// An acknowledgement has come: whether it is to be kept now. It waits where another is being kept.
    pub(super) fn start(&mut self, seq: i64) -> bool {
        match self {
            Self::Idle => {
                *self = Self::Keeping { newer: None };
                true
            }
            Self::Keeping { newer } => {
                *newer = (*newer).max(Some(seq));
                false
            }
        }
    }

    /// The one that was being kept is: returns the one that waits.
    pub(super) fn finish(&mut self) -> Option<i64> {
        match std::mem::replace(self, Self::Idle) {
            Self::Keeping { newer } => newer,
            Self::Idle => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_kept_at_a_time_and_then_the_newest_of_those_that_waited() {
        let mut acking = Acking::Idle;
        assert!(acking.start(1));
        assert!(!acking.start(7));
        assert!(!acking.start(3));
        assert_eq!(acking.finish(), Some(7));
        assert!(acking.start(7));
        assert_eq!(acking.finish(), None);
        assert_eq!(acking.finish(), None);
    }
}
