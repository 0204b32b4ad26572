//! A transaction with its outbox: the one place where a durable push can be queued.
//!
//! The outbox is stored with the rest when the transaction's work is done, and handed on by
//! `Store` after the commit. Nothing here sends anything.

use super::connection::AnyConnection;
use super::push_log;
use crate::error::{Error, Result};
use crate::model::Time;
use crate::protocol::frame::Delivery;
use crate::protocol::push::Push;
use std::ops::{Deref, DerefMut};

/// A transaction under way.
pub struct Tx<'c> {
    connection: &'c mut AnyConnection,
    outbox: Vec<Push>,
    /// The one time that everything in this transaction bears.
    pub now: Time,
}

impl<'c> Tx<'c> {
    /// Runs `work` in a transaction that somebody else begins and commits.
    pub(super) fn run<T>(
        connection: &'c mut AnyConnection,
        work: &dyn Fn(&mut Tx<'_>) -> Result<T>,
    ) -> Result<(T, Vec<Delivery>)> {
        let mut tx = Tx { connection, outbox: Vec::new(), now: Time::now() };
        let value = work(&mut tx)?;
        let encode = |push: Push| Ok((push.name(), push.encode().map_err(Error::inside)?));
        let outbox: Vec<_> = std::mem::take(&mut tx.outbox).into_iter().map(encode).collect::<Result<_>>()?;
        Ok((value, push_log::append(&mut tx, outbox)?))
    }

    /// Queues a push; its audience hears it after the commit, or never.
    pub fn push(&mut self, push: Push) {
        self.outbox.push(push);
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
