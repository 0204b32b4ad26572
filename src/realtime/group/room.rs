//! The actor of one room: it knows who is in it, and tells the others who types.

use super::members::{Members, NO_ROOM};
use super::surroundings::Surroundings;
use super::warm::{Rest, WarmRooms};
use crate::error::Result;
use crate::model::{RoomId, Uid};
use crate::protocol::replies::Reply;
use actix::prelude::*;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a room stays in which nobody types.
pub(super) const IDLE: Duration = Duration::from_secs(60);

/// The actor.
pub(super) struct GroupRoom {
    pub roomid: RoomId,
    /// Which of the rooms of this process: another one of the same id has another number.
    pub number: u64,
    pub warm: Arc<WarmRooms>,
    pub surroundings: Box<dyn Surroundings>,
    pub members: Option<Arc<Members>>,
}

/// Somebody types.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Telling>")]
pub struct Typing {
    /// Who.
    pub uid: Uid,
    /// On which node.
    pub origin: Origin,
}

/// Where somebody types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// On this node, which tells the others.
    Here,
    /// On another one.
    Elsewhere,
}

/// What has become of what a room was to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// It was told.
    Told,
    /// The members have changed meanwhile: this room tells nobody any more.
    Outdated,
}

/// The room is not found any more, and ends.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(super) struct Ended;

impl GroupRoom {
    /// Who is in the room, if that is known well enough to let somebody type. Nobody is refused by memory.
    fn recall(&self, uid: &Uid) -> Option<Arc<Members>> {
        let members = self.members.as_ref().filter(|members| !members.is_old(Instant::now()))?;
        (self.surroundings.trusts_memory() && members.require_typist(uid).is_ok()).then(|| members.clone())
    }

    /// Keeps what the store has said, unless something has changed since it was asked.
    fn learn(&mut self, members: Option<Members>) -> Option<Arc<Members>> {
        self.members = members.map(Arc::new);
        let members = self.members.clone()?;
        self.warm.learn(&self.roomid, self.number, &members);
        Some(members)
    }

    /// Tells the others, unless somebody of them has gone: nobody hears of a room who has left it.
    fn tell(&self, Typing { uid, origin }: &Typing, members: &Members) -> Telling {
        let typing = Reply::Typing { roomid: self.roomid.clone(), uid: uid.clone() };
        self.warm.while_warm(&self.roomid, self.number, || {
            self.surroundings.tell_here(members.others(uid), &typing);
            match origin {
                Origin::Here => {
                    self.surroundings.tell_there(members.slots_of_others(uid), &self.roomid, uid);
                }
                Origin::Elsewhere => {}
            }
        })
    }

    fn rest(&mut self, ctx: &mut Context<Self>) {
        match self.warm.rest(&self.roomid, self.number, Instant::now()) {
            Rest::For(time) => drop(ctx.run_later(time, Self::rest)),
            Rest::Over => ctx.stop(),
        }
    }
}

impl Actor for GroupRoom {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_later(IDLE, Self::rest);
    }
}

impl Handler<Typing> for GroupRoom {
    type Result = AtomicResponse<Self, Result<Telling>>;

    /// Who types while the store is asked waits for its answer, and asks nothing more.
    fn handle(&mut self, typing: Typing, _: &mut Self::Context) -> Self::Result {
        if let Some(members) = self.recall(&typing.uid) {
            let told = self.tell(&typing, &members);
            return AtomicResponse::new(Box::pin(actix::fut::ready(Ok(told))));
        }
        let found = self.surroundings.find(self.roomid.clone()).into_actor(self);
        AtomicResponse::new(Box::pin(found.map(move |members, room, _| {
            let members = room.learn(members?).ok_or(NO_ROOM)?;
            members.require_typist(&typing.uid)?;
            Ok(room.tell(&typing, &members))
        })))
    }
}

impl Handler<Ended> for GroupRoom {
    type Result = ();

    fn handle(&mut self, _: Ended, ctx: &mut Self::Context) {
        ctx.stop();
    }
}

impl From<MailboxError> for Telling {
    /// A room that has just ended tells nobody.
    fn from(_: MailboxError) -> Self {
        Self::Outdated
    }
}
