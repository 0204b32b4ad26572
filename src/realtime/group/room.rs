//! The actor of one room: it knows who is in it, and tells the others who types. Who types finds it, or makes it.

use super::members::{Members, NO_ROOM};
use super::message::{Origin, Telling, ToRoom};
use super::surroundings::Surroundings;
use super::warm::{IDLE, Rest, WarmRooms};
use crate::error::Result;
use crate::model::{RoomId, Uid};
use crate::protocol::replies::Reply;
use actix::prelude::*;
use std::sync::Arc;
use std::time::Instant;

/// How often somebody who types finds another room where the members change at the same time.
const TRIES: usize = 3;

/// The actor.
struct GroupRoom {
    roomid: RoomId,
    /// Which of the rooms of this process: another one of the same id has another number.
    number: u64,
    warm: Arc<WarmRooms>,
    surroundings: Box<dyn Surroundings>,
    members: Option<Arc<Members>>,
}

/// Somebody types in a room. `FA_NOTFOUND` for those who are not in it, `FA_PERMISSION` where it is closed.
pub async fn tell_typing(
    warm: &Arc<WarmRooms>,
    surroundings: impl Surroundings + Clone,
    roomid: RoomId,
    uid: Uid,
    origin: Origin,
) -> Result<()> {
    for _ in 0..TRIES {
        let room = warm.find(&roomid, |number| {
            let (roomid, warm, surroundings) = (roomid.clone(), warm.clone(), Box::new(surroundings.clone()));
            GroupRoom { roomid, number, warm, surroundings, members: None }.start().recipient()
        });
        // One that has just ended tells nobody either.
        match room.send(ToRoom::Types(uid.clone(), origin)).await.unwrap_or(Ok(Telling::Outdated))? {
            Telling::Told => break,
            Telling::Outdated => {}
        }
    }
    // Like anything that is not kept it may be lost.
    Ok(())
}

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
    fn tell(&self, uid: &Uid, origin: Origin, members: &Members) -> Telling {
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

    /// Somebody types.
    fn take(&mut self, uid: Uid, origin: Origin) -> ResponseActFuture<Self, Result<Telling>> {
        if let Some(members) = self.recall(&uid) {
            return Box::pin(actix::fut::ready(Ok(self.tell(&uid, origin, &members))));
        }
        let found = self.surroundings.find(self.roomid.clone()).into_actor(self);
        Box::pin(found.map(move |members, room, _| {
            let members = room.learn(members?).ok_or(NO_ROOM)?;
            members.require_typist(&uid)?;
            Ok(room.tell(&uid, origin, &members))
        }))
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

impl Handler<ToRoom> for GroupRoom {
    type Result = AtomicResponse<Self, Result<Telling>>;

    /// Who types while the store is asked waits for its answer, and asks nothing more.
    fn handle(&mut self, message: ToRoom, ctx: &mut Self::Context) -> Self::Result {
        AtomicResponse::new(match message {
            ToRoom::Types(uid, origin) => self.take(uid, origin),
            ToRoom::Ended => {
                ctx.stop();
                Box::pin(actix::fut::ready(Ok(Telling::Outdated)))
            }
        })
    }
}
