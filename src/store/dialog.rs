//! Messages in rooms: inserting, changing, finding and listing them.

use crate::db::bulk::column;
use crate::db::connection::AnyConnection;
use crate::db::prepared::{prepared, prepared_on, run_prepared_on};
use crate::db::schema::{account, social_dialog};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{ClientId, DialogId, DialogKind, Process, Role, RoomId, Time, Uid};
use crate::protocol::body;
use crate::protocol::objects::{Dialog, DutyInfo, Person};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text};
use serde_json::Value;

/// The columns of what a message says.
type Content = (
    social_dialog::onbehalfof,
    social_dialog::kind,
    social_dialog::body,
    social_dialog::clientid,
    social_dialog::quote,
);
const CONTENT: Content = (
    social_dialog::onbehalfof,
    social_dialog::kind,
    social_dialog::body,
    social_dialog::clientid,
    social_dialog::quote,
);

/// The columns of a dialog with its author.
#[allow(clippy::type_complexity)] // the type says no more than the value
pub(super) const COLUMNS: (
    (social_dialog::dialogid, social_dialog::roomid, social_dialog::roomseq),
    (account::uid, account::name, account::role),
    Content,
    (social_dialog::createtime, social_dialog::recalled, social_dialog::dutyuid, social_dialog::process),
) = (
    (social_dialog::dialogid, social_dialog::roomid, social_dialog::roomseq),
    (account::uid, account::name, account::role),
    CONTENT,
    (social_dialog::createtime, social_dialog::recalled, social_dialog::dutyuid, social_dialog::process),
);

/// A dialog as `COLUMNS` selects it.
pub(super) type Row = (
    (DialogId, RoomId, i64),
    (Uid, String, Role),
    (Option<Uid>, DialogKind, String, Option<String>, Option<i64>),
    (Time, bool, Option<Uid>, Option<Process>),
);

/// The dialog of a row, without its body where it was withdrawn.
pub(super) fn from_row(row: Row) -> Dialog {
    let ((dialogid, roomid, roomseq), (uid, name, role), content, state) = row;
    let (onbehalfof, kind, body, clientid, quote) = content;
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
        quote,
        createtime,
        recalled,
        dutyinfo,
    }
}

/// Inserts messages, each under its number in its room.
pub fn insert(tx: &mut Tx<'_>, dialogs: &[&Dialog]) -> Result<()> {
    match &mut **tx {
        AnyConnection::Sqlite(connection) => {
            dialogs.iter().try_for_each(|dialog| insert_one(connection, dialog))?;
        }
        AnyConnection::Postgres(connection) => insert_many(connection, dialogs)?,
    }
    Ok(())
}

fn insert_one(connection: &mut SqliteConnection, dialog: &Dialog) -> QueryResult<()> {
    let new = (
        social_dialog::roomid.eq(&dialog.roomid),
        social_dialog::roomseq.eq(dialog.roomseq),
        social_dialog::dialogid.eq(&dialog.dialogid),
        social_dialog::fromuid.eq(&dialog.from.uid),
        social_dialog::onbehalfof.eq(dialog.onbehalfof.as_ref()),
        social_dialog::kind.eq(dialog.kind),
        social_dialog::body.eq(dialog.body.to_string()),
        social_dialog::clientid.eq(dialog.clientid.as_deref()),
        social_dialog::createtime.eq(dialog.createtime),
        social_dialog::process.eq(process(dialog)),
        social_dialog::quote.eq(dialog.quote),
    );
    run_prepared_on!(connection, diesel::insert_into(social_dialog::table).values(new))
}

/// What a new message is to the questions of its room.
fn process(dialog: &Dialog) -> Option<Process> {
    dialog.dutyinfo.as_ref().map(|info| info.process)
}

/// A list for each column.
fn insert_many(connection: &mut PgConnection, dialogs: &[&Dialog]) -> QueryResult<()> {
    let insert = sql_query(
        "INSERT INTO social_dialog (roomid, roomseq, dialogid, fromuid, onbehalfof, kind, body, clientid, \
         createtime, process, quote) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], \
         $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::int[], $11::bigint[])",
    )
    .bind::<Array<Text>, _>(column(dialogs, |dialog| &dialog.roomid))
    .bind::<Array<BigInt>, _>(column(dialogs, |dialog| dialog.roomseq))
    .bind::<Array<Text>, _>(column(dialogs, |dialog| &dialog.dialogid))
    .bind::<Array<Text>, _>(column(dialogs, |dialog| &dialog.from.uid))
    .bind::<Array<Nullable<Text>>, _>(column(dialogs, |dialog| dialog.onbehalfof.as_ref()))
    .bind::<Array<Text>, _>(column(dialogs, |dialog| dialog.kind))
    .bind::<Array<Text>, _>(column(dialogs, |dialog| dialog.body.to_string()))
    .bind::<Array<Nullable<Text>>, _>(column(dialogs, |dialog| dialog.clientid.as_deref()))
    .bind::<Array<BigInt>, _>(column(dialogs, |dialog| dialog.createtime))
    .bind::<Array<Nullable<Integer>>, _>(column(dialogs, |dialog| process(dialog)))
    .bind::<Array<Nullable<BigInt>>, _>(column(dialogs, |dialog| dialog.quote));
    run_prepared_on!(connection, insert)
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

/// These messages, in no order.
pub fn list_by_id(connection: &mut AnyConnection, dialogids: &[DialogId]) -> Result<Vec<Dialog>> {
    let rows = social_dialog::table.filter(social_dialog::dialogid.eq_any(dialogids));
    let rows = rows.inner_join(account::table).select(COLUMNS).load::<Row>(connection)?;
    Ok(rows.into_iter().map(from_row).collect())
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
    /// Who sent it.
    pub fromuid: Uid,
    /// Their number for it.
    pub clientid: Option<String>,
    /// The message.
    pub dialogid: DialogId,
    /// Its room.
    pub roomid: RoomId,
    /// Its number there.
    pub roomseq: i64,
    kind: DialogKind,
    body: String,
    quote: Option<i64>,
    /// When it was written.
    pub createtime: Time,
}

/// The columns of a `Sent`.
const SENT: (
    social_dialog::fromuid,
    social_dialog::clientid,
    social_dialog::dialogid,
    social_dialog::roomid,
    social_dialog::roomseq,
    social_dialog::kind,
    social_dialog::body,
    social_dialog::quote,
    social_dialog::createtime,
) = (
    social_dialog::fromuid,
    social_dialog::clientid,
    social_dialog::dialogid,
    social_dialog::roomid,
    social_dialog::roomseq,
    social_dialog::kind,
    social_dialog::body,
    social_dialog::quote,
    social_dialog::createtime,
);

impl Sent {
    /// Whether it holds the same; what was withdrawn since does, too.
    pub fn holds(&self, kind: DialogKind, body: &Value, quote: Option<i64>) -> bool {
        let kept = body.to_string();
        self.kind == kind && self.body == kept && self.quote == quote
    }
}

/// The message that a sender first sent under this number.
pub fn find_sent(connection: &mut AnyConnection, from: &Uid, clientid: &ClientId) -> Result<Option<Sent>> {
    let sent = social_dialog::fromuid.eq(from).and(social_dialog::clientid.eq(clientid.as_str()));
    let sent = social_dialog::table.filter(sent).select(SENT);
    Ok(prepared!(connection, sent, get_result).optional()?)
}

/// Whether somebody has written in a room since a time, as far as the last fifty before a number show it.
pub fn has_written_since(
    connection: &mut AnyConnection,
    (roomid, newest): (&RoomId, i64),
    uid: &Uid,
    since: Time,
) -> Result<bool> {
    let last = social_dialog::roomid.eq(roomid).and(social_dialog::roomseq.gt(newest - 50));
    let theirs = social_dialog::fromuid.eq(uid).and(social_dialog::createtime.gt(since));
    let written = theirs.and(social_dialog::kind.ne(DialogKind::System));
    let found = social_dialog::table.filter(last.and(written));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(connection)?)
}

/// What somebody sent as the message with a number in a room, if there is one.
pub fn find_sent_as(connection: &mut AnyConnection, roomid: &RoomId, roomseq: i64) -> Result<Option<Sent>> {
    Ok(social_dialog::table.find((roomid, roomseq)).select(SENT).first(connection).optional()?)
}

/// The messages that senders first sent under these numbers of theirs.
pub fn list_sent(connection: &mut AnyConnection, numbers: &[(&Uid, &ClientId)]) -> Result<Vec<Sent>> {
    if let AnyConnection::Postgres(connection) = connection {
        // Somebody's under a number of somebody else's may be among them.
        let from = social_dialog::fromuid.eq_any(numbers.iter().map(|(uid, _)| *uid));
        let under = social_dialog::clientid.eq_any(numbers.iter().map(|(_, clientid)| clientid.as_str()));
        let sent = social_dialog::table.filter(from.and(under)).select(SENT);
        return Ok(prepared_on!(connection, sent, load)?);
    }
    let find = |(from, clientid): &(&Uid, &ClientId)| find_sent(connection, from, clientid).transpose();
    numbers.iter().filter_map(find).collect()
}

/// Which messages of a room are asked for: those after `after` and before `before`.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// Not this one, nor older ones.
    pub after: i64,
    /// Not this one, nor newer ones.
    pub before: i64,
}

impl Range {
    /// Whether a message is among them.
    pub fn holds(self, roomseq: i64) -> bool {
        self.after < roomseq && roomseq < self.before
    }
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
