//! Searching in messages: those that somebody may see and that hold some words.
//!
//! One room, and all rooms of who may read little, are looked through (`look`). Others are searched by the index
//! of words, and what is not indexed yet is looked through (`candidates`). `index` fills it, `missed` finds
//! what it has passed by, `terms` says what is
//! indexed of a text, `readers` how who may read it is, `fold` how texts are compared. Whatever the index finds is compared itself.

mod candidates;
pub mod fold;
pub mod index;
mod look;
pub mod missed;
pub mod query;
mod readers;
mod terms;

use super::dialog;
use crate::db::connection::AnyConnection;
use crate::error::Result;
use crate::model::DialogId;
use crate::protocol::objects::{Dialog, FoundDialog};
use query::Search;

/// A page of findings, newest first. It may have fewer than were asked for, and yet be followed by another.
#[derive(Debug)]
pub struct Page {
    /// What was found.
    pub items: Vec<FoundDialog>,
    /// The message after which the next page begins; `None` at the end.
    pub next: Option<DialogId>,
}

/// The messages that hold the words, newest first, without withdrawn ones.
pub fn list(
    connection: &mut AnyConnection,
    search: &Search,
    before: Option<&DialogId>,
    limit: usize,
) -> Result<Page> {
    let findings = match &search.roomid {
        Some(roomid) => look::through_room(connection, search, roomid, before, limit)?,
        None => match look::find_little(connection, &search.uid)? {
            Some(rooms) => look::through_rooms(connection, search, &rooms, before, limit)?,
            None => candidates::walk(connection, search, before, limit)?,
        },
    };
    let mut items = dialog::list_by_id(connection, &findings.found)?;
    // What was withdrawn since it was looked at is not told any more.
    items.retain(|dialog| !dialog.recalled);
    let place = |dialogid: &DialogId| findings.found.iter().position(|found| found == dialogid);
    items.sort_by_key(|dialog| place(&dialog.dialogid));
    Ok(Page { items: items.into_iter().map(|dialog| search.mark(dialog)).collect(), next: findings.next })
}

impl Search {
    /// The message with the places of the words in it.
    fn mark(&self, dialog: Dialog) -> FoundDialog {
        let r#match = self.words.find_in(dialog.body.as_str().unwrap_or_default());
        FoundDialog { dialog, r#match }
    }
}
