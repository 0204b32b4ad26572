//! Posting messages in rooms, whoever has decided that they may be: residents, doctors, a rule of the
//! service.

use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::connection::ConnectionPolicy;
use crate::model::{Caller, ClientId, DialogId, DialogKind, Process, RoomId, Time, Uid};
use crate::protocol::objects::{Dialog, DutyInfo, ItemContent, Person};
use crate::protocol::pushes::Push;
use crate::service::rooms::recipients::recipients;
use crate::service::{files, questions, sessions};
use crate::store::dialog::Sent;
use crate::store::member::{self, Member};
use crate::store::room::Room;
use crate::store::{account, dialog};
use serde::Serialize;
use serde_json::Value;

/// A message to be posted.
#[derive(Debug, Clone)]
pub struct NewDialog {
    /// What it holds.
    pub kind: DialogKind,
    /// The text, or what names the file.
    pub body: Value,
    /// The sender's own number for it.
    pub clientid: Option<ClientId>,
    /// The number in the room of the earlier message that it quotes.
    pub quote: Option<i64>,
}

impl NewDialog {
    /// A notice that a rule of the service posts.
    pub fn notice(words: String) -> Self {
        Self { kind: DialogKind::System, body: words.into(), clientid: None, quote: None }
    }

    /// Whether this is what was sent before; its author's number for it apart.
    pub fn was_sent_as(&self, sent: &Sent) -> bool {
        sent.holds(self.kind, &self.body, self.quote)
    }
}

/// A message that was posted or changed, with the room as it then stood.
#[derive(Debug)]
pub struct Posted {
    /// The message.
    pub dialog: Dialog,
    /// The room.
    pub room: Room,
    /// Who is in it.
    pub members: Vec<Member>,
    /// When the message was posted or changed.
    at: Time,
}

impl Posted {
    /// Tells the other members, and where an account may have several connections its author too, whose
    /// other devices did not write it.
    pub fn tell(&self, tx: &mut Tx<'_>) {
        tell(tx, &self.room, &self.members, &self.dialog);
    }

    /// The push that tells the members whom `to` chooses.
    pub fn push(&self, to: impl Fn(&Member) -> bool) -> Push {
        push(&self.room, &self.members, &self.dialog, self.at, to)
    }

    /// The push that reminds all members of `question` by this message.
    pub fn reminder(&self, question: &Dialog) -> Push {
        let shown = Dialog { dutyinfo: question.dutyinfo.clone(), ..self.dialog.clone() };
        let everybody = recipients(&self.room, &self.members, |_| true);
        Push::Remind(everybody, shown.item_content(self.room.kind))
    }
}

/// Tells the others in a room of its newest message, and where an account may have several connections its
/// author too, whose other devices did not write it.
pub fn tell(tx: &mut Tx<'_>, room: &Room, members: &[Member], dialog: &Dialog) {
    let is_author = |member: &Member| member.person.uid == dialog.from.uid;
    let now = tx.now;
    tx.push(match tx.connections() {
        ConnectionPolicy::One => push(room, members, dialog, now, |member| !is_author(member)),
        ConnectionPolicy::PerDevice => push(room, members, dialog, now, |_| true),
    });
}

fn push(room: &Room, members: &[Member], dialog: &Dialog, at: Time, to: impl Fn(&Member) -> bool) -> Push {
    let line = ItemContent { updatetime: at, ..dialog.item_content(room.kind) };
    Push::in_room(room.kind, recipients(room, members, to), line)
}

/// Finds what a caller has sent under the same `clientid`; `FA_CONFLICT` where that was something else,
/// or not in the room that `find_room` names, `FA_AUTH` where their token has become void.
pub fn find_sent(
    tx: &mut Tx<'_>,
    from: &Caller,
    new: &NewDialog,
    find_room: impl FnOnce(&mut Tx<'_>) -> Result<Option<RoomId>>,
) -> Result<Option<Sent>> {
    let Some(clientid) = &new.clientid else { return Ok(None) };
    let Some(sent) = dialog::find_sent(tx, &from.uid, clientid)? else { return Ok(None) };
    require_repeated(tx, from, new, &sent, find_room)?;
    Ok(Some(sent))
}

/// Fails as [`find_sent`] does where what was sent under the same `clientid` is not sent once more.
pub fn require_repeated(
    tx: &mut Tx<'_>,
    from: &Caller,
    new: &NewDialog,
    sent: &Sent,
    find_room: impl FnOnce(&mut Tx<'_>) -> Result<Option<RoomId>>,
) -> Result<()> {
    sessions::require_valid(tx, from.token)?;
    match new.was_sent_as(sent) && find_room(tx)?.as_ref() == Some(&sent.roomid) {
        true => Ok(()),
        false => Err(OTHER_MESSAGE),
    }
}

/// What was sent under a `clientid` before was something else.
pub const OTHER_MESSAGE: Error = Error::Conflict("clientid: you have sent another message under it");

/// Posts a message in the name of an account, as a rule of the service has it, in a room whose number
/// `room.seq` was reserved for it. It is a question, or answers those that wait, as the room and the author
/// have it.
pub fn post(tx: &mut Tx<'_>, room: Room, from: &Uid, new: &NewDialog) -> Result<Posted> {
    let mut members = member::list(tx, &room.roomid)?;
    let (author, process) = match members.iter_mut().find(|member| member.person.uid == *from) {
        Some(member) => {
            let process = questions::classify(tx, &room, member, new.kind)?;
            count_written(tx, &room, member)?;
            (member.person.clone(), process)
        }
        None => (account::find(tx, from)?.ok_or(Error::NotFound("account"))?.into(), None),
    };
    insert(tx, room, members, Authorship { from: author, onbehalfof: None, process }, new)
}

/// Counts one more message that a member of a locked room writes.
fn count_written(tx: &mut Tx<'_>, room: &Room, member: &mut Member) -> Result<()> {
    member.written += 1;
    member::set_written(tx, &[(&room.roomid, member)])
}

/// Posts a duty doctor's answer on behalf of `doctor` in a room whose number `room.seq` was reserved
/// for it.
pub fn post_on_behalf(
    tx: &mut Tx<'_>,
    room: Room,
    from: &Person,
    doctor: Option<Uid>,
    new: &NewDialog,
) -> Result<Posted> {
    let mut members = member::list(tx, &room.roomid)?;
    if let Some(member) = members.iter_mut().find(|member| member.person.uid == from.uid) {
        count_written(tx, &room, member)?;
    }
    let authorship = Authorship { from: from.clone(), onbehalfof: doctor, process: None };
    insert(tx, room, members, authorship, new)
}

/// Who posts, on whose behalf, and whether it is a question.
pub struct Authorship {
    /// Who posts.
    pub from: Person,
    /// For whom, where it is not for oneself.
    pub onbehalfof: Option<Uid>,
    /// What it is to the questions of the room.
    pub process: Option<Process>,
}

/// The message that `new` becomes in a room as its newest one.
pub fn make(room: &Room, authorship: Authorship, new: &NewDialog, now: Time) -> Dialog {
    let Authorship { from, onbehalfof, process } = authorship;
    Dialog {
        dialogid: DialogId::new(),
        roomid: room.roomid.clone(),
        roomseq: room.seq,
        from,
        onbehalfof,
        kind: new.kind,
        body: new.body.clone(),
        clientid: new.clientid.as_ref().map(|id| id.as_str().to_owned()),
        quote: new.quote,
        createtime: now,
        recalled: false,
        dutyinfo: process.map(|process| DutyInfo { dutyuid: None, process }),
    }
}

fn insert(
    tx: &mut Tx<'_>,
    room: Room,
    members: Vec<Member>,
    authorship: Authorship,
    new: &NewDialog,
) -> Result<Posted> {
    let dialog = make(&room, authorship, new, tx.now);
    if let Some(fileid) = files::find_named(tx, &dialog.from.uid, dialog.kind, &dialog.body)? {
        files::attach(tx, &fileid, &dialog)?;
    }
    dialog::insert(tx, &[&dialog])?;
    questions::announce_posted(tx, &dialog);
    Ok(Posted { dialog, room, members, at: tx.now })
}

/// Replaces the body of a message in a locked room.
pub fn rewrite(tx: &mut Tx<'_>, room: Room, roomseq: i64, body: &impl Serialize) -> Result<Posted> {
    let body = serde_json::to_string(body).map_err(Error::inside)?;
    dialog::set_body(tx, &room.roomid, roomseq, &body)?;
    let dialog = dialog::find_in_room(tx, &room.roomid, roomseq)?.ok_or(Error::NotFound("message"))?;
    let members = member::list(tx, &room.roomid)?;
    Ok(Posted { dialog, room, members, at: tx.now })
}
