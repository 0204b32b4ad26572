//! Accounts of residents, doctors and administrators. What administrators list of them is in
//! `listed_account`; tokens and logins are in `token` and `login_history`.

use crate::db::bulk::MANY;
use crate::db::connection::AnyConnection;
use crate::db::schema::account;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Access, CommunityId, Login, Name, Role, Time, Title, Uid};
use crate::protocol::objects::Person;
use diesel::prelude::*;
use diesel::result::OptionalEmptyChangesetExtension;

/// An account, without its login and password.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = account)]
pub struct Account {
    /// Its id.
    pub uid: Uid,
    /// Its role.
    pub role: Role,
    /// Its owner's name.
    pub name: String,
    /// Its owner's community.
    pub communityid: Option<CommunityId>,
    /// A doctor's title.
    pub title: Option<String>,
    /// Whether it is closed.
    pub disabled: bool,
}

/// An account to insert.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its role.
    pub role: Role,
    /// The name, or a resident's phone number, that its owner logs in by.
    pub login: Login,
    /// The password's hash, in PHC form.
    pub password: String,
    /// Its owner's name.
    pub name: Name,
    /// Its owner's community.
    pub communityid: Option<CommunityId>,
    /// A doctor's title.
    pub title: Option<Title>,
}

/// A change of an account; fields that are `None` stay as they are.
#[derive(Debug, Clone, Default)]
pub struct AccountChange {
    /// The name, or a resident's phone number, that its owner logs in by.
    pub login: Option<Login>,
    /// The password's hash, in PHC form.
    pub password: Option<String>,
    /// Its owner's name.
    pub name: Option<Name>,
    /// Its owner's community.
    pub communityid: Option<CommunityId>,
    /// A doctor's title.
    pub title: Option<Title>,
}

#[derive(AsChangeset)]
#[diesel(table_name = account)]
struct Changeset<'a> {
    login: Option<&'a str>,
    password: Option<&'a str>,
    name: Option<&'a str>,
    communityid: Option<&'a CommunityId>,
    title: Option<&'a str>,
}

impl From<Account> for Person {
    fn from(account: Account) -> Self {
        Self { uid: account.uid, name: account.name, role: account.role }
    }
}

/// Finds an account.
pub fn find(connection: &mut AnyConnection, uid: &Uid) -> Result<Option<Account>> {
    Ok(account::table.find(uid).select(Account::as_select()).first(connection).optional()?)
}

/// Finds the accounts with these ids, in no particular order.
pub fn list_by_ids(connection: &mut AnyConnection, uids: &[Uid]) -> Result<Vec<Account>> {
    Ok(account::table.filter(account::uid.eq_any(uids)).select(Account::as_select()).load(connection)?)
}

/// Finds an account and locks it until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, uid: &Uid) -> Result<Option<Account>> {
    diesel::update(account::table.find(uid))
        .set(account::disabled.eq(account::disabled))
        .execute(&mut **tx)?;
    find(tx, uid)
}

/// Locks an account until the transaction ends, if it is open and this is still its password's hash;
/// returns whether it is.
pub fn lock_under(tx: &mut Tx<'_>, uid: &Uid, password: &str) -> Result<bool> {
    let open =
        account::table.find(uid).filter(account::password.eq(password).and(account::disabled.eq(false)));
    let locked = diesel::update(open).set(account::disabled.eq(account::disabled)).execute(&mut **tx)?;
    Ok(locked == 1)
}

/// Locks the first account of a role: whoever does what no two may do at once to accounts of that role.
pub fn lock_first(tx: &mut Tx<'_>, role: Role) -> Result<()> {
    let first = account::table.filter(account::role.eq(role)).order(account::uid).select(account::uid);
    let first: Option<Uid> = first.first(&mut **tx).optional()?;
    first.map_or(Ok(()), |first| lock(tx, &first).map(drop))
}

/// Returns whether an account was made after a time.
pub fn is_made_since(connection: &mut AnyConnection, uid: &Uid, since: Time) -> Result<bool> {
    let made = account::table.find(uid).filter(account::createtime.gt(since));
    Ok(diesel::select(diesel::dsl::exists(made)).get_result(connection)?)
}

/// Returns whether an account of a role is open.
pub fn any_open(connection: &mut AnyConnection, role: Role) -> Result<bool> {
    let open = account::table.filter(account::role.eq(role).and(account::disabled.eq(false)));
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(connection)?)
}

/// Finds an account that is not closed; fails with `FA_NOTFOUND` for a `what` if there is none.
pub fn find_active(connection: &mut AnyConnection, uid: &Uid, what: &'static str) -> Result<Account> {
    find(connection, uid)?.filter(|account| !account.disabled).ok_or(Error::NotFound(what))
}

/// Finds the account with this login, and its password's hash.
pub fn find_by_login(
    connection: &mut AnyConnection,
    role: Role,
    login: &str,
) -> Result<Option<(Account, String)>> {
    let found = account::table.filter(account::role.eq(role).and(account::login.eq(login)));
    Ok(found.select((Account::as_select(), account::password)).first(connection).optional()?)
}

/// Lists those of these logins that accounts of a role have.
pub fn list_taken(connection: &mut AnyConnection, role: Role, logins: &[&str]) -> Result<Vec<String>> {
    let mut taken = Vec::new();
    for logins in logins.chunks(MANY) {
        let known = account::table.filter(account::role.eq(role).and(account::login.eq_any(logins)));
        taken.extend(known.select(account::login).load::<String>(connection)?);
    }
    Ok(taken)
}

/// Inserts an account.
pub fn insert(tx: &mut Tx<'_>, new: &NewAccount) -> Result<Uid> {
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
    Ok(uid)
}

/// Changes an account.
pub fn update(tx: &mut Tx<'_>, uid: &Uid, change: &AccountChange) -> Result<()> {
    let AccountChange { login, password, name, communityid, title } = change;
    let changeset = Changeset {
        login: login.as_ref().map(Login::as_str),
        password: password.as_deref(),
        name: name.as_ref().map(Name::as_str),
        communityid: communityid.as_ref(),
        title: title.as_ref().map(Title::as_str),
    };
    diesel::update(account::table.find(uid)).set(changeset).execute(&mut **tx).optional_empty_changeset()?;
    Ok(())
}

/// Opens an account, or closes it.
pub fn set_access(tx: &mut Tx<'_>, uid: &Uid, access: Access) -> Result<()> {
    diesel::update(account::table.find(uid))
        .set(account::disabled.eq(access.is_closed()))
        .execute(&mut **tx)?;
    Ok(())
}

/// Returns whether there is any account.
pub fn any(connection: &mut AnyConnection) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(account::table.select(account::uid))).get_result(connection)?)
}
