//! A client's acknowledgements on their way to the store, one at a time.

/// What was acknowledged and is not known to be kept. Of what waits only the newest counts.
#[derive(Debug, Default)]
pub(super) struct Acking {
    keeping: Option<i64>,
    waiting: Option<i64>,
}

impl Acking {
    /// An acknowledgement has come: returns the one to keep now, unless one is being kept.
    pub(super) fn add(&mut self, seq: i64) -> Option<i64> {
        self.waiting = self.waiting.max(Some(seq));
        self.next()
    }

    /// The one to keep now, if one waits and none is being kept.
    pub(super) fn next(&mut self) -> Option<i64> {
        if self.keeping.is_none() {
            self.keeping = self.waiting.take();
            return self.keeping;
        }
        None
    }

    /// The one that was being kept is.
    pub(super) fn kept(&mut self) {
        self.keeping = None;
    }

    /// The one that was being kept is not: it waits again.
    pub(super) fn failed(&mut self) {
        self.waiting = self.waiting.max(self.keeping.take());
    }

    /// What is left to keep when the connection ends.
    pub(super) fn rest(&mut self) -> Option<i64> {
        self.failed();
        self.waiting.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_kept_at_a_time_and_then_the_newest_of_those_that_waited() {
        let mut acking = Acking::default();
        assert_eq!(acking.add(1), Some(1));
        assert_eq!((acking.add(7), acking.add(3)), (None, None));
        acking.kept();
        assert_eq!(acking.next(), Some(7));
        acking.kept();
        assert_eq!(acking.next(), None);
    }

    #[test]
    fn what_fails_is_not_lost() {
        let mut acking = Acking::default();
        acking.add(5);
        acking.failed();
        assert_eq!(acking.next(), Some(5));
        acking.add(9);
        assert_eq!(acking.rest(), Some(9));
        assert_eq!(acking.rest(), None);
        assert_eq!(acking.add(3), Some(3));
        assert_eq!(acking.rest(), Some(3), "nobody knows whether it was kept");
    }
}
