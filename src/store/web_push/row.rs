//! A row: what it tells of, how it is written, and how it is locked.

use crate::db::schema::web_push;
use crate::error::{Error, Result};
use crate::model::{AlertKind, RingEnd, Time, Uid};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// How many things a push tells of at most; of more, the newest.
pub const MOST_ITEMS: usize = 100;

/// One of the things that a push tells of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The number of the push that it was.
    pub seq: i64,
    /// The message's number in the room, if it is one.
    pub roomseq: Option<i64>,
    /// Who is told that they were notified of it.
    pub author: Option<Uid>,
    /// Who wrote, or what it is about.
    pub title: String,
    /// What kind of thing, or the text.
    pub text: String,
}

pub(super) fn to_json(items: &[Item]) -> Result<String> {
    serde_json::to_string(items).map_err(Error::inside)
}

pub(super) fn from_json(items: &str) -> Result<Vec<Item>> {
    serde_json::from_str(items).map_err(Error::inside)
}

/// A row; absent values are written as such, so that many rows make one statement.
#[derive(Insertable)]
#[diesel(table_name = web_push, treat_none_as_default_value = false)]
pub(super) struct New<'a> {
    pub(super) pushid: String,
    pub(super) token: &'a [u8],
    pub(super) uid: &'a Uid,
    pub(super) kind: AlertKind,
    pub(super) tag: &'a str,
    pub(super) place: Option<&'a str>,
    pub(super) items: String,
    pub(super) expires: Time,
    pub(super) due: Option<Time>,
    pub(super) tries: i32,
    pub(super) ended: Option<RingEnd>,
}

/// Locks rows, so that nobody sends or changes them meanwhile; returns some columns of each.
macro_rules! lock {
    ($tx:expr, $which:expr, $columns:expr) => {{
        let these = diesel::update(web_push::table.filter($which)).set(web_push::tries.eq(web_push::tries));
        these.returning($columns).get_results(&mut **$tx)?
    }};
}
pub(super) use lock;
