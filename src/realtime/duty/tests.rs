//! What the rounds of the duty room do, whatever happens meanwhile.

use super::rounds::{Due, Effect, Event, PAGE, Reminder, Rounds, Search};
use crate::model::{DialogId, ReminderTarget, Time};
use proptest::prelude::*;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(600);
const NOW: Time = Time::from_millis(100_000_000);

fn due(number: i64) -> Due {
    (Time::from_millis(number), DialogId::try_from(format!("q{number}")).unwrap())
}

fn reminder(whom: ReminderTarget) -> Reminder {
    let waited = if whom == ReminderTarget::Doctor { PATIENCE } else { PATIENCE * 2 };
    Reminder { whom, asked: NOW - waited }
}

fn look(whom: ReminderTarget, after: Option<Due>) -> Option<Effect> {
    Some(Effect::Look(Search { reminder: reminder(whom), after }))
}

fn remind(whom: ReminderTarget, number: i64) -> Option<Effect> {
    Some(Effect::Remind(due(number).1, reminder(whom)))
}

fn rest() -> Option<Effect> {
    Some(Effect::Rest(PATIENCE / 20))
}

#[test]
fn doctors_are_reminded_before_leaders_and_then_there_is_rest() {
    let mut rounds = Rounds::new(PATIENCE);
    assert_eq!(rounds.on(Event::Beat(NOW)), look(ReminderTarget::Doctor, None));
    assert_eq!(rounds.on(Event::Looked(Some(vec![due(1), due(2)]))), remind(ReminderTarget::Doctor, 1));
    assert_eq!(rounds.on(Event::Reminded), remind(ReminderTarget::Doctor, 2));
    assert_eq!(rounds.on(Event::Reminded), look(ReminderTarget::Leader, None));
    assert_eq!(rounds.on(Event::Looked(Some(vec![due(1)]))), remind(ReminderTarget::Leader, 1));
    assert_eq!(rounds.on(Event::Reminded), rest());
    assert_eq!(rounds.on(Event::Beat(NOW)), look(ReminderTarget::Doctor, None));
}

#[test]
fn a_full_page_is_followed_by_the_next() {
    let mut rounds = Rounds::new(PATIENCE);
    rounds.on(Event::Beat(NOW));
    let page: Vec<_> = (1..=PAGE as i64).map(due).collect();
    let last = page.last().cloned();
    assert_eq!(rounds.on(Event::Looked(Some(page))), remind(ReminderTarget::Doctor, 1));
    for number in 2..=PAGE as i64 {
        assert_eq!(rounds.on(Event::Reminded), remind(ReminderTarget::Doctor, number));
    }
    assert_eq!(rounds.on(Event::Reminded), look(ReminderTarget::Doctor, last));
    assert_eq!(rounds.on(Event::Looked(Some(Vec::new()))), look(ReminderTarget::Leader, None));
}

#[test]
fn a_store_that_fails_is_asked_again_in_the_next_round() {
    let mut rounds = Rounds::new(PATIENCE);
    rounds.on(Event::Beat(NOW));
    assert_eq!(rounds.on(Event::Looked(None)), rest());
    assert_eq!(rounds.on(Event::Beat(NOW)), look(ReminderTarget::Doctor, None));
}

#[test]
fn rest_is_neither_too_short_nor_too_long() {
    for (patience, rest) in [(1, 50), (600, 30_000), (86_400, 30_000)] {
        let mut rounds = Rounds::new(Duration::from_secs(patience));
        rounds.on(Event::Beat(NOW));
        assert_eq!(rounds.on(Event::Looked(None)), Some(Effect::Rest(Duration::from_millis(rest))));
    }
}

proptest! {
    /// Whatever is due, and whichever look fails: a round reminds of each once and comes to rest.
    #[test]
    fn a_round_reminds_of_everything_once(doctors in 0..250_usize, leaders in 0..250_usize, fails in 0..9_usize) {
        let mut rounds = Rounds::new(PATIENCE);
        let (mut effect, mut looks) = (rounds.on(Event::Beat(NOW)), 0);
        let mut reminded = vec![];
        loop {
            let event = match effect.expect("the machine waits for what is not under way") {
                Effect::Rest(_) => break,
                Effect::Remind(dialogid, reminder) => {
                    reminded.push((reminder.whom, dialogid));
                    Event::Reminded
                }
                Effect::Look(Search { reminder, after }) => {
                    looks += 1;
                    let all = if reminder.whom == ReminderTarget::Doctor { doctors } else { leaders } as i64;
                    let first = after.map_or(0, |(time, _)| time.millis());
                    let page = (first + 1..=all).map(due).take(PAGE).collect();
                    Event::Looked((looks != fails).then_some(page))
                }
            };
            effect = rounds.on(event);
        }
        let mut once = reminded.clone();
        once.dedup();
        prop_assert_eq!(once.len(), reminded.len());
        if looks < fails || fails == 0 {
            prop_assert_eq!(reminded.len(), doctors + leaders);
        }
        prop_assert!(matches!(rounds.on(Event::Beat(NOW)), Some(Effect::Look(_))));
    }
}
