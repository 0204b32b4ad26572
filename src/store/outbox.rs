//! How a transaction's pushes are kept: under each recipient's next number, and as alerts for phones.
//!
//! What is kept is read in `push_log`; `keep` is the database's `KeepPushes`.

use super::{alert, mailbox};
use crate::db::bulk::insert_many;
use crate::db::connection::AnyConnection;
use crate::db::schema::{push_body, push_log};
use crate::db::transaction::{Alerting, Tx};
use crate::error::{Error, Result};
use crate::model::{DialogId, Time, Uid};
use crate::protocol::frame::{Delivery, Frame};
use crate::protocol::pushes::Push;
use diesel::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Up to how many recipients are written one by one, by a statement that is prepared already.
const FEW: usize = 4;

/// A push that a transaction has queued, encoded once, with the delivery to each who hears it.
pub struct Queued {
    /// What it tells.
    pub push: Push,
    /// To whom, under which number, in the order of the push's audience.
    pub deliveries: Vec<Delivery>,
    /// What all recipients share.
    shared: Arc<str>,
}

impl Queued {
    /// Encodes a push; its deliveries have no number yet.
    fn new(push: Push) -> Result<Self> {
        let encoded = push.encode().map_err(Error::inside)?;
        let (name, shared) = (push.name(), Arc::<str>::from(encoded.shared));
        let delivery = |(uid, own): (Uid, Option<String>)| Delivery {
            uid,
            frame: Frame { seq: 0, name: name.into(), own: own.map(Into::into), shared: shared.clone() },
        };
        let deliveries = encoded.own.into_iter().map(delivery).collect();
        Ok(Self { push, deliveries, shared })
    }
}

/// Keeps the pushes, each under its recipients' next numbers.
pub fn keep(tx: &mut Tx<'_>, pushes: Vec<Push>) -> Result<Vec<Delivery>> {
    let mut queue = pushes.into_iter().map(Queued::new).collect::<Result<Vec<_>>>()?;
    number(tx, &mut queue)?;
    queue.iter().try_for_each(|queued| insert(tx, queued))?;
    if let Some(alerting) = tx.alerting() {
        keep_alerts(tx, alerting, &queue)?;
    }
    Ok(queue.into_iter().flat_map(|queued| queued.deliveries).collect())
}

fn keep_alerts(tx: &mut Tx<'_>, Alerting { gather, text }: Alerting, queue: &[Queued]) -> Result<()> {
    let previews: Vec<_> =
        queue.iter().map(|queued| (queued.push.mobile_preview(text), &queued.deliveries[..])).collect();
    alert::keep(tx, gather, &previews)
}

/// Gives each delivery its recipient's next number.
fn number(tx: &mut Tx<'_>, queue: &mut [Queued]) -> Result<()> {
    let mut counts = BTreeMap::<Uid, i64>::new();
    for Delivery { uid, .. } in queue.iter().flat_map(|queued| &queued.deliveries) {
        *counts.entry(uid.clone()).or_default() += 1;
    }
    let mut last = mailbox::reserve_seqs(tx, counts)?;
    for Delivery { uid, frame } in queue.iter_mut().flat_map(|queued| &mut queued.deliveries) {
        let last = last.get_mut(uid).ok_or_else(|| Error::inside("a recipient without a mailbox"))?;
        *last += 1;
        frame.seq = *last;
    }
    Ok(())
}

/// A push in the log of one recipient. An absent value is written as such and not left out, so that
/// many rows make one statement.
#[derive(Insertable)]
#[diesel(table_name = push_log, treat_none_as_default_value = false)]
struct Row<'a> {
    uid: &'a Uid,
    seq: i64,
    name: &'a str,
    own: Option<&'a str>,
    shared: Option<&'a str>,
    dialogid: Option<&'a DialogId>,
    bodyid: Option<&'a DialogId>,
    createtime: Time,
}

fn insert(tx: &mut Tx<'_>, Queued { push, deliveries, shared }: &Queued) -> Result<()> {
    let (now, message) = (tx.now, push.dialogid());
    let bodyid = insert_body(tx, deliveries.len(), message, shared)?;
    let mut rows = deliveries.iter().map(|Delivery { uid, frame }| Row {
        uid,
        seq: frame.seq,
        name: &frame.name,
        own: frame.own.as_deref(),
        shared: bodyid.is_none().then_some(&**shared),
        dialogid: message.filter(|_| bodyid.is_none()),
        bodyid: bodyid.as_ref(),
        createtime: now,
    });
    if deliveries.len() <= FEW {
        return Ok(rows.try_for_each(|row| {
            diesel::insert_into(push_log::table).values(row).execute(&mut **tx).map(drop)
        })?);
    }
    let rows: Vec<_> = rows.collect();
    insert_many!(tx, push_log::table, rows);
    Ok(())
}

/// Keeps what several recipients share once, apart from their rows.
fn insert_body(
    tx: &mut Tx<'_>,
    recipients: usize,
    message: Option<&DialogId>,
    shared: &str,
) -> Result<Option<DialogId>> {
    if recipients < 2 {
        return Ok(None);
    }
    let bodyid = DialogId::new();
    let body = (push_body::bodyid.eq(&bodyid), push_body::dialogid.eq(message), push_body::shared.eq(shared));
    diesel::insert_into(push_body::table).values(body).execute(&mut **tx)?;
    Ok(Some(bodyid))
}
