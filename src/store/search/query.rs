//! What is searched for and in which texts, and what each way of searching finds.

use super::fold::Folded;
use crate::db::schema::social_dialog;
use crate::model::{DialogId, DialogKind, RoomId, Uid};
use crate::protocol::body;

/// How many messages are looked at for one page; what has not been found by then is on the next.
pub(super) const MOST_LOOKED_AT: usize = 3000;

/// What is searched for, and where.
#[derive(Debug, Clone)]
pub struct Search {
    /// Who searches; only what they may see is found.
    pub uid: Uid,
    /// The words; case and width do not matter.
    pub words: Folded,
    /// Only in this room.
    pub roomid: Option<RoomId>,
}

/// The messages of a page, newest first.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Those that hold the words.
    pub found: Vec<DialogId>,
    /// The last one that was found or looked at; `None` at the end.
    pub next: Option<DialogId>,
}

impl Findings {
    /// The first `limit` of these; further ones are on the next page.
    pub fn of(mut found: Vec<DialogId>, limit: usize) -> Self {
        let further = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| further).cloned();
        Self { found, next }
    }
}

/// A message as it is looked at: its id, its kind, whether it was withdrawn, its body.
pub(super) type Kept = (DialogId, DialogKind, bool, String);

/// The columns of a `Kept`.
pub(super) const KEPT: (
    social_dialog::dialogid,
    social_dialog::kind,
    social_dialog::recalled,
    social_dialog::body,
) = (social_dialog::dialogid, social_dialog::kind, social_dialog::recalled, social_dialog::body);

impl Search {
    /// The message, if it holds the words.
    pub(super) fn find_in(&self, (dialogid, kind, recalled, body): Kept) -> Option<DialogId> {
        let text = text_of(kind, recalled, &body)?;
        self.words.is_in(&text).then_some(dialogid)
    }
}

/// The text of a message as it is kept; `None` where it has none that is searched, or was withdrawn.
pub(super) fn text_of(kind: DialogKind, recalled: bool, body: &str) -> Option<String> {
    if !is_searched(kind, recalled) {
        return None;
    }
    let body = body::read(kind, serde_json::from_str(body).unwrap_or_default());
    body.as_str().map(str::to_owned)
}

/// Whether a message has a text that is searched.
pub(super) fn is_searched(kind: DialogKind, recalled: bool) -> bool {
    match kind {
        DialogKind::Text | DialogKind::System => !recalled,
        DialogKind::Image | DialogKind::Voice | DialogKind::File | DialogKind::VideoCall => false,
    }
}
