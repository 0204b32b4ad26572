//! Teams as administrators list them, closed ones included.

use super::name_query::NameQuery;
use crate::db::connection::AnyConnection;
use crate::db::schema::team;
use crate::error::Result;
use crate::model::{CommunityId, Stid, Time, Uid};
use diesel::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

/// A team, as the back office sees it.
#[derive(Debug, Clone, Serialize, JsonSchema, Queryable, Selectable)]
#[diesel(table_name = team)]
pub struct ListedTeam {
    /// The team.
    pub stid: Stid,
    /// What it is called.
    #[schemars(example = &"签约团队一")]
    pub name: String,
    /// Where it works.
    pub communityid: CommunityId,
    /// The doctor who leads it.
    pub leader: Uid,
    /// Whether it is closed.
    pub disabled: bool,
    /// When it was made.
    pub createtime: Time,
}

/// Lists the teams, newest first.
pub fn list(connection: &mut AnyConnection, query: &NameQuery<Stid>) -> Result<Vec<ListedTeam>> {
    let rows = team::table.filter(team::name.like(query.pattern()).escape('\\'));
    let mut rows = rows.select(ListedTeam::as_select()).into_boxed();
    if let Some(before) = &query.before {
        rows = rows.filter(team::stid.lt(before.clone()));
    }
    Ok(rows.order(team::stid.desc()).limit(query.limit).load(connection)?)
}
