//! What contacts have been told of who is there, against how things are: a machine without I/O.
//!
//! Who loses a connection and comes back soon was never away, and who only looks in was never
//! there. Whom it concerns is not known here.

use crate::model::Uid;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// Who is there, as far as has been told.
#[derive(Debug)]
pub struct Presence {
    /// How long somebody may be gone before it is told.
    grace: Duration,
    /// Of whom it has been told that they are there.
    told: HashSet<Uid>,
    /// Of whom that is no longer so, or not yet, and when to tell it.
    due: HashMap<Uid, Instant>,
}

impl Presence {
    /// Nobody is there; who goes may come back within `grace`.
    pub fn new(grace: Duration) -> Self {
        Self { grace, told: HashSet::new(), due: HashMap::new() }
    }

    /// Somebody is there.
    pub fn came(&mut self, uid: Uid, now: Instant) {
        match self.told.contains(&uid) {
            true => self.due.remove(&uid),
            false => self.due.insert(uid, now),
        };
    }

    /// Somebody is not there any more.
    pub fn went(&mut self, uid: Uid, now: Instant) {
        match self.told.contains(&uid) {
            true => self.due.insert(uid, now + self.grace),
            false => self.due.remove(&uid),
        };
    }

    /// What is to be told now, of at most `most` people: who, and whether they are there.
    pub fn take_due(&mut self, now: Instant, most: usize) -> Vec<(Uid, bool)> {
        let due = self.due.extract_if(|_, at| *at <= now).take(most);
        let changes = due.map(|(uid, _)| {
            let online = !self.told.remove(&uid);
            (uid, online)
        });
        let changes: Vec<_> = changes.collect();
        self.told.extend(changes.iter().filter(|(_, online)| *online).map(|(uid, _)| uid.clone()));
        changes
    }

    /// Of whom it has been told that they are there.
    pub fn list_told(&self) -> Vec<Uid> {
        self.told.iter().cloned().collect()
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
        presence.came(ann(), now);
        assert_eq!(presence.take_due(now, 9), [(ann(), true)]);
        presence.came(ann(), now);
        assert_eq!(presence.take_due(now, 9), []);
        presence.went(ann(), now);
        assert_eq!(presence.take_due(now, 9), []);
        assert_eq!(presence.take_due(now + GRACE, 9), [(ann(), false)]);
        assert_eq!(presence.take_due(now + GRACE * 2, 9), []);
        presence.went(ann(), now + GRACE * 2);
        assert_eq!(presence.take_due(now + GRACE * 4, 9), []);
    }

    #[test]
    fn who_comes_back_soon_was_never_away() {
        let (mut presence, now) = start();
        presence.came(ann(), now);
        presence.take_due(now, 9);
        presence.went(ann(), now);
        presence.came(ann(), now + GRACE / 2);
        assert_eq!(presence.take_due(now + GRACE * 2, 9), []);
        assert_eq!(presence.list_told(), [ann()]);
    }

    #[test]
    fn who_only_looks_in_was_never_there() {
        let (mut presence, now) = start();
        presence.came(ann(), now);
        presence.went(ann(), now);
        assert_eq!(presence.take_due(now + GRACE * 2, 9), []);
    }

    #[test]
    fn of_many_a_few_are_told_at_a_time() {
        let (mut presence, now) = start();
        for number in 0..5 {
            presence.came(format!("u{number}").try_into().unwrap(), now);
        }
        assert_eq!(presence.take_due(now, 3).len(), 3);
        assert_eq!(presence.take_due(now, 3).len(), 2);
        assert_eq!(presence.list_told().len(), 5);
    }
}
