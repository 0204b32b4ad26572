//! Accounts: creating, changing and closing them, and what their owners see of their own.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Access, CommunityId, Login, Role, Stid, Time, Uid};
use crate::protocol::effect::Effect;
use crate::service::rooms::teammate;
use crate::service::{communities, questions, sessions};
use crate::store::account::{self, Account, AccountChange, NewAccount};
use crate::store::listed_account::{self, ListedAccount};
use crate::store::{duty_roster, mailbox, team};

/// Creates an account with its mailbox. Fails with `FA_CONFLICT` if the login is taken.
pub fn create(tx: &mut Tx<'_>, new: &NewAccount) -> Result<Uid> {
    require_free_login(tx, new.role, &new.login, None)?;
    require_community(tx, new.communityid.as_ref())?;
    let uid = account::insert(tx, new)?;
    mailbox::insert(tx, &uid)?;
    Ok(uid)
}

/// Fails with `FA_PARAM` if a community is named that does not exist, or is closed.
pub fn require_community(connection: &mut AnyConnection, communityid: Option<&CommunityId>) -> Result<()> {
    communityid.map_or(Ok(()), |communityid| communities::require_open(connection, communityid))
}

/// Changes an account; a new password revokes its tokens.
pub fn change(tx: &mut Tx<'_>, role: Role, uid: &Uid, change: &AccountChange) -> Result<ListedAccount> {
    lock(tx, role, uid)?;
    if let Some(login) = &change.login {
        require_free_login(tx, role, login, Some(uid))?;
    }
    if let Some(communityid) = &change.communityid {
        communities::require_open(tx, communityid)?;
    }
    account::update(tx, uid, change)?;
    match change.password.is_some() {
        true => sessions::revoke_all(tx, uid)?,
        false => tx.effect(Effect::AccountChanged(uid.clone())),
    }
    listed_account::find(tx, uid)
}

/// Closes an account, or opens it again; nobody closes their own, nor the last open one of the
/// administrators. Closing revokes the account's tokens and frees what it has claimed at the duty desk;
/// the rooms of its teams follow.
pub fn set_access(tx: &mut Tx<'_>, role: Role, uid: &Uid, by: &Uid, access: Access) -> Result<()> {
    if access.is_closed() && uid == by {
        return Err(Error::State("one's own account is for another administrator to close"));
    }
    if role == Role::Admin {
        // Of two who close each other, the second sees what the first has done.
        account::lock_first(tx, role)?;
    }
    lock(tx, role, uid)?;
    account::set_access(tx, uid, access)?;
    if access.is_closed() {
        if role == Role::Admin && !account::any_open(tx, role)? {
            return Err(Error::State("this is the last administrator"));
        }
        sessions::revoke_all(tx, uid)?;
        questions::shorten_claims(tx, uid, tx.now)?;
    }
    for stid in team::list_of(tx, uid)? {
        let team = team::lock(tx, &stid)?;
        teammate::sync_members(tx, &team)?;
    }
    Ok(())
}

/// Locks an account of this role.
fn lock(tx: &mut Tx<'_>, role: Role, uid: &Uid) -> Result<Account> {
    account::lock(tx, uid)?.filter(|account| account.role == role).ok_or(Error::NotFound("account"))
}

/// Fails with `FA_CONFLICT` if an account other than `owner` has this login.
fn require_free_login(tx: &mut Tx<'_>, role: Role, login: &Login, owner: Option<&Uid>) -> Result<()> {
    match account::find_by_login(tx, role, login.as_str())? {
        Some((account, _)) if Some(&account.uid) != owner => {
            Err(Error::Conflict("this phone or account name is taken"))
        }
        Some(_) | None => Ok(()),
    }
}

/// An account as its owner sees it.
#[derive(Debug)]
pub struct Profile {
    /// The account.
    pub account: Account,
    /// Whether a doctor is on duty; `None` for others.
    pub onduty: Option<bool>,
    /// A doctor's teams; for a resident the team of the contract in force.
    pub teams: Vec<Stid>,
}

/// Finds the profile of an account that is not closed.
pub fn find_profile(connection: &mut AnyConnection, uid: &Uid) -> Result<Profile> {
    let account = account::find_active(connection, uid, "account")?;
    let (onduty, teams) = match account.role {
        Role::Doctor => {
            let onduty = duty_roster::is_on_duty(connection, uid, Time::now())?;
            (Some(onduty), team::list_of(connection, uid)?)
        }
        Role::User | Role::Admin => (None, team::list_under_contract(connection, uid)?),
    };
    Ok(Profile { account, onduty, teams })
}
