//! Requests of residents for appointments with doctors.

use crate::db::connection::AnyConnection;
use crate::db::schema::{account, reservation};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{ReservationId, ReservationStatus, Time, Uid};
use crate::protocol::objects::Reservation;
use diesel::prelude::*;

/// A request with the resident's name.
#[derive(Queryable, Selectable)]
#[diesel(table_name = reservation)]
struct Row {
    reservationid: ReservationId,
    uid: Uid,
    #[diesel(select_expression = account::name)]
    name: String,
    doctoruid: Uid,
    time: Time,
    reason: String,
    status: ReservationStatus,
    reply: Option<String>,
    createtime: Time,
    updatetime: Time,
}

impl From<Row> for Reservation {
    fn from(row: Row) -> Self {
        let Row { reservationid, uid, name, doctoruid, time, reason, status, reply, createtime, updatetime } =
            row;
        Self { reservationid, uid, name, doctoruid, time, reason, status, reply, createtime, updatetime }
    }
}

/// Finds a request.
pub fn find(connection: &mut AnyConnection, id: &ReservationId) -> Result<Option<Reservation>> {
    let row = reservation::table.find(id).inner_join(account::table.on(account::uid.eq(reservation::uid)));
    Ok(row.select(Row::as_select()).first(connection).optional()?.map(Reservation::from))
}

/// Inserts a request of `resident` for an appointment with `doctor` at `time`.
pub fn insert(
    tx: &mut Tx<'_>,
    resident: &Uid,
    doctor: &Uid,
    time: Time,
    reason: &str,
) -> Result<ReservationId> {
    let (reservationid, now) = (ReservationId::new(), tx.now);
    diesel::insert_into(reservation::table)
        .values((
            reservation::reservationid.eq(&reservationid),
            reservation::uid.eq(resident),
            reservation::doctoruid.eq(doctor),
            reservation::time.eq(time),
            reservation::reason.eq(reason),
            reservation::status.eq(ReservationStatus::Applied),
            reservation::createtime.eq(now),
            reservation::updatetime.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(reservationid)
}

/// Changes the status of a request that waits for an answer; returns whether it did.
pub fn set_status(
    tx: &mut Tx<'_>,
    id: &ReservationId,
    to: ReservationStatus,
    reply: Option<&str>,
) -> Result<bool> {
    let now = tx.now;
    let waiting = reservation::status.eq(ReservationStatus::Applied);
    let changed = diesel::update(reservation::table.find(id).filter(waiting))
        .set((reservation::status.eq(to), reservation::reply.eq(reply), reservation::updatetime.eq(now)))
        .execute(&mut **tx)?;
    Ok(changed > 0)
}

/// Whose requests to list.
#[derive(Debug, Clone)]
pub enum ReservationsOf {
    /// Those that this resident made.
    Resident(Uid),
    /// Those that were made to this doctor.
    Doctor(Uid),
}

/// The appointments of a resident that are yet to be, accepted or asked for, the nearest first, as far as they are
/// also among those that `of` names.
pub fn list_coming(
    connection: &mut AnyConnection,
    resident: &Uid,
    of: &ReservationsOf,
    now: Time,
    limit: usize,
) -> Result<Vec<Reservation>> {
    let open = reservation::status.eq_any([ReservationStatus::Applied, ReservationStatus::Accepted]);
    let mut rows = reservation::table
        .inner_join(account::table.on(account::uid.eq(reservation::uid)))
        .filter(reservation::uid.eq(resident).and(reservation::time.gt(now)).and(open))
        .select(Row::as_select())
        .into_boxed();
    rows = match of {
        ReservationsOf::Resident(uid) => rows.filter(reservation::uid.eq(uid)),
        ReservationsOf::Doctor(uid) => rows.filter(reservation::doctoruid.eq(uid)),
    };
    let rows = rows.order(reservation::time).limit(limit as i64).load::<Row>(connection)?;
    Ok(rows.into_iter().map(Reservation::from).collect())
}

/// Lists requests, newest first, starting after the cursor `before`.
pub fn list(
    connection: &mut AnyConnection,
    whose: &ReservationsOf,
    status: Option<ReservationStatus>,
    before: Option<&ReservationId>,
    limit: i64,
) -> Result<Vec<Reservation>> {
    let mut rows = reservation::table
        .inner_join(account::table.on(account::uid.eq(reservation::uid)))
        .select(Row::as_select())
        .into_boxed();
    rows = match whose {
        ReservationsOf::Resident(uid) => rows.filter(reservation::uid.eq(uid)),
        ReservationsOf::Doctor(uid) => rows.filter(reservation::doctoruid.eq(uid)),
    };
    if let Some(status) = status {
        rows = rows.filter(reservation::status.eq(status));
    }
    if let Some(before) = before {
        rows = rows.filter(reservation::reservationid.lt(before));
    }
    let rows = rows.order(reservation::reservationid.desc()).limit(limit).load::<Row>(connection)?;
    Ok(rows.into_iter().map(Reservation::from).collect())
}
