//! The push services that are left alone for a while, as they cannot be reached or have trouble: one pause each, whatever
//! waits for them. In memory: after a start they are asked anew.

use super::timing::backoff;
use crate::model::Time;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

/// How many services are remembered; of more, those that fail are asked for each push by itself.
const MOST: usize = 256;
/// The longest pause, whatever the service wishes: a call rings for a minute.
const LONGEST: Duration = Duration::from_secs(60);

/// The pauses, by the origins of services.
#[derive(Debug, Default)]
pub(super) struct Pauses(Mutex<HashMap<String, Pause>>);

#[derive(Debug, Clone, Copy)]
struct Pause {
    until: Time,
    /// How many there were since the service was well.
    count: i32,
}

impl Pauses {
    /// Until when a service is left alone, if it is.
    pub(super) fn until(&self, origin: &str, now: Time) -> Option<Time> {
        let pauses = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        pauses.get(origin).map(|pause| pause.until).filter(|until| *until > now)
    }

    /// A service has failed, and wants to be left alone for so long at least. Returns the length of the pause that
    /// begins, each longer than the one before; `None` where one lasts already.
    pub(super) fn begin(&self, origin: &str, least: Duration, now: Time) -> Option<Duration> {
        let mut pauses = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if pauses.len() >= MOST {
            pauses.retain(|_, pause| pause.until > now);
        }
        let count = match pauses.get(origin) {
            Some(pause) if pause.until > now => return None,
            Some(pause) => pause.count + 1,
            None if pauses.len() >= MOST => return None,
            None => 0,
        };
        let length = backoff(count, least).min(LONGEST);
        pauses.insert(origin.to_owned(), Pause { until: now + length, count });
        Some(length)
    }

    /// A service is well.
    pub(super) fn end(&self, origin: &str) {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).remove(origin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    fn seconds(seconds: u64) -> Option<Duration> {
        Some(Duration::from_secs(seconds))
    }

    #[test]
    fn a_service_has_one_pause_at_a_time_and_each_is_longer() {
        let (pauses, least) = (Pauses::default(), Duration::from_secs(1));
        assert_eq!(pauses.begin("a", least, at(0)), seconds(1));
        assert_eq!(pauses.begin("a", least, at(0)), None, "one for all that fails");
        assert_eq!((pauses.until("a", at(0)), pauses.until("b", at(0))), (Some(at(1)), None));
        assert_eq!((pauses.until("a", at(1)), pauses.begin("a", least, at(1))), (None, seconds(2)));
        for _ in 0..20 {
            let _ = pauses.begin("a", least, pauses.until("a", at(2)).unwrap_or(at(10)));
        }
        let long = (1..20).filter_map(|day| pauses.begin("a", least, at(day * 86_400))).last();
        assert_eq!(long, seconds(60));
        assert_eq!(pauses.begin("a", Duration::from_secs(86_400), at(86_400 * 20)), seconds(60));
        pauses.end("a");
        assert_eq!(pauses.begin("a", least, at(86_400 * 21)), seconds(1));
    }

    #[test]
    fn only_so_many_are_remembered() {
        let pauses = Pauses::default();
        let begin = |name: usize, now| pauses.begin(&name.to_string(), Duration::from_secs(1), at(now));
        (0..MOST).for_each(|name| assert!(begin(name, 0).is_some()));
        assert_eq!((begin(MOST, 0), begin(MOST, 2)), (None, seconds(1)));
    }
}
