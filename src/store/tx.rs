//! A transaction with its outbox: the one place where a durable push can be queued.
//!
//! The outbox is stored with the rest when the transaction's work is done, and handed on by
//! `Store` after the commit. Nothing here sends anything.

use super::alert::{self, Alerting};
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
    alerting: Option<Alerting>,
    outbox: Vec<Push>,
    /// The one time that everything in this transaction bears.
    pub now: Time,
}

impl<'c> Tx<'c> {
    /// Runs `work` in a transaction that somebody else begins and commits.
    pub(super) fn run<T>(
        connection: &'c mut AnyConnection,
        alerting: Option<Alerting>,
        work: &dyn Fn(&mut Tx<'_>) -> Result<T>,
    ) -> Result<(T, Vec<Delivery>)> {
        let mut tx = Tx { connection, alerting, outbox: Vec::new(), now: Time::now() };
        let value = work(&mut tx)?;
        let pushes = std::mem::take(&mut tx.outbox);
        let encode = |push: &Push| Ok((push.name(), push.encode().map_err(Error::inside)?));
        let outbox: Vec<_> = pushes.iter().map(encode).collect::<Result<_>>()?;
        let recipients: Vec<_> = outbox.iter().map(|(_, encoded)| encoded.own.len()).collect();
        let deliveries = push_log::append(&mut tx, outbox)?;
        if let Some(Alerting { gather, text }) = alerting {
            let outlooks = pushes.iter().map(|push| push.outlook(text)).zip(recipients);
            alert::keep(&mut tx, gather, &outlooks.collect::<Vec<_>>(), &deliveries)?;
        }
        Ok((value, deliveries))
    }

    /// How pushes become alerts, where there is a vendor to send them.
    pub fn alerting(&self) -> Option<Alerting> {
        self.alerting
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
