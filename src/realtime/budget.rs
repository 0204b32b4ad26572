//! How many envelopes a client may still send.

use std::time::Instant;

/// How many commands a client may still say: refilled steadily, two seconds' worth at the most.
#[derive(Debug)]
pub(super) struct Budget {
    per_second: u32,
    left: f32,
    at: Instant,
}

impl Budget {
    pub(super) fn new(per_second: u32, now: Instant) -> Self {
        Self { per_second, left: Self::most(per_second), at: now }
    }

    fn most(per_second: u32) -> f32 {
        per_second as f32 * 2.0
    }

    /// Takes one; false where there is none left.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at);
        let refilled = self.left + passed.as_secs_f32() * self.per_second as f32;
        self.left = refilled.min(Self::most(self.per_second));
        self.at = now;
        let enough = self.left >= 1.0;
        if enough {
            self.left -= 1.0;
        }
        enough
    }
}
