//! When a ping is due, and when a connection has timed out. It has no clock and no timer of its own.

use std::time::{Duration, Instant};

use crate::handshake::EngineVersion;

/// The heartbeat of one connection.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    version: EngineVersion,
    interval: Duration,
    timeout: Duration,
    due: Instant,
    awaiting_pong: bool,
}

/// What a heartbeat demands at some moment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HeartbeatAction {
    /// Nothing before [`Heartbeat::due`].
    Wait,
    /// Send a ping.
    SendPing,
    /// The client has been silent for too long.
    TimedOut,
}

impl Heartbeat {
    /// Starts a heartbeat at `now`. The first ping is due one interval later.
    pub(crate) fn new(version: EngineVersion, interval: Duration, timeout: Duration, now: Instant) -> Self {
        let due = match version {
            EngineVersion::V3 => now + interval + timeout,
            EngineVersion::V4 => now + interval,
        };
        Heartbeat { version, interval, timeout, due, awaiting_pong: false }
    }

    /// When to call [`Heartbeat::check`] next.
    pub(crate) fn due(&self) -> Instant {
        self.due
    }

    /// Notes that a packet came from the client. Returns true if [`Heartbeat::due`] may now be
    /// earlier than before.
    pub(crate) fn packet_received(&mut self, now: Instant) -> bool {
        match self.version {
            EngineVersion::V3 => {
                self.due = now + self.interval + self.timeout;
                false
            }
            EngineVersion::V4 if self.awaiting_pong => {
                self.awaiting_pong = false;
                self.due = now + self.interval;
                true
            }
            // Other packets do not delay the ping: clients 4.x close the connection without it.
            EngineVersion::V4 => false,
        }
    }

    /// Returns what is to be done at `now`. The timeout counts from the moment at which the ping was
    /// due, even if a late timer sent it later, but leaves at least half of itself for the answer.
    pub(crate) fn check(&mut self, now: Instant) -> HeartbeatAction {
        if now < self.due {
            return HeartbeatAction::Wait;
        }
        match self.version {
            EngineVersion::V4 if !self.awaiting_pong => {
                self.awaiting_pong = true;
                self.due = (self.due + self.timeout).max(now + self.timeout / 2);
                HeartbeatAction::SendPing
            }
            EngineVersion::V3 | EngineVersion::V4 => HeartbeatAction::TimedOut,
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
    fn in_protocol_4_the_server_pings_and_expects_an_answer() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::new(EngineVersion::V4, INTERVAL, TIMEOUT, start);
        assert_eq!(heartbeat.check(start + ms(299)), HeartbeatAction::Wait);
        assert_eq!(heartbeat.check(start + ms(302)), HeartbeatAction::SendPing);
        assert_eq!(heartbeat.due(), start + ms(500));
        assert!(heartbeat.packet_received(start + ms(310)));
        assert_eq!(heartbeat.check(start + ms(609)), HeartbeatAction::Wait);
        assert_eq!(heartbeat.check(start + ms(610)), HeartbeatAction::SendPing);
        assert_eq!(heartbeat.check(start + ms(810)), HeartbeatAction::TimedOut);
    }

    #[test]
    fn other_packets_do_not_delay_the_ping() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::new(EngineVersion::V4, INTERVAL, TIMEOUT, start);
        assert!(!heartbeat.packet_received(start + ms(250)));
        assert_eq!(heartbeat.check(start + ms(300)), HeartbeatAction::SendPing);
    }

    #[test]
    fn a_late_ping_leaves_time_to_answer() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::new(EngineVersion::V4, INTERVAL, TIMEOUT, start);
        assert_eq!(heartbeat.check(start + ms(9000)), HeartbeatAction::SendPing);
        assert_eq!(heartbeat.check(start + ms(9099)), HeartbeatAction::Wait);
    }

    #[test]
    fn in_protocol_3_the_client_pings() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::new(EngineVersion::V3, INTERVAL, TIMEOUT, start);
        assert!(!heartbeat.packet_received(start + ms(400)));
        assert_eq!(heartbeat.check(start + ms(899)), HeartbeatAction::Wait);
        assert_eq!(heartbeat.check(start + ms(900)), HeartbeatAction::TimedOut);
    }
}
