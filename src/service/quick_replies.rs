//! Quick replies: who sees them and who changes them. One's own are one's own; those of a team are seen by its
//! doctors and changed by its leader, and administrators do both.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Caller, Phrase, ReplyId, Role, Stid};
use crate::store::quick_reply::{self, Owner, QuickReply};
use crate::store::{account, team};
use std::num::NonZeroUsize;

/// How many one person, or one team, may have.
const MOST: usize = 50;

const NO_REPLY: Error = Error::NotFound("quick reply");

/// What is to become of a quick reply; what is `None` stays.
#[derive(Debug)]
pub struct Change {
    /// Its words.
    pub content: Option<Phrase>,
    /// Which one of its list it is to be: 1 is the first, and beyond the last is the last.
    pub place: Option<NonZeroUsize>,
}

/// One's own quick replies and those of one's teams; or those of one team alone.
pub fn list(connection: &mut AnyConnection, caller: &Caller, stid: Option<Stid>) -> Result<Vec<QuickReply>> {
    let owners = match stid {
        Some(stid) => vec![seen(connection, caller, stid)?],
        None => {
            let teams = team::list_of(connection, &caller.uid)?.into_iter().map(Owner::Team);
            [Owner::Person(caller.uid.clone())].into_iter().chain(teams).collect()
        }
    };
    let lists = owners.iter().map(|owner| quick_reply::list(connection, owner));
    Ok(lists.collect::<Result<Vec<_>>>()?.concat())
}

/// A team whose quick replies somebody sees; for others it has none.
fn seen(connection: &mut AnyConnection, caller: &Caller, stid: Stid) -> Result<Owner> {
    match caller.role == Role::Admin || team::has_doctor(connection, &stid, &caller.uid)? {
        true => Ok(Owner::Team(stid)),
        false => Err(NOT_YOURS),
    }
}

/// The same whether there is such a team or not.
const NOT_YOURS: Error = Error::Permission("you are not a doctor of this team");

/// Adds a quick reply behind the others of oneself, or of a team.
pub fn add(tx: &mut Tx<'_>, caller: &Caller, stid: Option<Stid>, content: &Phrase) -> Result<ReplyId> {
    let owner = stid.map_or_else(|| Owner::Person(caller.uid.clone()), Owner::Team);
    lock(tx, caller, &owner)?;
    match quick_reply::list(tx, &owner)?.len() < MOST {
        true => quick_reply::insert(tx, &owner, content),
        false => Err(Error::State("there are 50 quick replies already")),
    }
}

/// Changes a quick reply.
pub fn change(tx: &mut Tx<'_>, caller: &Caller, replyid: &ReplyId, change: &Change) -> Result<()> {
    let mut others = lock_list(tx, caller, replyid)?;
    if let Some(content) = &change.content {
        quick_reply::set_content(tx, replyid, content)?;
    }
    if let Some(place) = change.place {
        others.retain(|other| other != replyid);
        others.insert((place.get() - 1).min(others.len()), replyid.clone());
        quick_reply::set_order(tx, &others)?;
    }
    Ok(())
}

/// Deletes a quick reply.
pub fn remove(tx: &mut Tx<'_>, caller: &Caller, replyid: &ReplyId) -> Result<()> {
    lock_list(tx, caller, replyid)?;
    quick_reply::delete(tx, replyid)
}

/// Locks the owner of a quick reply, and lists all that the owner has.
fn lock_list(tx: &mut Tx<'_>, caller: &Caller, replyid: &ReplyId) -> Result<Vec<ReplyId>> {
    let owner = quick_reply::find_owner(tx, replyid)?.ok_or(NO_REPLY)?;
    lock(tx, caller, &owner)?;
    let all: Vec<_> = quick_reply::list(tx, &owner)?.into_iter().map(|reply| reply.replyid).collect();
    // It may have been deleted before the owner was locked.
    if all.contains(replyid) { Ok(all) } else { Err(NO_REPLY) }
}

/// Locks an owner whose quick replies the caller may change. For who does not see them they do not exist.
fn lock(tx: &mut Tx<'_>, caller: &Caller, owner: &Owner) -> Result<()> {
    match owner {
        Owner::Person(uid) if *uid == caller.uid => account::lock(tx, uid).map(drop),
        Owner::Person(_) => Err(NO_REPLY),
        Owner::Team(stid) => {
            seen(tx, caller, stid.clone())?;
            let leader = team::lock(tx, stid)?.leader;
            match caller.role == Role::Admin || leader == caller.uid {
                true => Ok(()),
                false => Err(Error::Permission("only a team's leader and administrators change these")),
            }
        }
    }
}
