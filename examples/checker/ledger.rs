//! What was written, by whom, to whom, and what became of it; and when it was heard.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What a request to send was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// None of its attempts was answered.
    Unknown,
    Accepted {
        dialogid: String,
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
    pub undisplaced: u64,
}

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
            let text = push["data"]["data"]["body"].as_str().unwrap_or_default();
            let Some(sent) = entries.sent.get(text).filter(|sent| sent.to.contains(uid)) else { return };
            let is_quiet = entries.quiet_until.is_none_or(|until| Instant::now() < until);
            let latencies = if is_quiet { &mut entries.quiet } else { &mut entries.later };
            latencies.push(sent.at.elapsed());
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
