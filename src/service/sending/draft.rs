//! Letting messages in: each gets its number in its room, and what it answers waits no longer.

use super::places::{Place, Places};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{FileId, Part, Process, TokenHash};
use crate::service::chat::SendRequest;
use crate::service::{files, questions, quotes, sessions};
use crate::store::question::{self, Answer};
use crate::store::room::Address;
use std::collections::HashSet;

/// A message that is let in.
pub(super) struct Draft<'a> {
    /// Its place in the list.
    pub index: usize,
    /// What is sent.
    pub send: &'a SendRequest,
    /// Its room, and which member of it sends.
    pub place: usize,
    pub author: usize,
    /// Its number in the room.
    pub roomseq: i64,
    /// What it is to the questions of the room.
    pub part: Part,
    /// What it names.
    pub file: Option<FileId>,
}

/// Lets a message in and gives it its number; `None` where it has to be sent by itself.
pub(super) fn admit<'a>(
    tx: &mut Tx<'_>,
    places: &mut Places,
    valid: &HashSet<TokenHash>,
    index: usize,
    send: &'a SendRequest,
    address: &Address,
) -> Result<Option<Draft<'a>>> {
    let SendRequest { caller, new, .. } = send;
    if !valid.contains(&caller.token) {
        return Err(sessions::VOID);
    }
    let Some((place, author)) = places.find(address, &caller.uid) else { return Ok(None) };
    send.require_kind(&places.get(place).room)?;
    let file = files::find_named(tx, &caller.uid, new.kind, &new.body)?;
    let at = places.get_mut(place);
    let member = &at.members[author];
    quotes::require_shown(tx, &at.room.roomid, new.quote, |roomseq| member.sees(roomseq))?;
    let part = Part::of(at.room.kind, member.person.role, new.kind);
    // What it answers may be among the others.
    if part.settles() && at.drafts > 0 {
        return Ok(None);
    }
    at.drafts += 1;
    Ok(Some(Draft { index, send, place, author, roomseq: at.room.seq + at.drafts, part, file }))
}

/// What the messages answer waits no longer; returns for each of them how many questions that were.
pub(super) fn settle(tx: &mut Tx<'_>, places: &mut Places, drafts: &[Draft<'_>]) -> Result<Vec<usize>> {
    let answering: Vec<_> = (0..drafts.len()).filter(|draft| drafts[*draft].part.settles()).collect();
    let answer = |draft: &usize| {
        let Draft { place, author, roomseq, .. } = drafts[*draft];
        let (room, member) = (&places.get(place).room, &places.get(place).members[author]);
        Answer { roomid: &room.roomid, after: member.answered_seq, uid: &member.person.uid, roomseq }
    };
    let answered = question::settle(tx, &answering.iter().map(answer).collect::<Vec<_>>())?;
    let mut settled = vec![0; drafts.len()];
    for draft in answering {
        let Draft { place, author, roomseq, .. } = drafts[draft];
        let Place { room, members, .. } = places.get_mut(place);
        members[author].answered_seq = roomseq;
        settled[draft] = answered.iter().filter(|asked| asked.roomid == room.roomid).count();
    }
    questions::announce_answered(tx, answered, Process::ByDoctor);
    Ok(settled)
}
