//! Uploaded files: whose they are, in which messages they were sent, and who may read them.
//!
//! The bytes are not here but in a folder, see `files`. A file's row comes after its bytes and goes
//! before them.

use crate::db::connection::AnyConnection;
use crate::db::schema::{file, file_sent, room_member, social_dialog};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{DialogKind, FileId, Time, Uid};
use crate::protocol::shape::Dialog;
use diesel::prelude::*;
use serde_json::Value;

/// An uploaded file.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = file)]
pub struct File {
    /// The file.
    pub fileid: FileId,
    /// Who uploaded it.
    pub uid: Uid,
    /// What a message that names it is, as a rule.
    pub kind: DialogKind,
    /// Its media type, as its bytes have it.
    pub mime: String,
    /// What its owner called it.
    pub name: Option<String>,
    /// How many bytes it has.
    pub size: i64,
    /// When it was uploaded.
    pub createtime: Time,
}

impl File {
    /// Whether a message of this kind may name it. What a microphone records may lie in a container
    /// that might hold a film as well, and anything may be sent as a file.
    fn fits(&self, kind: DialogKind) -> bool {
        let container = matches!(self.mime.as_str(), "video/mp4" | "video/webm");
        match kind {
            DialogKind::Image => self.kind == DialogKind::Image,
            DialogKind::Voice => self.kind == DialogKind::Voice || container,
            DialogKind::File => true,
            DialogKind::Text | DialogKind::System | DialogKind::VideoCall => false,
        }
    }
}

/// The file that a message's body names: the id itself, or an object with a `fileid`.
pub fn named_in(body: &Value) -> Result<FileId> {
    let id = body.as_str().or_else(|| body["fileid"].as_str()).map(str::to_owned);
    let id = id.and_then(|id| FileId::try_from(id).ok());
    id.ok_or_else(|| Error::param("body", "must be a fileid, or an object that holds it"))
}

/// Keeps that a file was uploaded.
pub fn insert(tx: &mut Tx<'_>, new: &File) -> Result<()> {
    diesel::insert_into(file::table).values(new).execute(&mut **tx)?;
    Ok(())
}

/// How many files of somebody no message has named yet.
pub fn count_unsent(connection: &mut AnyConnection, uid: &Uid) -> Result<i64> {
    let unsent = file::table.filter(file::uid.eq(uid).and(file::sent.eq(false)));
    Ok(unsent.count().get_result(connection)?)
}

/// Keeps that a message names a file; `FA_PARAM` where it is not one of the author's, of that kind.
/// A message that names none is left as it is.
pub(super) fn send(tx: &mut Tx<'_>, dialog: &Dialog) -> Result<()> {
    match dialog.kind {
        DialogKind::Image | DialogKind::Voice | DialogKind::File => {}
        DialogKind::Text | DialogKind::System | DialogKind::VideoCall => return Ok(()),
    }
    let fileid = named_in(&dialog.body)?;
    let own = file::table.find(&fileid).filter(file::uid.eq(&dialog.from.uid));
    // The update is the lock: who sweeps up what nobody has sent comes before it or after it.
    let there = diesel::update(own).set(file::sent.eq(true)).execute(&mut **tx)? > 0;
    let found = file::table.find(&fileid).select(File::as_select()).first(&mut **tx).optional()?;
    if !found.is_some_and(|file| there && file.fits(dialog.kind)) {
        return Err(Error::param("body", "must name a file of this kind that you have uploaded"));
    }
    diesel::insert_into(file_sent::table)
        .values((
            file_sent::fileid.eq(&fileid),
            file_sent::roomid.eq(&dialog.roomid),
            file_sent::roomseq.eq(dialog.roomseq),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The file, if it is that of one of these people or was sent in a message that one of them may read.
pub fn find_for(connection: &mut AnyConnection, uids: &[Uid], fileid: &FileId) -> Result<Option<File>> {
    let found = file::table.find(fileid).select(File::as_select()).first(connection).optional()?;
    let Some(found) = found else { return Ok(None) };
    let may = uids.contains(&found.uid) || was_sent_to(connection, uids, fileid)?;
    Ok(may.then_some(found))
}

fn was_sent_to(connection: &mut AnyConnection, uids: &[Uid], fileid: &FileId) -> Result<bool> {
    let of_message =
        social_dialog::roomid.eq(file_sent::roomid).and(social_dialog::roomseq.eq(file_sent::roomseq));
    let until = room_member::left_seq.is_null().or(room_member::left_seq.ge(file_sent::roomseq.nullable()));
    let sent = file_sent::table
        .inner_join(room_member::table.on(room_member::roomid.eq(file_sent::roomid)))
        .inner_join(social_dialog::table.on(of_message))
        .filter(file_sent::fileid.eq(fileid).and(room_member::uid.eq_any(uids)))
        .filter(file_sent::roomseq.gt(room_member::joined_seq).and(until))
        .filter(social_dialog::recalled.eq(false));
    Ok(sent.select(file_sent::roomseq).first::<i64>(connection).optional()?.is_some())
}

/// Files from before `before` that no message has named.
pub fn list_orphans(connection: &mut AnyConnection, before: Time, limit: i64) -> Result<Vec<FileId>> {
    let orphans = file::table.filter(file::sent.eq(false).and(file::createtime.lt(before)));
    Ok(orphans.select(file::fileid).limit(limit).load(connection)?)
}

/// Forgets a file that no message has named; false where one has meanwhile.
pub fn delete_orphan(tx: &mut Tx<'_>, fileid: &FileId) -> Result<bool> {
    let orphan = file::table.find(fileid).filter(file::sent.eq(false));
    Ok(diesel::delete(orphan).execute(&mut **tx)? > 0)
}

/// Those of these files that there are.
pub fn list_known(connection: &mut AnyConnection, files: &[FileId]) -> Result<Vec<FileId>> {
    let known = file::table.filter(file::fileid.eq_any(files));
    Ok(known.select(file::fileid).load(connection)?)
}
