//! Importing people: what a file of them may hold, and making their accounts part by part. How a file is read is in
//! `http::admin`.
//!
//! Nothing is kept between the two: who sends a part again, as after an answer that got lost, finds the accounts
//! that it made.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{CommunityId, Login, Malformed, Name, Password, Role, Time, Title, Uid};
use crate::service::accounts;
use crate::store::account::{self, Account, NewAccount};
use crate::store::community;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Somebody whom a file names, in whichever way it names the community.
#[derive(Debug, Clone)]
pub struct Entry<Place> {
    /// The line of the file.
    pub line: u64,
    /// What they are to log in by.
    pub login: Login,
    /// What they are called.
    pub name: Name,
    /// A doctor's title.
    pub title: Option<Title>,
    /// The first password, where the file has one.
    pub password: Option<Password>,
    /// Where they belong.
    pub place: Place,
}

/// What is wrong in a line of a file.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The line.
    pub line: u64,
    /// The field, by the name of its column.
    pub field: &'static str,
    /// The rule that it breaks.
    pub why: Malformed,
}

/// The entries that can be imported, and what is wrong with the others: they belong nowhere, stand twice in the
/// file, or have an account. Where an entry names no community, by its name or its id, it belongs to `fallback`.
pub fn check(
    connection: &mut AnyConnection,
    role: Role,
    login_field: &'static str,
    entries: Vec<Entry<Option<String>>>,
    fallback: Option<&CommunityId>,
) -> Result<(Vec<Entry<CommunityId>>, Vec<Fault>)> {
    accounts::require_community(connection, fallback)?;
    let communities = community::list_open(connection)?;
    let logins: Vec<_> = entries.iter().map(|entry| entry.login.as_str()).collect();
    let taken: HashSet<_> = account::list_taken(connection, role, &logins)?.into_iter().collect();
    let (mut good, mut faults, mut lines) = (Vec::new(), Vec::new(), HashMap::new());
    for entry in entries {
        let Entry { line, login, name, title, password, place } = entry;
        let mut wrong = |field, why| faults.push(Fault { line, field, why });
        let obstacle = match (lines.get(login.as_str()), taken.contains(login.as_str())) {
            (Some(first), _) => Some(Malformed::Repeated(*first)),
            (None, true) => Some(Malformed::Taken),
            (None, false) => None,
        };
        let is_new = obstacle.is_none();
        obstacle.into_iter().for_each(|why| wrong(login_field, why));
        lines.entry(login.as_str().to_owned()).or_insert(line);
        match find_place(&communities, place.as_deref(), fallback) {
            Ok(place) if is_new => good.push(Entry { line, login, name, title, password, place }),
            Ok(_) => {}
            Err(why) => wrong("community", why),
        }
    }
    Ok((good, faults))
}

/// The open community that is meant.
fn find_place(
    communities: &[(CommunityId, String)],
    named: Option<&str>,
    fallback: Option<&CommunityId>,
) -> Result<CommunityId, Malformed> {
    let Some(named) = named else { return fallback.cloned().ok_or(Malformed::Missing) };
    let mut meant = communities.iter().filter(|(id, name)| id.as_str() == named || name == named);
    match (meant.next(), meant.next()) {
        (Some((id, _)), None) => Ok(id.clone()),
        (None, _) => Err(Malformed::Unknown("community")),
        (Some(_), Some(_)) => Err(Malformed::invalid("is the name of several communities: write the id")),
    }
}

/// Somebody who is to have an account.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What they are to log in by.
    pub login: Login,
    /// The first password.
    pub password: Password,
    /// What they are called.
    pub name: Name,
    /// Where they belong.
    pub communityid: CommunityId,
    /// A doctor's title.
    pub title: Option<Title>,
}

/// An account that is there.
#[derive(Debug)]
pub struct Kept {
    /// Whose.
    pub uid: Uid,
    /// Its password's hash, in PHC form.
    pub password: String,
    /// Whether it is so new that a part of an import may have made it, whose answer got lost.
    pub is_new: bool,
}

/// How long after it was made an account is taken for one that an import has made.
const NEW: Duration = Duration::from_secs(3600);

/// The account that each of these logins has.
pub fn find_accounts(
    connection: &mut AnyConnection,
    role: Role,
    logins: &[Login],
) -> Result<Vec<Option<Kept>>> {
    let mut find = |login: &Login| {
        let found = account::find_by_login(connection, role, login.as_str())?;
        let kept = |(Account { uid, .. }, password)| {
            let is_new = account::is_made_since(connection, &uid, Time::now() - NEW)?;
            Ok(Kept { uid, password, is_new })
        };
        found.map(kept).transpose()
    };
    logins.iter().map(&mut find).collect()
}

/// Makes these accounts; those whose login was taken meanwhile are left out. An error names the row.
pub fn create(tx: &mut Tx<'_>, new: &[(usize, NewAccount)]) -> Result<()> {
    for (row, new) in new {
        match accounts::create(tx, new) {
            Ok(_) | Err(Error::Conflict(_)) => {}
            Err(Error::Param { field, why }) => {
                return Err(Error::param(format!("rows[{row}].{field}"), why));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
