//! Communities: where accounts and teams belong.

use super::name_query::NameQuery;
use crate::db::connection::AnyConnection;
use crate::db::schema::community;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{Access, CommunityId, Name, Time};
use diesel::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

/// A community, as the back office sees it.
#[derive(Debug, Clone, Serialize, JsonSchema, Queryable)]
#[schemars(rename = "Community")]
pub struct ListedCommunity {
    /// The community.
    pub communityid: CommunityId,
    /// What it is called.
    #[schemars(example = &"幸福社区")]
    pub name: String,
    /// Whether it is closed.
    pub disabled: bool,
    /// When it was made.
    pub createtime: Time,
}

/// Inserts a community.
pub fn insert(tx: &mut Tx<'_>, name: &Name) -> Result<CommunityId> {
    let (communityid, now) = (CommunityId::new(), tx.now);
    diesel::insert_into(community::table)
        .values((
            community::communityid.eq(&communityid),
            community::name.eq(name.as_str()),
            community::createtime.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(communityid)
}

/// Finds a community, closed or not.
pub fn find(connection: &mut AnyConnection, id: &CommunityId) -> Result<Option<ListedCommunity>> {
    Ok(community::table.find(id).first(connection).optional()?)
}

/// Lists the communities, closed ones included, newest first.
pub fn list(connection: &mut AnyConnection, query: &NameQuery<CommunityId>) -> Result<Vec<ListedCommunity>> {
    let named = community::name.like(query.pattern()).escape('\\');
    let mut rows = community::table.filter(named).into_boxed();
    if let Some(before) = &query.before {
        rows = rows.filter(community::communityid.lt(before.clone()));
    }
    Ok(rows.order(community::communityid.desc()).limit(query.limit).load(connection)?)
}

/// Lists the communities that are open, with their names.
pub fn list_open(connection: &mut AnyConnection) -> Result<Vec<(CommunityId, String)>> {
    let open = community::table.filter(community::disabled.eq(false));
    Ok(open.select((community::communityid, community::name)).load(connection)?)
}

/// Renames a community; returns whether there is one.
pub fn set_name(tx: &mut Tx<'_>, id: &CommunityId, name: &Name) -> Result<bool> {
    let renamed = diesel::update(community::table.find(id)).set(community::name.eq(name.as_str()));
    Ok(renamed.execute(&mut **tx)? > 0)
}

/// Opens a community, or closes it; returns whether there is one.
pub fn set_access(tx: &mut Tx<'_>, id: &CommunityId, access: Access) -> Result<bool> {
    let closed = diesel::update(community::table.find(id)).set(community::disabled.eq(access.is_closed()));
    Ok(closed.execute(&mut **tx)? > 0)
}
