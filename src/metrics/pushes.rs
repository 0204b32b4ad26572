//! What is said on connections, both ways.

use super::Figures;
use super::figures::ByWord;
use crate::error::Result;
use crate::protocol::command::CommandKind;
use crate::protocol::frame::{Delivery, Frame};
use crate::protocol::push::PushKind;
use crate::protocol::reply::ReplyKind;
use prometheus::{IntCounter, IntCounterVec};
use strum::IntoEnumIterator;

/// What clients say.
pub struct Envelopes {
    received: ByWord,
    refused: IntCounterVec,
}

/// What is no command of the contract.
const OTHER: &str = "other";

impl Envelopes {
    pub(super) fn new(figures: &Figures) -> Result<Self> {
        let received = figures.counters(
            "jiayi_envelopes_received_total",
            "Envelopes from clients; other is what the contract does not know.",
            &["type"],
        )?;
        let refused = figures.counters(
            "jiayi_envelopes_refused_total",
            "Envelopes that were answered S2C_ERROR, by its code.",
            &["code"],
        )?;
        let types = CommandKind::iter().map(CommandKind::name).chain([OTHER]);
        Ok(Self { received: ByWord::new(&received, types), refused })
    }

    /// One has come; `None` where it is nothing that the contract knows.
    pub fn heard(&self, kind: Option<CommandKind>) {
        self.received.count(kind.map_or(OTHER, CommandKind::name));
    }

    /// One was refused with this code of the contract.
    pub fn refused(&self, code: &'static str) {
        self.refused.with_label_values(&[code]).inc();
    }
}

/// What the server says.
pub struct Pushes {
    committed: ByWord,
    sent: ByWord,
    replayed: IntCounter,
    words: ByWord,
}

impl Pushes {
    pub(super) fn new(figures: &Figures) -> Result<Self> {
        let by_type = |name, help| figures.counters(name, help, &["type"]);
        let committed =
            by_type("jiayi_pushes_committed_total", "Durable pushes committed, one for each recipient.")?;
        let sent =
            by_type("jiayi_pushes_sent_total", "Durable pushes sent on a connection, live and replayed.")?;
        let words = by_type("jiayi_words_sent_total", "Answers and fleeting words sent on a connection.")?;
        let replayed = figures.counter(
            "jiayi_pushes_replayed_total",
            "Durable pushes sent on a connection that were read from the store: after since, or after a gap.",
        )?;
        let pushes = || PushKind::iter().map(PushKind::name);
        Ok(Self {
            committed: ByWord::new(&committed, pushes()),
            sent: ByWord::new(&sent, pushes()),
            replayed,
            words: ByWord::new(&words, ReplyKind::iter().map(ReplyKind::name)),
        })
    }

    /// These have been committed.
    pub fn committed(&self, deliveries: &[Delivery]) {
        deliveries.iter().for_each(|delivery| self.committed.count(&delivery.frame.name));
    }

    /// One goes out on a connection.
    pub fn sent(&self, frame: &Frame) {
        self.sent.count(&frame.name);
    }

    /// So many of those that go out were read from the store.
    pub fn replayed(&self, count: usize) {
        self.replayed.inc_by(count as u64);
    }

    /// A fleeting word goes out on a connection.
    pub fn said(&self, word: &'static str) {
        self.words.count(word);
    }
}
