//! What was pushed and reached nobody here, as another process committed it, or its commit was not known to have
//! happened: it is found in the store, and the sessions read on. Likewise what became void without their hearing of it: they close. Where the store itself has gone back, as after the loss of
//! a server whose standby lacked the last commits, they end, so that their clients begin anew.

use super::actor::Registry;
use super::entry::Entry;
use crate::model::connection::Held;
use crate::model::{SessionId, TokenHash, Uid};
use crate::realtime::close::CloseReason;
use crate::realtime::session::effect::ToSession;
use actix::prelude::*;
use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// Some of all people who are connected, so that the registry is not kept for long.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Which.
    pub number: usize,
    /// Of how many; 1 at least.
    pub of: usize,
}

/// Of which push somebody's connections were told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Whose.
    pub uid: Uid,
    /// The newest; 0 where one of the connections was told of none.
    pub seq: i64,
}

/// What the store has of somebody, other than their connections were told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What they had been told before the store was asked.
    pub told: Told,
    /// The newest push in the store.
    pub newest: i64,
}

/// Asks what the people of a part were told of.
#[derive(Message)]
#[rtype(result = "Vec<Told>")]
pub struct ListTold(pub Part);

/// Tells what was found; the answer is how many connections were told of what the store no longer has, and closed.
#[derive(Message)]
#[rtype(result = "usize")]
pub struct TellNewest {
    /// Of whom, and what.
    pub found: Vec<Found>,
    /// Why those are closed that know more than the store.
    pub why: CloseReason,
}

/// Asks for the tokens that the people of a part have registered with.
#[derive(Message)]
#[rtype(result = "Vec<TokenHash>")]
pub struct ListTokens(pub Part);

/// Asks for the connections of a part.
#[derive(Message)]
#[rtype(result = "Vec<Held>")]
pub struct ListHeld(pub Part);

/// Asks which of these connections are not here.
#[derive(Message)]
#[rtype(result = "Vec<(Uid, SessionId)>")]
pub struct ListUnknown(pub Vec<(Uid, SessionId)>);

/// Closes the connections of the people of a part that registered with void tokens.
#[derive(Message)]
#[rtype(result = "()")]
pub struct CloseVoid {
    /// Of which people.
    pub part: Part,
    /// The tokens.
    pub tokens: HashSet<TokenHash>,
}

impl Part {
    fn has(self, uid: &Uid) -> bool {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(uid);
        hash % self.of.max(1) as u64 == self.number as u64
    }
}

impl Handler<ListTold> for Registry {
    type Result = MessageResult<ListTold>;

    fn handle(&mut self, ListTold(part): ListTold, _: &mut Self::Context) -> Self::Result {
        let told = |(uid, entries): (&Uid, &Vec<Entry>)| {
            let seq = entries.iter().map(|entry| entry.told.get()).min().unwrap_or_default();
            Told { uid: uid.clone(), seq }
        };
        MessageResult(self.people.iter().filter(|(uid, _)| part.has(uid)).map(told).collect())
    }
}

impl Handler<TellNewest> for Registry {
    type Result = usize;

    fn handle(&mut self, TellNewest { found, why }: TellNewest, _: &mut Self::Context) -> usize {
        let mut closed = 0;
        for Found { told, newest } in found {
            // Whatever came since is newer than what was found.
            let went_back = newest < told.seq;
            self.keep(&told.uid, |entry| match entry.told.get() {
                known if known < newest => entry.tell(ToSession::Newest(newest)),
                known if went_back && known >= told.seq => {
                    entry.close(why);
                    closed += 1;
                    false
                }
                _ => true,
            });
        }
        closed
    }
}

impl Handler<ListTokens> for Registry {
    type Result = MessageResult<ListTokens>;

    fn handle(&mut self, ListTokens(part): ListTokens, _: &mut Self::Context) -> Self::Result {
        let people = self.people.iter().filter(|(uid, _)| part.has(uid));
        MessageResult(people.flat_map(|(_, entries)| entries.iter().map(|entry| entry.token)).collect())
    }
}

impl Handler<ListHeld> for Registry {
    type Result = MessageResult<ListHeld>;

    fn handle(&mut self, ListHeld(part): ListHeld, _: &mut Self::Context) -> Self::Result {
        let people = self.people.iter().filter(|(uid, _)| part.has(uid));
        let held = people.flat_map(|(uid, entries)| entries.iter().map(|entry| entry.held(uid)));
        MessageResult(held.collect())
    }
}

impl Handler<ListUnknown> for Registry {
    type Result = MessageResult<ListUnknown>;

    fn handle(&mut self, ListUnknown(mut these): ListUnknown, _: &mut Self::Context) -> Self::Result {
        let people = &self.people;
        these.retain(|(uid, id)| people.get(uid).into_iter().flatten().all(|entry| entry.id != *id));
        MessageResult(these)
    }
}

impl Handler<CloseVoid> for Registry {
    type Result = ();

    fn handle(&mut self, CloseVoid { part, tokens }: CloseVoid, _: &mut Self::Context) {
        let is_void = |entries: &Vec<Entry>| entries.iter().any(|entry| tokens.contains(&entry.token));
        let people = self.people.iter().filter(|(uid, entries)| part.has(uid) && is_void(entries));
        let people: Vec<_> = people.map(|(uid, _)| uid.clone()).collect();
        for uid in people {
            self.keep(&uid, |entry| {
                let stays = !tokens.contains(&entry.token);
                if !stays {
                    entry.close(CloseReason::TokenVoid);
                }
                stays
            });
        }
    }
}
