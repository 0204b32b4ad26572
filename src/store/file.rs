//! Uploaded files: whose they are, and in which messages they were sent.
//!
//! Their bytes are in a folder, see `db::files`. A file's row is inserted when its upload begins, is `ready`
//! when its bytes are there, and is deleted before them.

use crate::db::connection::AnyConnection;
use crate::db::schema::{file, file_sent, room_member, social_dialog};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DialogKind, FileId, RoomId, Time, Uid};
use diesel::dsl::{not, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

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
    /// When its upload began.
    pub createtime: Time,
}

/// What an upload turned out to be.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = file, treat_none_as_null = true)]
pub struct Uploaded {
    /// What a message that names it is, as a rule.
    pub kind: DialogKind,
    /// Its media type, as its bytes have it.
    pub mime: String,
    /// What its owner called it.
    pub name: Option<String>,
    /// How many bytes it has.
    pub size: i64,
}

/// Inserts a file whose upload begins, with as many bytes as it may have.
pub fn insert(tx: &mut Tx<'_>, fileid: &FileId, uid: &Uid, size: i64) -> Result<()> {
    let new = File {
        fileid: fileid.clone(),
        uid: uid.clone(),
        kind: DialogKind::File,
        mime: String::new(),
        name: None,
        size,
        createtime: tx.now,
    };
    diesel::insert_into(file::table).values((new, file::ready.eq(false))).execute(&mut **tx)?;
    Ok(())
}

/// Sets what an upload turned out to be, by which it becomes a file; false where it was swept up.
pub fn set_ready(tx: &mut Tx<'_>, fileid: &FileId, uploaded: &Uploaded) -> Result<bool> {
    let set = diesel::update(file::table.find(fileid)).set((uploaded, file::ready.eq(true)));
    Ok(set.execute(&mut **tx)? > 0)
}

/// How many of somebody's files no message has named yet, those that are being uploaded among them.
pub fn count_unsent(connection: &mut AnyConnection, uid: &Uid) -> Result<i64> {
    let unsent = file::table.filter(file::uid.eq(uid).and(not(file::sent)));
    Ok(unsent.count().get_result(connection)?)
}

/// How many bytes somebody's files have, with those that are being uploaded.
pub fn sum_sizes(connection: &mut AnyConnection, uid: &Uid) -> Result<i64> {
    let sum = sql::<BigInt>("CAST(COALESCE(SUM(size), 0) AS BIGINT)");
    Ok(file::table.filter(file::uid.eq(uid)).select(sum).get_result(connection)?)
}

/// The file, if there is one.
pub fn find(connection: &mut AnyConnection, fileid: &FileId) -> Result<Option<File>> {
    let ready = file::table.find(fileid).filter(file::ready.eq(true));
    Ok(ready.select(File::as_select()).first(connection).optional()?)
}

/// Marks a file of `uid` as sent; false where there is none. The update is the lock between a message
/// that names the file and the clean-up of files that nobody has sent.
pub fn set_sent(tx: &mut Tx<'_>, fileid: &FileId, uid: &Uid) -> Result<bool> {
    let own = file::table.find(fileid).filter(file::uid.eq(uid).and(file::ready.eq(true)));
    Ok(diesel::update(own).set(file::sent.eq(true)).execute(&mut **tx)? > 0)
}

/// Records which message a file was sent in.
pub fn insert_sent(tx: &mut Tx<'_>, fileid: &FileId, roomid: &RoomId, roomseq: i64) -> Result<()> {
    diesel::insert_into(file_sent::table)
        .values((file_sent::fileid.eq(fileid), file_sent::roomid.eq(roomid), file_sent::roomseq.eq(roomseq)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Whether a file was sent in a message that one of these people may read.
pub fn was_sent_to(connection: &mut AnyConnection, uids: &[Uid], fileid: &FileId) -> Result<bool> {
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
    let orphans = file::table.filter(not(file::sent).and(file::createtime.lt(before)));
    Ok(orphans.select(file::fileid).limit(limit).load(connection)?)
}

/// Uploads that began before `before` and have not ended.
pub fn list_unready(connection: &mut AnyConnection, before: Time, limit: i64) -> Result<Vec<FileId>> {
    let unready = file::table.filter(not(file::ready).and(file::createtime.lt(before)));
    Ok(unready.select(file::fileid).limit(limit).load(connection)?)
}

/// Deletes a file that no message has named; false where one has meanwhile.
pub fn delete_orphan(tx: &mut Tx<'_>, fileid: &FileId) -> Result<bool> {
    let orphan = file::table.find(fileid).filter(file::sent.eq(false));
    Ok(diesel::delete(orphan).execute(&mut **tx)? > 0)
}

/// What a store knows of uploads that are under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uploads {
    /// Their rows are there and are not ready.
    Marked,
    /// They have no rows: it is from before migration 0012.
    Absent,
}

/// Every file with its size in bytes, in the order of the ids, those after `after`.
pub fn list_ready(
    connection: &mut AnyConnection,
    uploads: Uploads,
    after: Option<&FileId>,
    limit: i64,
) -> Result<Vec<(FileId, i64)>> {
    let mut ready = file::table.into_boxed();
    if uploads == Uploads::Marked {
        ready = ready.filter(file::ready.eq(true));
    }
    if let Some(after) = after {
        ready = ready.filter(file::fileid.gt(after));
    }
    Ok(ready.select((file::fileid, file::size)).order(file::fileid).limit(limit).load(connection)?)
}

/// Those of these files that exist.
pub fn list_known(connection: &mut AnyConnection, files: &[FileId]) -> Result<Vec<FileId>> {
    let known = file::table.filter(file::fileid.eq_any(files));
    Ok(known.select(file::fileid).load(connection)?)
}
