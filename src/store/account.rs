//! Accounts: who there is, and what the back office may change of them.

use super::mailbox;
use crate::db::connection::AnyConnection;
use crate::db::schema::{account, community};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{CommunityId, Login, Name, Role, Time, Title, Uid};
use crate::protocol::shape::Person;
use diesel::prelude::*;

/// An account, without what it is logged in with.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = account)]
pub struct Account {
    /// Who.
    pub uid: Uid,
    /// What they are.
    pub role: Role,
    /// What they are called.
    pub name: String,
    /// Where they belong.
    pub communityid: Option<CommunityId>,
    /// A doctor's title.
    pub title: Option<String>,
    /// Whether the account is closed.
    pub disabled: bool,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What it will be.
    pub role: Role,
    /// What it is logged in by.
    pub login: Login,
    /// The password's hash, in PHC form.
    pub password: String,
    /// What its owner is called.
    pub name: Name,
    /// Where they belong.
    pub communityid: Option<CommunityId>,
    /// A doctor's title.
    pub title: Option<Title>,
}

impl From<Account> for Person {
    fn from(account: Account) -> Self {
        Self { uid: account.uid, name: account.name, role: account.role }
    }
}

/// The account, if there is one.
pub fn find(connection: &mut AnyConnection, uid: &Uid) -> Result<Option<Account>> {
    Ok(account::table.find(uid).select(Account::as_select()).first(connection).optional()?)
}

/// Locks an account and returns it as it is, if there is one.
pub fn lock(tx: &mut Tx<'_>, uid: &Uid) -> Result<Option<Account>> {
    diesel::update(account::table.find(uid))
        .set(account::disabled.eq(account::disabled))
        .execute(&mut **tx)?;
    find(tx, uid)
}

/// The account that is not closed, or `FA_NOTFOUND` for a `what`.
pub fn find_active(connection: &mut AnyConnection, uid: &Uid, what: &'static str) -> Result<Account> {
    find(connection, uid)?.filter(|account| !account.disabled).ok_or(Error::NotFound(what))
}

/// The account with its password's hash, by what it is logged in by.
pub fn find_by_login(
    connection: &mut AnyConnection,
    role: Role,
    login: &str,
) -> Result<Option<(Account, String)>> {
    let found = account::table.filter(account::role.eq(role).and(account::login.eq(login)));
    Ok(found.select((Account::as_select(), account::password)).first(connection).optional()?)
}

/// Makes an account and its mailbox; `FA_CONFLICT` where the login is taken.
pub fn insert(tx: &mut Tx<'_>, new: &NewAccount) -> Result<Uid> {
    if find_by_login(tx, new.role, new.login.as_str())?.is_some() {
        return Err(Error::Conflict("this phone or account name is taken"));
    }
    if let Some(communityid) = &new.communityid {
        require_community(tx, communityid)?;
    }
    let (uid, now) = (Uid::new(), tx.now);
    diesel::insert_into(account::table)
        .values((
            account::uid.eq(&uid),
            account::role.eq(new.role),
            account::login.eq(new.login.as_str()),
            account::password.eq(&new.password),
            account::name.eq(new.name.as_str()),
            account::communityid.eq(new.communityid.as_ref()),
            account::title.eq(new.title.as_ref().map(Title::as_str)),
            account::createtime.eq(now),
        ))
        .execute(&mut **tx)?;
    mailbox::insert(tx, &uid)?;
    Ok(uid)
}

/// Whether anybody has an account yet.
pub fn any(connection: &mut AnyConnection) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(account::table.select(account::uid))).get_result(connection)?)
}

/// Makes a community.
pub fn insert_community(tx: &mut Tx<'_>, name: &Name) -> Result<CommunityId> {
    let (id, now): (CommunityId, Time) = (CommunityId::new(), tx.now);
    diesel::insert_into(community::table)
        .values((
            community::communityid.eq(&id),
            community::name.eq(name.as_str()),
            community::createtime.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(id)
}

/// Refuses a community that there is not, or not any more.
pub fn require_community(connection: &mut AnyConnection, id: &CommunityId) -> Result<()> {
    let open = community::table.find(id).filter(community::disabled.eq(false));
    match diesel::select(diesel::dsl::exists(open)).get_result(connection)? {
        true => Ok(()),
        false => Err(Error::param("communityid", "there is no such community")),
    }
}
