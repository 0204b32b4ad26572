//! Messages in rooms: inserting, changing, finding and listing them.

use crate::db::connection::AnyConnection;
use crate::db::schema::{account, social_dialog};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{ClientId, DialogId, DialogKind, Process, Role, RoomId, Time, Uid};
use crate::protocol::body;
use crate::protocol::objects::{Dialog, DutyInfo, Person};
use diesel::prelude::*;
use serde_json::Value;

/// The columns of a dialog with its author.
#[allow(clippy::type_complexity)] // the type says no more than the value
pub(super) const COLUMNS: (
    (social_dialog::dialogid, social_dialog::roomid, social_dialog::roomseq),
    (account::uid, account::name, account::role),
    (social_dialog::onbehalfof, social_dialog::kind, social_dialog::body, social_dialog::clientid),
    (social_dialog::createtime, social_dialog::recalled, social_dialog::dutyuid, social_dialog::process),
) = (
    (social_dialog::dialogid, social_dialog::roomid, social_dialog::roomseq),
    (account::uid, account::name, account::role),
    (social_dialog::onbehalfof, social_dialog::kind, social_dialog::body, social_dialog::clientid),
    (social_dialog::createtime, social_dialog::recalled, social_dialog::dutyuid, social_dialog::process),
);

/// A dialog as `COLUMNS` selects it.
pub(super) type Row = (
    (DialogId, RoomId, i64),
    (Uid, String, Role),
    (Option<Uid>, DialogKind, String, Option<String>),
    (Time, bool, Option<Uid>, Option<Process>),
);

/// The dialog of a row, without its body where it was withdrawn.
pub(super) fn from_row(row: Row) -> Dialog {
    let ((dialogid, roomid, roomseq), (uid, name, role), (onbehalfof, kind, body, clientid), state) = row;
    let (createtime, recalled, dutyuid, process) = state;
    let read = |text: &str| body::read(kind, serde_json::from_str(text).unwrap_or_default());
    let body = if recalled { Value::Null } else { read(&body) };
    let from = Person { uid, name, role };
    let dutyinfo = process.map(|process| DutyInfo { dutyuid, process });
    Dialog {
        dialogid,
        roomid,
        roomseq,
        from,
        onbehalfof,
        kind,
        body,
        clientid,
        createtime,
        recalled,
        dutyinfo,
    }
}

/// Inserts a message under its number in the room.
pub fn insert(tx: &mut Tx<'_>, dialog: &Dialog) -> Result<()> {
    diesel::insert_into(social_dialog::table)
        .values((
            social_dialog::roomid.eq(&dialog.roomid),
            social_dialog::roomseq.eq(dialog.roomseq),
            social_dialog::dialogid.eq(&dialog.dialogid),
            social_dialog::fromuid.eq(&dialog.from.uid),
            social_dialog::onbehalfof.eq(dialog.onbehalfof.as_ref()),
            social_dialog::kind.eq(dialog.kind),
            social_dialog::body.eq(dialog.body.to_string()),
            social_dialog::clientid.eq(dialog.clientid.as_deref()),
            social_dialog::createtime.eq(dialog.createtime),
            social_dialog::process.eq(dialog.dutyinfo.as_ref().map(|info| info.process)),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Replaces the body of a message.
pub fn set_body(tx: &mut Tx<'_>, roomid: &RoomId, roomseq: i64, body: &str) -> Result<()> {
    diesel::update(social_dialog::table.find((roomid, roomseq)))
        .set(social_dialog::body.eq(body))
        .execute(&mut **tx)?;
    Ok(())
}

/// Marks a message as withdrawn; its body stays in the store.
pub fn set_recalled(tx: &mut Tx<'_>, dialogid: &DialogId) -> Result<()> {
    diesel::update(social_dialog::table.filter(social_dialog::dialogid.eq(dialogid)))
        .set(social_dialog::recalled.eq(true))
        .execute(&mut **tx)?;
    Ok(())
}

/// The message, if there is one.
pub fn find(connection: &mut AnyConnection, dialogid: &DialogId) -> Result<Option<Dialog>> {
    let row = social_dialog::table.filter(social_dialog::dialogid.eq(dialogid));
    Ok(row.inner_join(account::table).select(COLUMNS).first(connection).optional()?.map(from_row))
}

/// The message with a number in a room, if there is one.
pub fn find_in_room(connection: &mut AnyConnection, roomid: &RoomId, roomseq: i64) -> Result<Option<Dialog>> {
    let numbered = social_dialog::roomid.eq(roomid).and(social_dialog::roomseq.eq(roomseq));
    let row = social_dialog::table.inner_join(account::table).filter(numbered).select(COLUMNS);
    Ok(row.first(connection).optional()?.map(from_row))
}

/// What a sender first sent under a number of their own.
#[derive(Debug, Queryable)]
pub struct Sent {
    /// The message.
    pub dialogid: DialogId,
    /// Its room.
    pub roomid: RoomId,
    /// Its number there.
    pub roomseq: i64,
    kind: DialogKind,
    body: String,
}

impl Sent {
    /// Whether it holds the same; what was withdrawn since does, too.
    pub fn holds(&self, kind: DialogKind, body: &Value) -> bool {
        let kept = body.to_string();
        self.kind == kind && self.body == kept
    }
}

/// The message that a sender first sent under this number.
pub fn find_sent(connection: &mut AnyConnection, from: &Uid, clientid: &ClientId) -> Result<Option<Sent>> {
    let sent = social_dialog::fromuid.eq(from).and(social_dialog::clientid.eq(clientid.as_str()));
    Ok(social_dialog::table
        .filter(sent)
        .select((
            social_dialog::dialogid,
            social_dialog::roomid,
            social_dialog::roomseq,
            social_dialog::kind,
            social_dialog::body,
        ))
        .first(connection)
        .optional()?)
}

/// Which messages of a room are asked for: those after `after` and before `before`.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// Not this one, nor older ones.
    pub after: i64,
    /// Not this one, nor newer ones.
    pub before: i64,
}

/// Messages of a room, newest first.
pub fn list(
    connection: &mut AnyConnection,
    roomid: &RoomId,
    range: Range,
    limit: i64,
) -> Result<Vec<Dialog>> {
    let rows = social_dialog::table
        .inner_join(account::table)
        .filter(social_dialog::roomid.eq(roomid))
        .filter(social_dialog::roomseq.gt(range.after).and(social_dialog::roomseq.lt(range.before)))
        .order(social_dialog::roomseq.desc())
        .limit(limit)
        .select(COLUMNS)
        .load::<Row>(connection)?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// How many messages of a room somebody wrote after `after` and up to `until`.
pub fn count_written(
    connection: &mut AnyConnection,
    roomid: &RoomId,
    uid: &Uid,
    after: i64,
    until: i64,
) -> Result<i64> {
    Ok(social_dialog::table
        .filter(social_dialog::roomid.eq(roomid).and(social_dialog::fromuid.eq(uid)))
        .filter(social_dialog::roomseq.gt(after).and(social_dialog::roomseq.le(until)))
        .count()
        .get_result(connection)?)
}
