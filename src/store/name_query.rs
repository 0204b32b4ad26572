//! What administrators search lists of accounts, communities and teams by.

use crate::model::Name;

/// A page of a list: the entries whose name contains some words, starting after a cursor.
#[derive(Debug, Clone)]
pub struct NameQuery<Id> {
    /// The words; every entry matches if there are none.
    pub name: Option<Name>,
    /// The last entry of the previous page.
    pub before: Option<Id>,
    /// The largest number of entries.
    pub limit: i64,
}

impl<Id> NameQuery<Id> {
    /// The pattern for `LIKE … ESCAPE '\\'`; wildcards in the words stand for themselves.
    pub(super) fn pattern(&self) -> String {
        pattern(self.name.as_ref())
    }
}

/// The pattern of what contains these words, or of anything, for `LIKE … ESCAPE '\\'`.
pub(super) fn pattern(words: Option<&Name>) -> String {
    let words = words.map_or("", Name::as_str);
    format!("%{}%", words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}
