//! Requests for appointments: asked for, accepted, refused, called off.

use crate::db::connection::AnyConnection;
use crate::db::schema::{account, reservation};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{ReservationId, ReservationStatus, Time, Uid};
use crate::protocol::shape::{Person, Reservation};
use diesel::prelude::*;

type Row = (ReservationId, (Uid, String), Uid, Time, String, ReservationStatus, Option<String>, Time, Time);

const COLUMNS: (
    reservation::reservationid,
    (account::uid, account::name),
    reservation::doctoruid,
    reservation::time,
    reservation::reason,
    reservation::status,
    reservation::reply,
    reservation::createtime,
    reservation::updatetime,
) = (
    reservation::reservationid,
    (account::uid, account::name),
    reservation::doctoruid,
    reservation::time,
    reservation::reason,
    reservation::status,
    reservation::reply,
    reservation::createtime,
    reservation::updatetime,
);

fn reservation(row: Row) -> Reservation {
    let (reservationid, (uid, name), doctoruid, time, reason, status, reply, createtime, updatetime) = row;
    Reservation { reservationid, uid, name, doctoruid, time, reason, status, reply, createtime, updatetime }
}

/// The request, if there is one.
pub fn find(connection: &mut AnyConnection, id: &ReservationId) -> Result<Option<Reservation>> {
    let row = reservation::table.find(id).inner_join(account::table.on(account::uid.eq(reservation::uid)));
    Ok(row.select(COLUMNS).first(connection).optional()?.map(reservation))
}

/// Records what `resident` asks the doctor for.
pub fn insert(
    tx: &mut Tx<'_>,
    resident: &Person,
    doctor: &Uid,
    time: Time,
    reason: &str,
) -> Result<Reservation> {
    let (reservationid, now) = (ReservationId::new(), tx.now);
    diesel::insert_into(reservation::table)
        .values((
            reservation::reservationid.eq(&reservationid),
            reservation::uid.eq(&resident.uid),
            reservation::doctoruid.eq(doctor),
            reservation::time.eq(time),
            reservation::reason.eq(reason),
            reservation::status.eq(ReservationStatus::Applied),
            reservation::createtime.eq(now),
            reservation::updatetime.eq(now),
        ))
        .execute(&mut **tx)?;
    find(tx, &reservationid)?.ok_or(Error::NotFound("reservation"))
}

/// Settles a request that waits; `FA_STATE` where it has been settled before.
pub fn settle(
    tx: &mut Tx<'_>,
    id: &ReservationId,
    to: ReservationStatus,
    reply: Option<&str>,
) -> Result<Reservation> {
    let now = tx.now;
    let waiting = reservation::status.eq(ReservationStatus::Applied);
    let settled = diesel::update(reservation::table.find(id).filter(waiting))
        .set((reservation::status.eq(to), reservation::reply.eq(reply), reservation::updatetime.eq(now)))
        .execute(&mut **tx)?;
    match settled {
        0 => Err(Error::State("the reservation has been answered or called off already")),
        _ => find(tx, id)?.ok_or(Error::NotFound("reservation")),
    }
}

/// Whose requests a list is of.
#[derive(Debug, Clone)]
pub enum Listed {
    /// Those that a resident made.
    OfResident(Uid),
    /// Those that were made to a doctor.
    OfDoctor(Uid),
}

/// Requests, newest first, those before the cursor `before`.
pub fn list(
    connection: &mut AnyConnection,
    listed: &Listed,
    status: Option<ReservationStatus>,
    before: Option<&ReservationId>,
    limit: i64,
) -> Result<Vec<Reservation>> {
    let mut rows = reservation::table
        .inner_join(account::table.on(account::uid.eq(reservation::uid)))
        .select(COLUMNS)
        .into_boxed();
    rows = match listed {
        Listed::OfResident(uid) => rows.filter(reservation::uid.eq(uid)),
        Listed::OfDoctor(uid) => rows.filter(reservation::doctoruid.eq(uid)),
    };
    if let Some(status) = status {
        rows = rows.filter(reservation::status.eq(status));
    }
    if let Some(before) = before {
        rows = rows.filter(reservation::reservationid.lt(before));
    }
    let rows = rows.order(reservation::reservationid.desc()).limit(limit).load::<Row>(connection)?;
    Ok(rows.into_iter().map(reservation).collect())
}
