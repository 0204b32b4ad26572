//! When contacts are to be told that somebody is online, or is not any more: a machine without I/O.
//!
//! Who loses a connection and comes back soon was never away, and who goes before it was told that they
//! came was never there. Who the contacts are is not known here.

use crate::model::Uid;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// Who is online, as far as contacts have been told.
#[derive(Debug)]
pub struct Presence {
    /// How long somebody may be away before contacts are told.
    grace: Duration,
    /// Those of whom contacts have been told that they are online.
    announced: HashSet<Uid>,
    /// Those of whom that is no longer so, or not yet, and when to tell it.
    due: HashMap<Uid, Instant>,
}

impl Presence {
    /// Nobody is online; who goes may come back within `grace`.
    pub fn new(grace: Duration) -> Self {
        Self { grace, announced: HashSet::new(), due: HashMap::new() }
    }

    /// Somebody has a connection.
    pub fn connected(&mut self, uid: Uid, now: Instant) {
        match self.announced.contains(&uid) {
            true => self.due.remove(&uid),
            false => self.due.insert(uid, now),
        };
    }

    /// Somebody has no connection any more.
    pub fn disconnected(&mut self, uid: Uid, now: Instant) {
        match self.announced.contains(&uid) {
            true => self.due.insert(uid, now + self.grace),
            false => self.due.remove(&uid),
        };
    }

    /// Takes what is to be told now, of at most `most` people: who, and whether they are online.
    pub fn take_due(&mut self, now: Instant, most: usize) -> Vec<(Uid, bool)> {
        let due = self.due.extract_if(|_, at| *at <= now).take(most);
        let changes = due.map(|(uid, _)| {
            let online = !self.announced.remove(&uid);
            (uid, online)
        });
        let changes: Vec<_> = changes.collect();
        self.announced.extend(changes.iter().filter(|(_, online)| *online).map(|(uid, _)| uid.clone()));
        changes
    }

    /// Those of whom contacts have been told that they are online.
    pub fn list_announced(&self) -> Vec<Uid> {
        self.announced.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRACE: Duration = Duration::from_secs(10);

    fn ann() -> Uid {
        "ann".to_owned().try_into().unwrap()
    }

    fn start() -> (Presence, Instant) {
        (Presence::new(GRACE), Instant::now())
    }

    #[test]
    fn coming_and_going_is_told_once() {
        let (mut presence, now) = start();
        presence.connected(ann(), now);
        assert_eq!(presence.take_due(now, 9), [(ann(), true)]);
        presence.connected(ann(), now);
        assert_eq!(presence.take_due(now, 9), []);
        presence.disconnected(ann(), now);
        assert_eq!(presence.take_due(now, 9), []);
        assert_eq!(presence.take_due(now + GRACE, 9), [(ann(), false)]);
        assert_eq!(presence.take_due(now + GRACE * 2, 9), []);
        presence.disconnected(ann(), now + GRACE * 2);
        assert_eq!(presence.take_due(now + GRACE * 4, 9), []);
    }

    #[test]
    fn who_comes_back_soon_was_never_away() {
        let (mut presence, now) = start();
        presence.connected(ann(), now);
        presence.take_due(now, 9);
        presence.disconnected(ann(), now);
        presence.connected(ann(), now + GRACE / 2);
        assert_eq!(presence.take_due(now + GRACE * 2, 9), []);
        assert_eq!(presence.list_announced(), [ann()]);
    }

    #[test]
    fn who_only_looks_in_was_never_there() {
        let (mut presence, now) = start();
        presence.connected(ann(), now);
        presence.disconnected(ann(), now);
        assert_eq!(presence.take_due(now + GRACE * 2, 9), []);
    }

    #[test]
    fn of_many_a_few_are_told_at_a_time() {
        let (mut presence, now) = start();
        for number in 0..5 {
            presence.connected(format!("u{number}").try_into().unwrap(), now);
        }
        assert_eq!(presence.take_due(now, 3).len(), 3);
        assert_eq!(presence.take_due(now, 3).len(), 2);
        assert_eq!(presence.list_announced().len(), 5);
    }
}
