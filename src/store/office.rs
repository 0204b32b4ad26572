//! What the back office lists, changes and closes: accounts and communities. Teams are in `team`.

use super::account::{self, Account};
use crate::db::connection::AnyConnection;
use crate::db::schema::{account as accounts, community};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{CommunityId, Login, Name, Role, Time, Title, Uid};
use diesel::prelude::*;
use diesel::result::OptionalEmptyChangesetExtension;
use schemars::JsonSchema;
use serde::Serialize;

/// Which entries of a list are asked for: those with these words in the name, before the cursor.
#[derive(Debug, Clone)]
pub struct Wanted<Id> {
    /// Words of the name.
    pub name: Option<Name>,
    /// The last entry of the page before.
    pub before: Option<Id>,
    /// How many.
    pub limit: i64,
}

impl<Id> Wanted<Id> {
    /// What the name must be like; the words are taken as they stand.
    pub(super) fn pattern(&self) -> String {
        let words = self.name.as_ref().map_or("", Name::as_str);
        format!("%{}%", words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
    }
}

/// An account, as the back office sees it.
#[derive(Debug, Clone, Serialize, JsonSchema, Queryable, Selectable)]
#[diesel(table_name = accounts)]
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

/// The accounts of a role, closed ones too, newest first.
pub fn list_accounts(
    connection: &mut AnyConnection,
    role: Role,
    wanted: &Wanted<Uid>,
) -> Result<Vec<ListedAccount>> {
    let named = accounts::name.like(wanted.pattern()).escape('\\');
    let mut rows = accounts::table
        .filter(accounts::role.eq(role).and(named))
        .select(ListedAccount::as_select())
        .into_boxed();
    if let Some(before) = &wanted.before {
        rows = rows.filter(accounts::uid.lt(before.clone()));
    }
    Ok(rows.order(accounts::uid.desc()).limit(wanted.limit).load(connection)?)
}

/// What is to be changed of an account; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What it is logged in by.
    pub login: Option<Login>,
    /// The password's hash.
    pub password: Option<String>,
    /// What its owner is called.
    pub name: Option<Name>,
    /// Where they belong.
    pub communityid: Option<CommunityId>,
    /// A doctor's title.
    pub title: Option<Title>,
}

#[derive(AsChangeset)]
#[diesel(table_name = accounts)]
struct Columns<'a> {
    login: Option<&'a str>,
    password: Option<&'a str>,
    name: Option<&'a str>,
    communityid: Option<&'a CommunityId>,
    title: Option<&'a str>,
}

/// Changes what is asked for of an account; where nothing is, nothing is changed.
pub fn set_account(tx: &mut Tx<'_>, uid: &Uid, change: &Change) -> Result<ListedAccount> {
    let Change { login, password, name, communityid, title } = change;
    let columns = Columns {
        login: login.as_ref().map(Login::as_str),
        password: password.as_deref(),
        name: name.as_ref().map(Name::as_str),
        communityid: communityid.as_ref(),
        title: title.as_ref().map(Title::as_str),
    };
    diesel::update(accounts::table.find(uid)).set(columns).execute(&mut **tx).optional_empty_changeset()?;
    Ok(accounts::table.find(uid).select(ListedAccount::as_select()).first(&mut **tx)?)
}

/// Closes an account, or opens it again.
pub fn set_account_disabled(tx: &mut Tx<'_>, uid: &Uid, disabled: bool) -> Result<()> {
    diesel::update(accounts::table.find(uid)).set(accounts::disabled.eq(disabled)).execute(&mut **tx)?;
    Ok(())
}

/// Locks an account of that role, or `FA_NOTFOUND`.
pub fn require(tx: &mut Tx<'_>, role: Role, uid: &Uid) -> Result<Account> {
    account::lock(tx, uid)?.filter(|account| account.role == role).ok_or(Error::NotFound("account"))
}

/// A community, as the back office sees it.
#[derive(Debug, Clone, Serialize, JsonSchema, Queryable)]
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

/// The communities, closed ones too, newest first.
pub fn list_communities(
    connection: &mut AnyConnection,
    wanted: &Wanted<CommunityId>,
) -> Result<Vec<ListedCommunity>> {
    let named = community::name.like(wanted.pattern()).escape('\\');
    let mut rows = community::table.filter(named).into_boxed();
    if let Some(before) = &wanted.before {
        rows = rows.filter(community::communityid.lt(before.clone()));
    }
    Ok(rows.order(community::communityid.desc()).limit(wanted.limit).load(connection)?)
}

/// Gives a community another name.
pub fn rename_community(tx: &mut Tx<'_>, id: &CommunityId, name: &Name) -> Result<ListedCommunity> {
    diesel::update(community::table.find(id)).set(community::name.eq(name.as_str())).execute(&mut **tx)?;
    community::table.find(id).first(&mut **tx).optional()?.ok_or(Error::NotFound("community"))
}

/// Closes a community for newcomers, or opens it again.
pub fn set_community_disabled(tx: &mut Tx<'_>, id: &CommunityId, disabled: bool) -> Result<()> {
    let community = community::table.find(id);
    match diesel::update(community).set(community::disabled.eq(disabled)).execute(&mut **tx)? {
        0 => Err(Error::NotFound("community")),
        _ => Ok(()),
    }
}

/// How much there is of what, for a dashboard.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Counts {
    /// Residents whose accounts are open.
    pub users: i64,
    /// Doctors, likewise.
    pub doctors: i64,
    /// Administrators, likewise.
    pub admins: i64,
    /// Communities that are open.
    pub communities: i64,
    /// Teams that are open.
    pub teams: i64,
    /// Contracts applied for and not answered.
    pub applied: i64,
    /// Contracts in force.
    pub signed: i64,
    /// Questions that nobody has answered.
    pub waiting: i64,
    /// Doctors who are on duty.
    pub onduty: i64,
}

/// Counts.
pub fn count(connection: &mut AnyConnection, now: Time) -> Result<Counts> {
    use crate::db::schema::{social_signed, team};
    use crate::model::ContractStatus;
    let mut people = |role: Role| -> Result<i64> {
        let open = accounts::table.filter(accounts::role.eq(role).and(accounts::disabled.eq(false)));
        Ok(open.count().get_result(connection)?)
    };
    let (users, doctors, admins) = (people(Role::User)?, people(Role::Doctor)?, people(Role::Admin)?);
    let mut contracts = |status: ContractStatus| -> Result<i64> {
        Ok(social_signed::table.filter(social_signed::status.eq(status)).count().get_result(connection)?)
    };
    let (applied, signed) = (contracts(ContractStatus::Applied)?, contracts(ContractStatus::Signed)?);
    Ok(Counts {
        users,
        doctors,
        admins,
        communities: community::table.filter(community::disabled.eq(false)).count().get_result(connection)?,
        teams: team::table.filter(team::disabled.eq(false)).count().get_result(connection)?,
        applied,
        signed,
        waiting: super::question::count_waiting(connection)?,
        onduty: super::duty::list_on_duty(connection, now)?.len() as i64,
    })
}
