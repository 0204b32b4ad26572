//! Uploaded files: how many may wait, which of them a message may name, and who may read them.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{DialogKind, FileId, Malformed, Uid};
use crate::protocol::body;
use crate::protocol::objects::Dialog;
use crate::store::file::{self, File, Uploaded};
use crate::store::mailbox;
use serde_json::Value;
use std::borrow::Cow;

/// How many files somebody may have uploaded that no message names yet.
const MOST_UNSENT: i64 = 100;

/// Begins an upload of at most `size` bytes. `FA_LIMIT` where somebody has too many files that they have
/// not sent, or where all their files, this one too, would have more than `quota` bytes.
pub fn begin(tx: &mut Tx<'_>, fileid: &FileId, uid: &Uid, size: i64, quota: i64) -> Result<()> {
    // The mailbox is the lock of what is one person's own: several uploads at once are counted one by one.
    mailbox::lock(tx, std::iter::once(uid))?;
    let unsent = file::count_unsent(tx, uid)?;
    if unsent >= MOST_UNSENT || file::sum_sizes(tx, uid)? + size > quota {
        return Err(Error::Limit { retry_after: 3600 });
    }
    file::insert(tx, fileid, uid, size)
}

/// Ends an upload whose bytes are on the disk.
pub fn finish(tx: &mut Tx<'_>, fileid: &FileId, uploaded: &Uploaded) -> Result<()> {
    match file::set_ready(tx, fileid, uploaded)? {
        true => Ok(()),
        false => Err(Error::NotFound("file")),
    }
}

/// The file that a message names; `FA_PARAM` where that is not a file of its author and of its kind. A text
/// names none.
pub fn find_named(
    connection: &mut AnyConnection,
    author: &Uid,
    kind: DialogKind,
    body: &Value,
) -> Result<Option<FileId>> {
    match kind {
        DialogKind::Image | DialogKind::Voice | DialogKind::File => {}
        DialogKind::Text | DialogKind::System | DialogKind::VideoCall => return Ok(None),
    }
    let fileid = body::find_fileid(body).ok_or_else(|| Error::param("body", "names no file"))?;
    let found = file::find(connection, &fileid)?.filter(|file| file.uid == *author && fits(file, kind));
    found.map(|_| Some(fileid)).ok_or(NOT_YOURS)
}

const NOT_YOURS: Error = Error::Param {
    field: Cow::Borrowed("body"),
    why: Malformed::invalid("must name a file of this kind that you have uploaded"),
};

/// Records that a message names a file, which its author keeps from now on.
pub fn attach(tx: &mut Tx<'_>, fileid: &FileId, dialog: &Dialog) -> Result<()> {
    match file::set_sent(tx, fileid, &dialog.from.uid)? {
        true => file::insert_sent(tx, fileid, &dialog.roomid, dialog.roomseq),
        false => Err(NOT_YOURS),
    }
}

/// Whether a message of this kind may name the file. What a microphone records may lie in a container
/// that might hold a film as well, and anything may be sent as a file.
fn fits(file: &File, kind: DialogKind) -> bool {
    let container = ["video/mp4", "video/webm", "video/3gpp", "video/x-m4v"].contains(&file.mime.as_str());
    match kind {
        DialogKind::Image => file.kind == DialogKind::Image,
        DialogKind::Voice => file.kind == DialogKind::Voice || container,
        DialogKind::File => true,
        DialogKind::Text | DialogKind::System | DialogKind::VideoCall => false,
    }
}

/// The file, if one of these people uploaded it or may read a message that names it; `FA_NOTFOUND`
/// otherwise.
pub fn find_readable(connection: &mut AnyConnection, uids: &[Uid], fileid: &FileId) -> Result<File> {
    const NONE: Error = Error::NotFound("file");
    let file = file::find(connection, fileid)?.ok_or(NONE)?;
    match uids.contains(&file.uid) || file::was_sent_to(connection, uids, fileid)? {
        true => Ok(file),
        false => Err(NONE),
    }
}
