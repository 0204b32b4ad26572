//! Reading pushes again: what a client asks for that has missed some.

use crate::db::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::model::{Uid, check_page_size};
use crate::protocol::frame::Frame;
use crate::store::{mailbox, push_log};

/// Lists at most `limit` pushes after `since`, oldest first, fewer if they are long, and returns whether
/// there are more. Fails
/// with `FA_PARAM` if they are not all held any more.
pub fn list_after(
    connection: &mut AnyConnection,
    uid: &Uid,
    since: i64,
    limit: i64,
) -> Result<(Vec<Frame>, bool)> {
    let limit = check_page_size(limit).map_err(|why| Error::param("limit", why))?;
    if !mailbox::find(connection, uid)?.holds_after(since) {
        return Err(Error::param("since", "is not held: read the lists anew and go on from the newest seq"));
    }
    push_log::list_after(connection, uid, since, limit as usize)
}

/// Lists at most `limit` pushes after `after`, oldest first, fewer if they are long, and returns the newest push
/// that is no longer held, where the one after `after` is not there.
pub fn read_on(
    connection: &mut AnyConnection,
    uid: &Uid,
    after: i64,
    limit: usize,
) -> Result<(Vec<Frame>, i64)> {
    let (frames, _) = push_log::list_after(connection, uid, after, limit)?;
    // Numbers are dense: if the next one is there, none is lacking.
    let pruned = match frames.first() {
        Some(first) if first.seq == after + 1 => after,
        Some(_) | None => mailbox::find(connection, uid)?.pruned,
    };
    Ok((frames, pruned))
}
