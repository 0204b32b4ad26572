//! A token bucket without a clock: whoever takes a token says what time it is.
//!
//! The level is not kept. What is kept is when the bucket will be full: a token taken moves that by the
//! time a token takes to come back, and time passes by itself. So there is nothing to refill, nothing to
//! round, and a bucket is one `Instant`, which matters where every connection has one.

use std::time::{Duration, Instant};

/// How a bucket fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    /// Tokens in a full bucket: how many may be taken at once.
    pub burst: u32,
    /// How long a token takes to come back.
    pub refill: Duration,
}

impl Rate {
    /// `count` tokens a second, and no more than `seconds` seconds' worth of them at once.
    pub fn per_second(count: u32, seconds: u32) -> Self {
        let refill = Duration::from_secs(1).checked_div(count).unwrap_or(Duration::MAX);
        Self { burst: count.saturating_mul(seconds), refill }
    }

    /// `burst` tokens at once, of which `count` come back in an hour.
    pub fn per_hour(count: u32, burst: u32) -> Self {
        let refill = Duration::from_secs(3600).checked_div(count).unwrap_or(Duration::MAX);
        Self { burst, refill }
    }
}

/// One bucket. The same `Rate` is passed in each time.
#[derive(Debug, Clone, Copy)]
pub struct TokenBucket {
    full_at: Instant,
}

impl TokenBucket {
    /// A full bucket.
    pub fn full(now: Instant) -> Self {
        Self { full_at: now }
    }

    /// Takes a token; where there is none, takes nothing and says how long it is until there is one.
    pub fn take(&mut self, rate: Rate, now: Instant) -> Result<(), Duration> {
        let wait = self.wait(rate, now);
        if !wait.is_zero() {
            return Err(wait);
        }
        self.full_at = self.full_at.max(now) + rate.refill;
        Ok(())
    }

    /// How long it is until there is a token; zero where there is one.
    pub fn wait(&self, rate: Rate, now: Instant) -> Duration {
        let missing = self.full_at.saturating_duration_since(now);
        missing.saturating_add(rate.refill).saturating_sub(rate.refill.saturating_mul(rate.burst))
    }

    /// Puts a token back that was taken.
    pub fn put_back(&mut self, rate: Rate) {
        // An `Instant` has a least value, of which nobody says what it is.
        self.full_at = self.full_at.checked_sub(rate.refill).unwrap_or(self.full_at);
    }

    /// When it will be full, if nothing is taken meanwhile.
    pub fn full_at(&self) -> Instant {
        self.full_at
    }

    /// Whether it is as good as a new one.
    pub fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, refill: Duration::from_secs(10) };

    fn taken(bucket: &mut TokenBucket, now: Instant) -> usize {
        (0..100).take_while(|_| bucket.take(RATE, now).is_ok()).count()
    }

    #[test]
    fn a_bucket_gives_its_burst_and_then_what_comes_back() {
        let start = Instant::now();
        let mut bucket = TokenBucket::full(start);
        assert_eq!(taken(&mut bucket, start), 3);
        assert_eq!(taken(&mut bucket, start + Duration::from_secs(9)), 0);
        assert_eq!(taken(&mut bucket, start + Duration::from_secs(10)), 1);
        assert_eq!(taken(&mut bucket, start + Duration::from_secs(1000)), 3, "no more than a burst");
    }

    #[test]
    fn an_empty_bucket_says_how_long_to_wait() {
        let start = Instant::now();
        let mut bucket = TokenBucket::full(start);
        assert_eq!(taken(&mut bucket, start), 3);
        assert_eq!(bucket.take(RATE, start + Duration::from_secs(4)), Err(Duration::from_secs(6)));
        assert_eq!(bucket.take(RATE, start), Err(Duration::from_secs(10)), "a refusal takes nothing");
    }

    #[test]
    fn a_token_put_back_can_be_taken_again_and_never_makes_more_than_a_burst() {
        let start = Instant::now();
        let mut bucket = TokenBucket::full(start);
        bucket.put_back(RATE);
        assert_eq!(taken(&mut bucket, start), 3);
        bucket.put_back(RATE);
        assert!(!bucket.is_full(start));
        assert_eq!(taken(&mut bucket, start), 1);
        assert!(bucket.is_full(start + Duration::from_secs(30)));
    }

    #[test]
    fn a_rate_of_nothing_gives_nothing() {
        let now = Instant::now();
        assert!(TokenBucket::full(now).take(Rate::per_second(0, 2), now).is_err());
        assert_eq!(Rate::per_second(20, 2), Rate { burst: 40, refill: Duration::from_millis(50) });
    }
}
