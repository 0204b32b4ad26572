//! Accounts as administrators list them, closed ones included.

use super::name_query::NameQuery;
use crate::db::connection::AnyConnection;
use crate::db::schema::account;
use crate::error::{Error, Result};
use crate::model::{CommunityId, Role, Time, Uid};
use diesel::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

/// An account, as the back office sees it.
#[derive(Debug, Clone, Serialize, JsonSchema, Queryable, Selectable)]
#[diesel(table_name = account)]
#[schemars(rename = "Account")]
pub struct ListedAccount {
    /// Who.
    pub uid: Uid,
    /// What it is logged in by: a login name, or a resident's phone.
    #[diesel(column_name = login)]
    #[schemars(example = &"doctor1")]
    pub account: String,
    /// What they are called.
    #[schemars(example = &"王芳")]
    pub name: String,
    /// Where they belong.
    pub communityid: Option<CommunityId>,
    /// A doctor's title.
    #[schemars(example = &"主任医师")]
    pub title: Option<String>,
    /// Whether the account is closed.
    pub disabled: bool,
    /// When it was made.
    pub createtime: Time,
}

/// Lists the accounts of a role, newest first.
pub fn list(
    connection: &mut AnyConnection,
    role: Role,
    query: &NameQuery<Uid>,
) -> Result<Vec<ListedAccount>> {
    let named = account::name.like(query.pattern()).escape('\\');
    let mut rows = account::table
        .filter(account::role.eq(role).and(named))
        .select(ListedAccount::as_select())
        .into_boxed();
    if let Some(before) = &query.before {
        rows = rows.filter(account::uid.lt(before.clone()));
    }
    Ok(rows.order(account::uid.desc()).limit(query.limit).load(connection)?)
}

/// Finds an account; fails with `FA_NOTFOUND` if there is none.
pub fn find(connection: &mut AnyConnection, uid: &Uid) -> Result<ListedAccount> {
    let row = account::table.find(uid).select(ListedAccount::as_select()).first(connection);
    row.optional()?.ok_or(Error::NotFound("account"))
}
