//! Accounts as administrators list them, closed ones included.

use super::name_query::NameQuery;
use crate::db::connection::AnyConnection;
use crate::db::schema::{account, social_signed, team_doctor};
use crate::error::{Error, Result};
use crate::model::{CommunityId, ContractStatus, PhoneEnd, Role, Stid, Time, Uid};
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

/// Which accounts of a role are listed.
#[derive(Debug, Clone)]
pub struct AccountQuery {
    /// By name, page by page.
    pub named: NameQuery<Uid>,
    /// Those whose phone ends so.
    pub phone: Option<PhoneEnd>,
    /// The doctors of a team, or the residents under contract in force with it.
    pub stid: Option<Stid>,
}

/// Lists the accounts of a role, newest first.
pub fn list(connection: &mut AnyConnection, role: Role, query: &AccountQuery) -> Result<Vec<ListedAccount>> {
    let AccountQuery { named, phone, stid } = query;
    let has_name = account::name.like(named.pattern()).escape('\\');
    let mut rows = account::table
        .filter(account::role.eq(role).and(has_name))
        .select(ListedAccount::as_select())
        .into_boxed();
    if let Some(before) = &named.before {
        rows = rows.filter(account::uid.lt(before.clone()));
    }
    if let Some(phone) = phone {
        rows = rows.filter(account::login.like(format!("%{}", phone.as_str())));
    }
    if let Some(stid) = stid {
        let signed = social_signed::stid.eq(stid).and(social_signed::status.eq(ContractStatus::Signed));
        let residents = social_signed::table.filter(signed).select(social_signed::uid);
        let doctors = team_doctor::table.filter(team_doctor::stid.eq(stid)).select(team_doctor::uid);
        rows = match role {
            Role::User => rows.filter(account::uid.eq_any(residents)),
            Role::Doctor | Role::Admin => rows.filter(account::uid.eq_any(doctors)),
        };
    }
    Ok(rows.order(account::uid.desc()).limit(named.limit).load(connection)?)
}

/// Finds an account; fails with `FA_NOTFOUND` if there is none.
pub fn find(connection: &mut AnyConnection, uid: &Uid) -> Result<ListedAccount> {
    let row = account::table.find(uid).select(ListedAccount::as_select()).first(connection);
    row.optional()?.ok_or(Error::NotFound("account"))
}
