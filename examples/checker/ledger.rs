//! What was written, by whom, to whom, and what became of it; and when it was heard.

use chrono::{DateTime, Local};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What a request to send was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// None of its attempts was answered.
    Unknown,
    /// An announcement is no message.
    Accepted {
        dialogid: Option<String>,
    },
    Refused,
}

pub struct Sent {
    pub at: Instant,
    pub to: BTreeSet<String>,
    pub outcome: Outcome,
}

#[derive(Default)]
pub struct Ledger(Mutex<Entries>);

#[derive(Default)]
pub struct Entries {
    quiet_until: Option<Instant>,
    /// By the text.
    pub sent: HashMap<String, Sent>,
    /// From a request to a push: while nothing was amiss, and afterwards.
    pub quiet: Vec<Duration>,
    pub later: Vec<Duration>,
    pub attempts: u64,
    /// How connections ended.
    pub ends: BTreeMap<String, u64>,
    /// How long somebody was connected from two devices, and how often for too long.
    pub displaced: Vec<Duration>,
    pub undisplaced: Vec<String>,
    /// When something was written that was heard late, and how late.
    pub late: Vec<(DateTime<Local>, Duration)>,
}

/// From when on a push is late.
const LATE: Duration = Duration::from_secs(5);

impl Ledger {
    pub fn begin(&self, quiet_until: Instant) {
        self.with(|entries| entries.quiet_until = Some(quiet_until));
    }

    /// Something is about to be sent to these.
    pub fn sends(&self, text: &str, to: BTreeSet<String>) {
        let sent = Sent { at: Instant::now(), to, outcome: Outcome::Unknown };
        self.with(|entries| entries.sent.insert(text.to_owned(), sent));
    }

    pub fn attempt(&self) {
        self.with(|entries| entries.attempts += 1);
    }

    pub fn answered(&self, text: &str, outcome: Outcome) {
        self.with(|entries| entries.sent.get_mut(text).unwrap().outcome = outcome);
    }

    /// Somebody heard a push.
    pub fn heard(&self, uid: &str, push: &Value) {
        self.with(|entries| {
            let text = words(push).unwrap_or_default();
            let Some(sent) = entries.sent.get(text).filter(|sent| sent.to.contains(uid)) else { return };
            let is_quiet = entries.quiet_until.is_none_or(|until| Instant::now() < until);
            let latencies = if is_quiet { &mut entries.quiet } else { &mut entries.later };
            let took = sent.at.elapsed();
            latencies.push(took);
            if took > LATE {
                entries.late.push((Local::now() - took, took));
            }
        });
    }

    pub fn note_end(&self, why: String) {
        let why = if why.len() > 20 { "no connection".to_owned() } else { why };
        self.with(|entries| *entries.ends.entry(why).or_default() += 1);
    }

    pub fn with<T>(&self, work: impl FnOnce(&mut Entries) -> T) -> T {
        work(&mut self.0.lock().unwrap())
    }
}

/// The words that a push brings for the first time; a reminder's were told before.
pub fn words(push: &Value) -> Option<&str> {
    match push["type"].as_str()? {
        "S2C_REMIND_PUSH" => None,
        "S2C_SYSTEM_PUSH" => push["data"]["content"].as_str(),
        _ => push["data"]["data"]["body"].as_str(),
    }
}
