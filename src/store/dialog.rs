//! Messages in rooms: writing one, and reading what was written.

use super::alonechat;
use super::file;
use super::member::{self, Member};
use super::question;
use super::room::{self, Room};
use super::{account as accounts, push_log};
use crate::db::connection::AnyConnection;
use crate::db::schema::{account, social_dialog};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{ClientId, DialogId, DialogKind, MessageId, Process, Role, RoomId, Time, Uid};
use crate::protocol::push::Push;
use crate::protocol::shape::{Dialog, DutyInfo, Line, Person};
use diesel::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// A message to be written.
#[derive(Debug, Clone)]
pub struct NewDialog {
    /// What it holds.
    pub kind: DialogKind,
    /// The words, or what names the file.
    pub body: Value,
    /// The sender's own number for it.
    pub clientid: Option<ClientId>,
}

/// A message that was written, with the room as it then stood.
#[derive(Debug)]
pub struct Posted {
    /// The message.
    pub dialog: Dialog,
    room: Room,
    members: Vec<Member>,
    /// When it was written or last changed.
    at: Time,
}

/// What the sender of a message is answered.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Receipt {
    /// The sender's own line for the room.
    pub messageid: MessageId,
    /// The message.
    pub dialogid: DialogId,
    /// The room.
    pub roomid: RoomId,
    /// The message's number in the room.
    pub roomseq: i64,
}

impl Posted {
    /// The push of the room's kind to the members whom `to` names.
    pub fn push(&self, to: impl Fn(&Member) -> bool) -> Push {
        let line = Line { updatetime: self.at, ..self.dialog.line(self.room.kind) };
        Push::in_room(self.room.kind, self.room.places(&self.members, to), line)
    }

    /// What reminds the members of `question` by this message.
    pub fn reminder(&self, question: &Dialog) -> Push {
        let shown = Dialog { dutyinfo: question.dutyinfo.clone(), ..self.dialog.clone() };
        Push::Remind(self.room.places(&self.members, |_| true), shown.line(self.room.kind))
    }

    /// What the sender is answered.
    pub fn receipt(&self) -> Result<Receipt> {
        let author = &self.dialog.from.uid;
        let own = self.members.iter().find(|member| member.person.uid == *author);
        Ok(Receipt {
            messageid: own.ok_or(Error::NotFound("room"))?.messageid.clone(),
            dialogid: self.dialog.dialogid.clone(),
            roomid: self.dialog.roomid.clone(),
            roomseq: self.dialog.roomseq,
        })
    }
}

/// The message that this sender first sent under this number, with its room and its number there.
pub fn find_sent(
    connection: &mut AnyConnection,
    from: &Uid,
    clientid: &ClientId,
) -> Result<Option<(DialogId, RoomId, i64)>> {
    let sent = social_dialog::fromuid.eq(from).and(social_dialog::clientid.eq(clientid.as_str()));
    Ok(social_dialog::table
        .filter(sent)
        .select((social_dialog::dialogid, social_dialog::roomid, social_dialog::roomseq))
        .first(connection)
        .optional()?)
}

/// What was answered when this sender first sent under this number.
pub fn find_receipt(
    connection: &mut AnyConnection,
    from: &Uid,
    clientid: &ClientId,
) -> Result<Option<Receipt>> {
    let Some((dialogid, roomid, roomseq)) = find_sent(connection, from, clientid)? else { return Ok(None) };
    let member = member::find(connection, &roomid, from)?.ok_or(Error::NotFound("room"))?;
    Ok(Some(Receipt { messageid: member.messageid, dialogid, roomid, roomseq }))
}

/// Writes a message in `room`, whose number `room.seq` was taken for it: a question, or an answer
/// to what waits, as the room and the author have it.
pub fn post(tx: &mut Tx<'_>, room: Room, from: &Uid, new: &NewDialog) -> Result<Posted> {
    let mut members = member::list(tx, &room.roomid)?;
    let (author, process) = match members.iter_mut().find(|member| member.person.uid == *from) {
        Some(member) => {
            let process = question::weigh(tx, &room, member, new.kind)?;
            member.written = member::count_written(tx, &room.roomid, member)?;
            (member.person.clone(), process)
        }
        None => (accounts::find(tx, from)?.ok_or(Error::NotFound("account"))?.into(), None),
    };
    write(tx, room, members, Authorship { from: author, onbehalfof: None, process }, new)
}

/// Writes a duty doctor's answer in the place of `doctor`, likewise.
pub fn post_on_behalf(
    tx: &mut Tx<'_>,
    room: Room,
    from: &Person,
    doctor: Option<Uid>,
    new: &NewDialog,
) -> Result<Posted> {
    let mut members = member::list(tx, &room.roomid)?;
    if let Some(member) = members.iter_mut().find(|member| member.person.uid == from.uid) {
        member.written = member::count_written(tx, &room.roomid, member)?;
    }
    let authorship = Authorship { from: from.clone(), onbehalfof: doctor, process: None };
    write(tx, room, members, authorship, new)
}

/// Who writes, in whose place, and whether it is a question.
struct Authorship {
    from: Person,
    onbehalfof: Option<Uid>,
    process: Option<Process>,
}

fn write(
    tx: &mut Tx<'_>,
    room: Room,
    members: Vec<Member>,
    Authorship { from, onbehalfof, process }: Authorship,
    new: &NewDialog,
) -> Result<Posted> {
    let dialog = Dialog {
        dialogid: DialogId::new(),
        roomid: room.roomid.clone(),
        roomseq: room.seq,
        from,
        onbehalfof,
        kind: new.kind,
        body: new.body.clone(),
        clientid: new.clientid.as_ref().map(|id| id.as_str().to_owned()),
        createtime: tx.now,
        recalled: false,
        dutyinfo: process.map(|process| DutyInfo { dutyuid: None, process }),
    };
    insert(tx, &dialog)?;
    Ok(Posted { dialog, room, members, at: tx.now })
}

/// Writes another body into a message of `room`, which was touched for it.
pub fn rewrite(tx: &mut Tx<'_>, room: Room, roomseq: i64, body: &impl Serialize) -> Result<Posted> {
    let body = serde_json::to_string(body).map_err(Error::inside)?;
    diesel::update(social_dialog::table.find((&room.roomid, roomseq)))
        .set(social_dialog::body.eq(body))
        .execute(&mut **tx)?;
    let row = social_dialog::table.inner_join(account::table).select(DIALOG);
    let row = row.filter(social_dialog::roomid.eq(&room.roomid).and(social_dialog::roomseq.eq(roomseq)));
    let dialog = dialog(row.first(&mut **tx)?);
    let members = member::list(tx, &room.roomid)?;
    Ok(Posted { dialog, room, members, at: tx.now })
}

/// Writes a notice of what a doctor has decided into the room of the two, open or closed; the
/// resident hears of it.
pub fn notify(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid, words: String) -> Result<()> {
    let roomid = alonechat::ensure(tx, resident, doctor)?;
    let room = room::advance(tx, &roomid)?.ok_or(Error::NotFound("room"))?;
    let notice = NewDialog { kind: DialogKind::System, body: words.into(), clientid: None };
    let posted = post(tx, room, doctor, &notice)?;
    tx.push(posted.push(|member| member.person.uid == *resident));
    Ok(())
}

fn insert(tx: &mut Tx<'_>, dialog: &Dialog) -> Result<()> {
    file::send(tx, dialog)?;
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

/// The columns of a dialog with its author.
#[allow(clippy::type_complexity)] // the type says no more than the value
pub(super) const DIALOG: (
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

/// A dialog as `DIALOG` selects it.
pub(super) type Row = (
    (DialogId, RoomId, i64),
    (Uid, String, Role),
    (Option<Uid>, DialogKind, String, Option<String>),
    (Time, bool, Option<Uid>, Option<Process>),
);

/// The dialog of a row; the words of a withdrawn one stay in the store.
pub(super) fn dialog(row: Row) -> Dialog {
    let ((dialogid, roomid, roomseq), (uid, name, role), (onbehalfof, kind, body, clientid), state) = row;
    let (createtime, recalled, dutyuid, process) = state;
    let body = if recalled { Value::Null } else { serde_json::from_str(&body).unwrap_or_default() };
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

/// The message, if there is one.
pub fn find(connection: &mut AnyConnection, dialogid: &DialogId) -> Result<Option<Dialog>> {
    let row = social_dialog::table.filter(social_dialog::dialogid.eq(dialogid));
    Ok(row.inner_join(account::table).select(DIALOG).first(connection).optional()?.map(dialog))
}

/// Marks a message of a locked room as withdrawn. Its words stay in its own row; what is replayed
/// of the pushes that told of it bears them no more.
pub fn withdraw(tx: &mut Tx<'_>, room: &Room, dialog: Dialog) -> Result<Dialog> {
    let row = social_dialog::table.filter(social_dialog::dialogid.eq(&dialog.dialogid));
    diesel::update(row).set(social_dialog::recalled.eq(true)).execute(&mut **tx)?;
    let dialog = Dialog { recalled: true, body: Value::Null, ..dialog };
    let line = serde_json::to_string(&dialog.line(room.kind)).map_err(Error::inside)?;
    push_log::set_shared(tx, &dialog.dialogid, &line)?;
    Ok(dialog)
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
        .select(DIALOG)
        .load::<Row>(connection)?;
    Ok(rows.into_iter().map(dialog).collect())
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
