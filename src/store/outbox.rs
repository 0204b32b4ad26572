//! How a transaction's pushes are kept: in the log of each recipient, and as alerts for their phones.

use super::{alert, push_log};
use crate::db::transaction::{Alerting, Tx};
use crate::error::{Error, Result};
use crate::protocol::frame::Delivery;
use crate::protocol::push::Push;

/// Keeps the pushes, each under its recipients' next numbers; it is the database's `KeepPushes`.
pub fn keep(tx: &mut Tx<'_>, pushes: Vec<Push>) -> Result<Vec<Delivery>> {
    let encode = |push: &Push| Ok((push.name(), push.encode().map_err(Error::inside)?));
    let outbox: Vec<_> = pushes.iter().map(encode).collect::<Result<_>>()?;
    let recipients: Vec<_> = outbox.iter().map(|(_, encoded)| encoded.own.len()).collect();
    let deliveries = push_log::append(tx, outbox)?;
    if let Some(Alerting { gather, text }) = tx.alerting() {
        let outlooks = pushes.iter().map(|push| push.outlook(text)).zip(recipients);
        alert::keep(tx, gather, &outlooks.collect::<Vec<_>>(), &deliveries)?;
    }
    Ok(deliveries)
}
