//! Searching in messages: those that somebody may see and that hold some words.
//!
//! Most searches are for two Chinese characters, which the full-text indices of neither database find.
//! So all messages of the person's rooms are scanned; they lie together under their room's key, and how
//! many there are is bounded by what one person has been told. It is run with a time limit.

use super::dialog;
use crate::db::connection::AnyConnection;
use crate::db::paging::Cursor;
use crate::db::schema::{account, room_member, social_dialog};
use crate::db::time_limit::in_time;
use crate::error::Result;
use crate::model::{DialogId, DialogKind, RoomId, Uid};
use crate::protocol::objects::Dialog;
use diesel::prelude::*;
use diesel::sql_types::Text;

diesel::define_sql_function! {
    /// Small letters; whether others than A to Z have such depends on the database.
    fn lower(text: Text) -> Text;
}

/// How many candidates are read at a time.
const PAGE: i64 = 200;
/// Makes the character that follows stand for itself in a pattern.
const ESCAPE: char = '!';

/// What is searched for, and where.
#[derive(Debug, Clone)]
pub struct Search {
    /// Who searches; only what they may see is found.
    pub uid: Uid,
    /// The words; the case of A to Z does not matter.
    pub words: String,
    /// Only in this room.
    pub roomid: Option<RoomId>,
}

/// The messages that hold the words, newest first, without withdrawn ones.
pub fn list(
    connection: &mut AnyConnection,
    search: &Search,
    before: Option<Cursor<DialogId>>,
    limit: i64,
) -> Result<Vec<Dialog>> {
    let (mut found, mut before) = (Vec::new(), before);
    loop {
        let candidates = candidates(connection, search, before.as_ref())?;
        let further = candidates.len() as i64 == PAGE;
        before = candidates.last().map(|last| Cursor(last.createtime, last.dialogid.clone()));
        found.extend(candidates.into_iter().filter(|dialog| search.is_met_by(dialog)));
        if found.len() as i64 >= limit || !further {
            found.truncate(limit as usize);
            return Ok(found);
        }
    }
}

impl Search {
    /// Whether the text itself holds the words. The database compares its JSON, in which a line break is
    /// `\n` and would be found by an `n`.
    fn is_met_by(&self, dialog: &Dialog) -> bool {
        let text = dialog.body.as_str().unwrap_or_default().to_ascii_lowercase();
        text.contains(&self.words.to_ascii_lowercase())
    }

    /// The `LIKE` pattern of the JSON of texts that hold the words.
    fn pattern(&self) -> String {
        let quoted = serde_json::Value::from(self.words.as_str()).to_string();
        let mut pattern = String::from("%");
        for sign in quoted[1..quoted.len() - 1].chars() {
            if matches!(sign, '%' | '_' | ESCAPE) {
                pattern.push(ESCAPE);
            }
            pattern.push(sign);
        }
        pattern.push('%');
        pattern
    }
}

/// A page of messages that may hold the words.
fn candidates(
    connection: &mut AnyConnection,
    search: &Search,
    before: Option<&Cursor<DialogId>>,
) -> Result<Vec<Dialog>> {
    let seen = social_dialog::roomseq.gt(room_member::joined_seq).and(
        room_member::left_seq
            .is_null()
            .or(social_dialog::roomseq.le(room_member::left_seq.assume_not_null())),
    );
    let words = social_dialog::kind.eq(DialogKind::Text).or(social_dialog::kind.eq(DialogKind::System));
    let alike = lower(social_dialog::body).like(lower(search.pattern())).escape(ESCAPE);
    let mut rows = social_dialog::table
        .inner_join(account::table)
        .inner_join(room_member::table.on(room_member::roomid.eq(social_dialog::roomid)))
        .filter(room_member::uid.eq(search.uid.clone()).and(seen))
        .filter(social_dialog::recalled.eq(false).and(words).and(alike))
        .select(dialog::COLUMNS)
        .into_boxed();
    if let AnyConnection::Sqlite(_) = connection {
        rows = rows.filter(in_time(social_dialog::roomseq));
    }
    if let Some(roomid) = &search.roomid {
        rows = rows.filter(room_member::roomid.eq(roomid.clone()));
    }
    if let Some(Cursor(createtime, dialogid)) = before {
        let same_time =
            social_dialog::createtime.eq(*createtime).and(social_dialog::dialogid.lt(dialogid.clone()));
        rows = rows.filter(social_dialog::createtime.lt(*createtime).or(same_time));
    }
    let order = (social_dialog::createtime.desc(), social_dialog::dialogid.desc());
    let rows = rows.order(order).limit(PAGE).load::<dialog::Row>(connection)?;
    Ok(rows.into_iter().map(dialog::from_row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_a_pattern_stand_for_themselves() {
        let uid = Uid::new();
        let pattern =
            |words: &str| Search { uid: uid.clone(), words: words.to_owned(), roomid: None }.pattern();
        assert_eq!(pattern("头疼"), "%头疼%");
        assert_eq!(pattern("5%_!"), "%5!%!_!!%");
        assert_eq!(pattern("说\"好\"\n"), "%说\\\"好\\\"\\n%");
    }
}
