//! A transaction with its outbox: the one place where a durable push, or an effect, can be queued.
//!
//! When the transaction's work is done, the pushes are kept with the rest ([`KeepPushes`]); after the
//! commit `Database` hands pushes and effects on. Nothing here sends anything.

use crate::db::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::model::Time;
use crate::model::connection::ConnectionPolicy;
use crate::protocol::effect::Effect;
use crate::protocol::frame::Delivery;
use crate::protocol::mobile_preview::PreviewText;
use crate::protocol::pushes::Push;
use diesel::pg::PgConnection;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

/// Work in a transaction. It may run more than once, where another transaction was in its way.
pub type Work<T> = Arc<dyn Fn(&mut Tx<'_>) -> Result<T> + Send + Sync>;
/// What work returned, with what its commit hands on.
pub type Outcome<T> = Result<(T, Commit)>;
/// Stores a transaction's pushes, each under its recipients' next numbers; called once, after the work.
pub type KeepPushes = fn(&mut Tx<'_>, Vec<Push>) -> Result<Vec<Delivery>>;
/// Receives what each commit hands on, in the order of the commits, on the thread that committed.
pub type OnCommit = Arc<dyn Fn(Commit) + Send + Sync>;

/// What must follow a commit, whether or not anybody still waits for its answer.
#[derive(Debug, Default)]
pub struct Commit {
    /// How many pieces of work were committed.
    pub pieces: usize,
    /// The pushes, with their recipients.
    pub deliveries: Vec<Delivery>,
    /// What else the process has to do.
    pub effects: Vec<Effect>,
}

impl FromIterator<Commit> for Commit {
    fn from_iter<I: IntoIterator<Item = Commit>>(commits: I) -> Self {
        let mut all = Self::default();
        for commit in commits {
            all.pieces += commit.pieces;
            all.deliveries.extend(commit.deliveries);
            all.effects.extend(commit.effects);
        }
        all
    }
}

/// How pushes become notices for who is not connected, where a vendor or web push is configured.
#[derive(Debug, Clone, Copy)]
pub struct Alerting {
    /// Whether there is a vendor, who is to be told of devices.
    pub vendor: bool,
    /// How long several alerts to one person are collected into one notice.
    pub gather: Duration,
    /// Whether notices show what was written.
    pub text: PreviewText,
}

/// What every transaction is run with.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// How the pushes are kept.
    pub keep: KeepPushes,
    /// Whether and how pushes become notices.
    pub alerting: Option<Alerting>,
    /// Whether an account may have several connections.
    pub connections: ConnectionPolicy,
}

/// A transaction under way.
pub struct Tx<'c> {
    connection: &'c mut AnyConnection,
    policy: Policy,
    pushes: Vec<Push>,
    effects: Vec<Effect>,
    /// How many pieces of work this one is.
    pub(super) pieces: usize,
    /// The one time that everything in this transaction bears.
    pub now: Time,
}

impl<'c> Tx<'c> {
    /// Runs `work` in a transaction that somebody else begins and commits.
    pub(super) fn run<T>(
        connection: &'c mut AnyConnection,
        policy: Policy,
        work: &dyn Fn(&mut Tx<'_>) -> Result<T>,
    ) -> Outcome<T> {
        let (pushes, effects) = (Vec::new(), Vec::new());
        let mut tx = Tx { connection, policy, pushes, effects, pieces: 1, now: Time::now() };
        let value = work(&mut tx)?;
        let pushes = std::mem::take(&mut tx.pushes);
        let deliveries = (policy.keep)(&mut tx, pushes)?;
        Ok((value, Commit { pieces: tx.pieces, deliveries, effects: tx.effects }))
    }

    /// How pushes become notices; `None` where there is nobody to send them.
    pub fn alerting(&self) -> Option<Alerting> {
        self.policy.alerting
    }

    /// Whether an account may have several connections, each of which hears what another one wrote.
    pub fn connections(&self) -> ConnectionPolicy {
        self.policy.connections
    }

    /// The connection, for what is kept only where several nodes may share the database.
    pub fn postgres(&mut self) -> Result<&mut PgConnection> {
        match &mut *self.connection {
            AnyConnection::Postgres(connection) => Ok(connection),
            AnyConnection::Sqlite(_) => Err(Error::inside("one process alone keeps none of this")),
        }
    }

    /// Queues a push; its audience hears it after the commit, or never.
    pub fn push(&mut self, push: Push) {
        self.pushes.push(push);
    }

    /// Queues what the process has to do after the commit.
    pub fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }
}

impl Deref for Tx<'_> {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        self.connection
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        self.connection
    }
}
