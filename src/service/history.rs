//! What was written: reading it as far as one may see it, searching it, and recalling a message.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{DialogId, DialogKind, RoomId, Uid};
use crate::protocol::objects::{Dialog, DialogWithStates};
use crate::protocol::pushes::{Push, Recall};
use crate::service::questions;
use crate::service::receipts::RoomDelivery;
use crate::service::rooms::members;
use crate::store::dialog::{self, Range};
use crate::store::room::{self, Room};
use crate::store::search::{self, query::Search};
use crate::store::{member, push_log};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long after it was written a message may be recalled.
const RECALL_PERIOD: Duration = Duration::from_secs(120);

/// A message does not exist for those who may not see it.
const NO_MESSAGE: Error = Error::NotFound("message");

/// The messages of a room in `range` that somebody may see, newest first; their own with how far
/// they have come, while they are in the room.
pub fn list(
    connection: &mut AnyConnection,
    uid: &Uid,
    roomid: &RoomId,
    range: Range,
    limit: i64,
) -> Result<Vec<DialogWithStates>> {
    let member = members::require_ever(connection, roomid, uid)?;
    let newest = member.left_seq.map_or(i64::MAX, |left| left + 1);
    let range = Range { after: range.after.max(member.joined_seq), before: range.before.min(newest) };
    let dialogs = dialog::list(connection, roomid, range, limit)?;
    match member.left_seq {
        None => with_states(connection, uid, roomid, dialogs),
        // What becomes of it among those who stayed is not told to who has left.
        Some(_) => Ok(dialogs.into_iter().map(|dialog| DialogWithStates { dialog, states: None }).collect()),
    }
}

fn with_states(
    connection: &mut AnyConnection,
    uid: &Uid,
    roomid: &RoomId,
    dialogs: Vec<Dialog>,
) -> Result<Vec<DialogWithStates>> {
    let own = |dialog: &Dialog| dialog.from.uid == *uid;
    let standings = match dialogs.iter().any(own) {
        true => Some(RoomDelivery::read(connection, roomid)?),
        false => None,
    };
    let written = |dialog: Dialog| {
        let standings = standings.as_ref().filter(|_| own(&dialog));
        let states = standings.map(|standings| standings.of(uid, dialog.roomseq));
        DialogWithStates { dialog, states }
    };
    Ok(dialogs.into_iter().map(written).collect())
}

/// The messages that hold the words, newest first, in one room that somebody was ever in, or in all.
pub fn search(
    connection: &mut AnyConnection,
    search: &Search,
    before: Option<&DialogId>,
    limit: usize,
) -> Result<search::Page> {
    if let Some(roomid) = &search.roomid {
        members::require_ever(connection, roomid, &search.uid)?;
    }
    search::list(connection, search, before, limit)
}

/// Recalls a message of the caller's own within two minutes. Its body stays in the store, but is
/// shown to nobody any more; those who see the message are told.
pub fn recall(tx: &mut Tx<'_>, caller: &Uid, dialogid: &DialogId) -> Result<()> {
    let (room, dialog) = lock_room(tx, dialogid)?;
    require_own(tx, &dialog, caller)?;
    if dialog.recalled {
        return Ok(());
    }
    if dialog.createtime + RECALL_PERIOD < tx.now {
        return Err(Error::State("a message can be withdrawn within two minutes only"));
    }
    withdraw(tx, &room, dialog)
}

/// The message as it is once its room is locked.
fn lock_room(tx: &mut Tx<'_>, dialogid: &DialogId) -> Result<(Room, Dialog)> {
    let roomid = dialog::find(tx, dialogid)?.ok_or(NO_MESSAGE)?.roomid;
    let room = room::lock(tx, &roomid)?.ok_or(NO_MESSAGE)?;
    Ok((room, dialog::find(tx, dialogid)?.ok_or(NO_MESSAGE)?))
}

/// Refuses those who did not write the message; for those who do not see it, or have left, it does
/// not exist.
fn require_own(tx: &mut Tx<'_>, dialog: &Dialog, caller: &Uid) -> Result<()> {
    let member = member::find(tx, &dialog.roomid, caller)?;
    let sees = member.as_ref().is_some_and(|member| member.sees(dialog.roomseq));
    let has_left = member.is_some_and(|member| member.left_seq.is_some());
    match (dialog.from.uid == *caller, dialog.kind) {
        (true, _) if has_left => Err(NO_MESSAGE),
        (true, DialogKind::Text | DialogKind::Image | DialogKind::Voice | DialogKind::File) => Ok(()),
        (true, DialogKind::System | DialogKind::VideoCall) => {
            Err(Error::Permission("a notice cannot be withdrawn"))
        }
        (false, _) if sees => Err(Error::Permission("only who wrote a message may withdraw it")),
        (false, _) => Err(NO_MESSAGE),
    }
}

/// Marks the message, takes its body out of the pushes that are replayed, lets what it answered wait
/// again, and tells those who see it and those who were reminded of it.
fn withdraw(tx: &mut Tx<'_>, room: &Room, dialog: Dialog) -> Result<()> {
    dialog::set_recalled(tx, &dialog.dialogid)?;
    let dialog = Dialog { recalled: true, body: Value::Null, ..dialog };
    let line = serde_json::to_string(&dialog.item_content(room.kind)).map_err(Error::inside)?;
    push_log::set_shared(tx, &dialog.dialogid, &line)?;
    questions::announce_withdrawn(tx, &dialog);
    questions::reopen(tx, room, dialog.roomseq)?;
    let members = member::list(tx, &dialog.roomid)?;
    let seeing = members.into_iter().filter(|member| member.sees(dialog.roomseq));
    let mut told: BTreeSet<Uid> = seeing.map(|member| member.person.uid).collect();
    // A leader may have been reminded of a question in a room of others.
    told.extend(push_log::list_reminded(tx, &dialog.dialogid)?);
    let Dialog { roomid, dialogid, roomseq, from, .. } = dialog;
    let recall = Recall { roomid, dialogid, roomseq, by: from.uid };
    tx.push(Push::Recall(told.into_iter().collect(), recall));
    Ok(())
}
