//! What was heard is compared with what was written and with what is kept.

use crate::Settings;
use crate::ledger::{Entries, Ledger, Outcome, words};
use crate::setup::Crowd;
use chrono::TimeDelta;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How long it may take until everybody has heard all that is kept: a sweep comes round once a minute.
const CONVERGENCE: Duration = Duration::from_secs(75);

/// What is written within such a time of each other is told of together.
const TOGETHER: TimeDelta = TimeDelta::seconds(3);

/// What is kept for everybody, and how long it took until they had heard it.
pub struct Kept {
    of: Vec<Vec<Value>>,
    after: Duration,
}

/// Reads what is kept for everybody, and waits until they have heard it.
pub async fn converge(crowd: &Crowd) -> Kept {
    let begun = Instant::now();
    let mut of = Vec::new();
    for who in 0..crowd.people.len() {
        of.push(read_all(crowd, who).await);
    }
    let newest =
        |who: usize| of[who].last().and_then(|push: &Value| push["seq"].as_i64()).unwrap_or_default();
    let lags = |who: &usize| crowd.people[*who].heard.lock().unwrap().last < newest(*who);
    while (0..of.len()).any(|who| lags(&who)) && begun.elapsed() < CONVERGENCE {
        sleep(Duration::from_millis(20)).await;
    }
    Kept { after: begun.elapsed(), of }
}

async fn read_all(crowd: &Crowd, who: usize) -> Vec<Value> {
    let (api, role) = (crowd.api(who), crowd.people[who].role);
    let (mut pushes, mut since) = (Vec::new(), "0".to_owned());
    for _ in 0..100_000 {
        let Some((200, page)) = api.get(&format!("/{role}/sync?since={since}&limit=200")).await else {
            sleep(Duration::from_millis(200)).await;
            continue;
        };
        pushes.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => since = next.to_owned(),
            None => return pushes,
        }
    }
    panic!("nobody can read");
}

/// What went wrong.
#[derive(Default)]
struct Faults {
    counts: [(&'static str, u64); 5],
    examples: Vec<String>,
}

const LOST: usize = 0;
const DOUBLED: usize = 1;
const DISORDERED: usize = 2;
const STRANGE: usize = 3;
const RAISED: usize = 4;

impl Faults {
    fn new() -> Self {
        let names = ["lost", "doubled", "out of order", "to strangers", "refused, and sent yet"];
        Self { counts: names.map(|name| (name, 0)), examples: Vec::new() }
    }

    fn add(&mut self, which: usize, count: u64, what: impl FnOnce() -> String) {
        self.counts[which].1 += count;
        if count > 0 && self.examples.len() < 10 {
            self.examples.push(format!("{}: {}", self.counts[which].0, what()));
        }
    }

    /// Somebody has heard each push that is kept for them, once, in its order.
    fn compare(&mut self, crowd: &Crowd, who: usize, kept: &[Value]) {
        let (person, heard) = (&crowd.people[who], crowd.people[who].heard.lock().unwrap());
        let name = || format!("{} over {:?}", person.uid, person.kind);
        self.add(DOUBLED, heard.doubled, name);
        self.add(LOST, heard.missed, || format!("passed over for {}", name()));
        for (place, push) in kept.iter().enumerate() {
            let seq = push["seq"].as_i64().unwrap_or_default();
            self.add(LOST, u64::from(seq != place as i64 + 1), || {
                format!("{seq} is kept in place {} of {}", place + 1, name())
            });
            match heard.pushes.get(&seq) {
                None => self.add(LOST, 1, || format!("{seq} was never heard by {}", name())),
                Some(told) => {
                    self.add(DISORDERED, u64::from(told != push), || format!("{told} was heard for {push}"))
                }
            }
        }
        let beyond = heard.pushes.len().saturating_sub(kept.len());
        self.add(STRANGE, beyond as u64, || format!("{} heard what is not kept for them", name()));
    }

    /// Nobody is reminded twice of a question.
    fn look_at_reminders(&mut self, uid: &str, kept: &[Value]) {
        let mut questions = HashSet::new();
        for push in kept.iter().filter(|push| push["type"] == "S2C_REMIND_PUSH") {
            let dialogid = push["data"]["data"]["dialogid"].as_str();
            self.add(DOUBLED, u64::from(!questions.insert(dialogid)), || {
                format!("{uid} is reminded of {dialogid:?}")
            });
        }
    }

    /// What was answered with 200 is kept once for each who has to hear it, what was refused for nobody, and the messages of a
    /// room in their order.
    fn audit(&mut self, crowd: &Crowd, entries: &Entries, kept: &[Vec<Value>]) {
        let mut found = HashMap::<(&str, &str), u64>::new();
        for (who, pushes) in kept.iter().enumerate() {
            let uid = &*crowd.people[who].uid;
            let mut rooms = HashMap::new();
            self.look_at_reminders(uid, pushes);
            for push in pushes {
                let Some(text) = words(push).filter(|text| entries.sent.contains_key(*text)) else {
                    continue;
                };
                let message = &push["data"]["data"];
                *found.entry((uid, text)).or_default() += 1;
                let sent = &entries.sent[text];
                self.add(STRANGE, u64::from(!sent.to.contains(uid)), || format!("{text} came to {uid}"));
                let is_another = match &sent.outcome {
                    Outcome::Accepted { dialogid } => message["dialogid"].as_str() != dialogid.as_deref(),
                    Outcome::Unknown | Outcome::Refused => false,
                };
                self.add(DOUBLED, u64::from(is_another), || {
                    format!("{text} is another message than was answered")
                });
                self.add(RAISED, u64::from(sent.outcome == Outcome::Refused), || text.to_owned());
                let (Some(roomid), roomseq) = (message["roomid"].as_str(), message["roomseq"].as_i64())
                else {
                    continue;
                };
                let before = rooms.insert(roomid, roomseq);
                self.add(DISORDERED, u64::from(before.is_some_and(|before| before >= roomseq)), || {
                    format!("{text} in {roomid:?}")
                });
            }
        }
        for (text, sent) in &entries.sent {
            for uid in &sent.to {
                let count = found.get(&(uid.as_str(), text.as_str())).copied().unwrap_or_default();
                let is_due = matches!(sent.outcome, Outcome::Accepted { .. });
                self.add(LOST, u64::from(is_due && count == 0), || format!("{text} is not kept for {uid}"));
                self.add(DOUBLED, count.saturating_sub(1), || {
                    format!("{text} is kept {count} times for {uid}")
                });
            }
        }
    }
}

fn share(latencies: &mut [Duration], share: f64) -> String {
    latencies.sort_unstable();
    let place = (latencies.len() as f64 * share) as usize;
    latencies
        .get(place.min(latencies.len().saturating_sub(1)))
        .map_or("-".to_owned(), |time| format!("{time:.1?}"))
}

/// When something was written that was late, one line for what was written within some seconds.
fn print_late(entries: &mut Entries) {
    entries.late.sort_unstable();
    for together in entries.late.chunk_by(|one, next| next.0 - one.0 < TOGETHER) {
        let (first, last) = (together[0].0.format("%T"), together[together.len() - 1].0.format("%T"));
        let latest = together.iter().map(|(_, took)| took).max().unwrap();
        println!(
            "late: {} pushes written from {first} to {last}, the latest after {latest:.1?}",
            together.len()
        );
    }
}

/// Prints what was found; fails where something went wrong.
pub fn judge(settings: &Settings, crowd: &Crowd, ledger: &Ledger, Kept { of, after }: &Kept) -> ExitCode {
    ledger.with(|entries| {
        let mut faults = Faults::new();
        for (who, kept) in of.iter().enumerate() {
            faults.compare(crowd, who, kept);
        }
        faults.audit(crowd, entries, of);
        let row = |name: &str, value: String| println!("| {name:<58} | {value:>20} |");
        let count =
            |wanted: fn(&Outcome) -> bool| entries.sent.values().filter(|sent| wanted(&sent.outcome)).count();
        println!();
        row("messages accepted", count(|outcome| matches!(outcome, Outcome::Accepted { .. })).to_string());
        row("refused, as they must be", count(|outcome| *outcome == Outcome::Refused).to_string());
        row("never answered", count(|outcome| *outcome == Outcome::Unknown).to_string());
        row("requests for them", entries.attempts.to_string());
        row("pushes kept", of.iter().map(Vec::len).sum::<usize>().to_string());
        let total = |count: fn(&crate::client::Heard) -> u64| {
            crowd.people.iter().map(|person| count(&person.heard.lock().unwrap())).sum::<u64>()
        };
        let reminders = of.iter().flatten().filter(|push| push["type"] == "S2C_REMIND_PUSH").count();
        row("reminders among them", reminders.to_string());
        row("connections", total(|heard| heard.connections).to_string());
        let ends: Vec<_> = entries.ends.iter().map(|(why, count)| format!("{why}: {count}")).collect();
        println!("|   that ended: {}", ends.join(", "));
        row("from a request to a push, nothing amiss: p50", share(&mut entries.quiet, 0.5));
        row("  p99", share(&mut entries.quiet, 0.99));
        row("from a request to a push, with faults: p50", share(&mut entries.later, 0.5));
        row("  p99", share(&mut entries.later, 0.99));
        row("  the latest", share(&mut entries.later, 1.0));
        row("after the last message, until all had heard all", format!("{after:.1?}"));
        row("second devices: the first was closed", entries.displaced.len().to_string());
        row("  the slowest", share(&mut entries.displaced, 1.0));
        row("  not within 5 s", entries.undisplaced.len().to_string());
        row("told that something is gone (recovered: false)", total(|heard| heard.unrecovered).to_string());
        for (name, count) in faults.counts {
            row(name, count.to_string());
        }
        faults.examples.iter().for_each(|example| println!("{example}"));
        print_late(entries);
        entries.undisplaced.iter().for_each(|who| println!("connected twice: {who}"));
        let twice = if settings.one { entries.undisplaced.len() as u64 } else { 0 };
        match faults.counts.iter().map(|(_, count)| count).sum::<u64>() + twice {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    })
}
