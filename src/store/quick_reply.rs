//! Quick replies: words that are kept to be written again, of one person or of a team, in their order.

use crate::db::connection::AnyConnection;
use crate::db::schema::quick_reply;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{Phrase, ReplyId, Stid, Uid};
use diesel::dsl::max;
use diesel::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

/// Whose quick replies they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// One person's own.
    Person(Uid),
    /// Those of all doctors of a team.
    Team(Stid),
}

impl Owner {
    /// The columns that name it, of which one is null.
    fn columns(&self) -> (Option<&Uid>, Option<&Stid>) {
        match self {
            Self::Person(uid) => (Some(uid), None),
            Self::Team(stid) => (None, Some(stid)),
        }
    }
}

/// Words that are kept to be written again.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema, Queryable)]
pub struct QuickReply {
    /// The quick reply.
    pub replyid: ReplyId,
    /// The team whose it is; one's own have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stid: Option<Stid>,
    /// The words.
    #[schemars(example = &"请先量体温，再告诉我结果。")]
    pub content: String,
}

/// All quick replies of an owner, in their order.
pub fn list(connection: &mut AnyConnection, owner: &Owner) -> Result<Vec<QuickReply>> {
    let mut rows = quick_reply::table.into_boxed();
    rows = match owner {
        Owner::Person(uid) => rows.filter(quick_reply::uid.eq(uid)),
        Owner::Team(stid) => rows.filter(quick_reply::stid.eq(stid)),
    };
    let columns = (quick_reply::replyid, quick_reply::stid, quick_reply::content);
    Ok(rows.order((quick_reply::place, quick_reply::replyid)).select(columns).load(connection)?)
}

/// Whose a quick reply is, if there is one.
pub fn find_owner(connection: &mut AnyConnection, replyid: &ReplyId) -> Result<Option<Owner>> {
    let row = quick_reply::table.find(replyid).select((quick_reply::uid, quick_reply::stid));
    let owner: Option<(Option<Uid>, Option<Stid>)> = row.first(connection).optional()?;
    Ok(owner.and_then(|(uid, stid)| uid.map(Owner::Person).or(stid.map(Owner::Team))))
}

/// Adds one behind the others of its owner, who is locked.
pub fn insert(tx: &mut Tx<'_>, owner: &Owner, content: &Phrase) -> Result<ReplyId> {
    let (replyid, (uid, stid)) = (ReplyId::new(), owner.columns());
    let last = quick_reply::table.select(max(quick_reply::place)).into_boxed();
    let last: Option<i32> = match owner {
        Owner::Person(uid) => last.filter(quick_reply::uid.eq(uid)),
        Owner::Team(stid) => last.filter(quick_reply::stid.eq(stid)),
    }
    .first(&mut **tx)?;
    diesel::insert_into(quick_reply::table)
        .values((
            quick_reply::replyid.eq(&replyid),
            quick_reply::uid.eq(uid),
            quick_reply::stid.eq(stid),
            quick_reply::place.eq(last.unwrap_or(0) + 1),
            quick_reply::content.eq(content.as_str()),
        ))
        .execute(&mut **tx)?;
    Ok(replyid)
}

/// Replaces the words of one.
pub fn set_content(tx: &mut Tx<'_>, replyid: &ReplyId, content: &Phrase) -> Result<()> {
    let set = quick_reply::content.eq(content.as_str());
    diesel::update(quick_reply::table.find(replyid)).set(set).execute(&mut **tx)?;
    Ok(())
}

/// Puts all of an owner into this order.
pub fn set_order(tx: &mut Tx<'_>, replyids: &[ReplyId]) -> Result<()> {
    for (replyid, place) in replyids.iter().zip(1..) {
        let row = quick_reply::table.find(replyid);
        diesel::update(row).set(quick_reply::place.eq(place)).execute(&mut **tx)?;
    }
    Ok(())
}

/// Deletes one.
pub fn delete(tx: &mut Tx<'_>, replyid: &ReplyId) -> Result<()> {
    diesel::delete(quick_reply::table.find(replyid)).execute(&mut **tx)?;
    Ok(())
}
