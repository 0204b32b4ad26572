//! When a connection must be pinged, and when it is dead. Pure: no clock, no timer of its own.

use std::time::{Duration, Instant};

use super::packet::Version;

/// The heartbeat of one connection.
#[derive(Debug)]
pub struct Heartbeat {
    version: Version,
    interval: Duration,
    timeout: Duration,
    due: Instant,
    awaiting: bool,
}

/// What is to be done now.
#[derive(Debug, PartialEq, Eq)]
pub enum Beat {
    /// Nothing until [`Heartbeat::due`].
    Wait,
    /// Send a ping.
    Ping,
    /// The client has not been heard in time.
    Expired,
}

impl Heartbeat {
    /// Starts at `now`; the first ping goes out one interval later.
    pub fn new(version: Version, interval: Duration, timeout: Duration, now: Instant) -> Self {
        let due = match version {
            Version::V3 => now + interval + timeout,
            Version::V4 => now + interval,
        };
        Heartbeat { version, interval, timeout, due, awaiting: false }
    }

    /// When to ask again.
    pub fn due(&self) -> Instant {
        self.due
    }

    /// A packet came from the client. True when [`Heartbeat::due`] may have come nearer by it.
    pub fn heard(&mut self, now: Instant) -> bool {
        match self.version {
            Version::V3 => {
                self.due = now + self.interval + self.timeout;
                false
            }
            Version::V4 if self.awaiting => {
                self.awaiting = false;
                self.due = now + self.interval;
                true
            }
            // Clients 4.x wait for pings alone, however much they themselves have to say.
            Version::V4 => false,
        }
    }

    /// Asks what is due. Deadlines count from when the ping was due, not from when a late timer
    /// sent it; but half the timeout is always left to answer.
    pub fn check(&mut self, now: Instant) -> Beat {
        if now < self.due {
            return Beat::Wait;
        }
        match self.version {
            Version::V4 if !self.awaiting => {
                self.awaiting = true;
                self.due = (self.due + self.timeout).max(now + self.timeout / 2);
                Beat::Ping
            }
            Version::V3 | Version::V4 => Beat::Expired,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_millis(300);
    const TIMEOUT: Duration = Duration::from_millis(200);

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn protocol_4_pings_and_expects_to_hear() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(Version::V4, INTERVAL, TIMEOUT, start);
        assert_eq!(heart.check(start + ms(299)), Beat::Wait);
        assert_eq!(heart.check(start + ms(302)), Beat::Ping);
        assert_eq!(heart.due(), start + ms(500));
        assert!(heart.heard(start + ms(310)));
        assert_eq!(heart.check(start + ms(609)), Beat::Wait);
        assert_eq!(heart.check(start + ms(610)), Beat::Ping);
        assert_eq!(heart.check(start + ms(810)), Beat::Expired);
    }

    #[test]
    fn chatter_does_not_put_off_the_ping() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(Version::V4, INTERVAL, TIMEOUT, start);
        assert!(!heart.heard(start + ms(250)));
        assert_eq!(heart.check(start + ms(300)), Beat::Ping);
    }

    #[test]
    fn a_server_that_slept_gives_time_to_answer() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(Version::V4, INTERVAL, TIMEOUT, start);
        assert_eq!(heart.check(start + ms(9000)), Beat::Ping);
        assert_eq!(heart.check(start + ms(9099)), Beat::Wait);
    }

    #[test]
    fn protocol_3_waits_for_the_client() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(Version::V3, INTERVAL, TIMEOUT, start);
        assert!(!heart.heard(start + ms(400)));
        assert_eq!(heart.check(start + ms(899)), Beat::Wait);
        assert_eq!(heart.check(start + ms(900)), Beat::Expired);
    }
}
