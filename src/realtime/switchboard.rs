//! The switchboard: the actor that knows the room of each video call on this node.
//!
//! It makes a room for an invitation, hands on what is said to one, and tells rooms of their
//! parties' connections that come and go. What a call does is in `callroom` and `call`; what is
//! kept of it is for whoever implements `Ledger`.

use super::call::{Connection, Ending, Refusal, Timing};
use super::callroom::{CallRoom, Dial, Word};
use super::registry::Registry;
use crate::error::{Error, Result};
use crate::model::{CallId, RoomId, Time, TokenHash, Uid};
use crate::realtime::connection_events::{self, Watch, Whereabouts};
use actix::prelude::*;
use futures_util::future::LocalBoxFuture;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

/// How many messages may wait for the switchboard.
const MAILBOX: usize = 16_384;
/// How long it waits before it tries again to end what an earlier process left open.
const AGAIN: Duration = Duration::from_secs(1);

/// What keeps calls. Each of these happens whole or not at all, with its pushes; a call moves on
/// only after it.
pub trait Ledger {
    /// A call rings: refused with `FA_BUSY` where one of the two, or the room, is in another.
    fn ring(&self, ring: Ring) -> Written<Rung>;
    /// It is accepted by `by` at `at`; `others` are told besides the caller.
    fn accept(&self, callid: CallId, accepted: Accepted) -> Written<()>;
    /// It is over since `at`; nothing where the store has it ended already.
    fn end(&self, callid: CallId, ending: Ending, at: Time) -> Written<()>;
    /// Ends what an earlier process left open.
    fn end_all(&self) -> Written<()>;
}

/// What comes of something to be kept.
pub type Written<T> = LocalBoxFuture<'static, Result<T>>;

/// Who calls whom.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Who calls.
    pub caller: Uid,
    /// The hash of the token that they called with.
    pub token: TokenHash,
    /// Whom.
    pub whom: Whom,
}

/// Whom a call is for.
#[derive(Debug, Clone)]
pub enum Whom {
    /// The other one in a room of two.
    Room(RoomId),
    /// Somebody.
    Person(Uid),
}

/// A call that is to ring.
#[derive(Debug, Clone)]
pub struct Ring {
    /// Its id.
    pub callid: CallId,
    /// Who calls.
    pub caller: Uid,
    /// Whom.
    pub whom: Whom,
    /// From when on.
    pub at: Time,
    /// Until when.
    pub expires: Time,
}

/// A call that rings.
#[derive(Debug, Clone)]
pub struct Rung {
    /// Its id.
    pub callid: CallId,
    /// The room of the two.
    pub roomid: RoomId,
    /// Who is called.
    pub callee: Uid,
}

/// A call that is accepted.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// By whom.
    pub by: Uid,
    /// When.
    pub at: Time,
    /// Who hears of it.
    pub tell: Vec<super::call::Hearer>,
}

/// A call is wanted.
#[derive(Message)]
#[rtype(result = "Result<Rung>")]
pub struct Invite(pub Invitation);

/// Something is said to a call.
#[derive(Message)]
#[rtype(result = "Result<()>")]
pub struct Say {
    /// The call.
    pub callid: CallId,
    /// What.
    pub word: Word,
}

/// These two are in the call from now on.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Parties(pub CallId, pub [Uid; 2]);

/// A call is over.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Over(pub CallId);

/// The actor.
pub struct Switchboard {
    registry: Addr<Registry>,
    ledger: Rc<dyn Ledger>,
    timing: Timing,
    watch: Option<Watch>,
    rooms: HashMap<CallId, Addr<CallRoom>>,
    parties: HashMap<Uid, CallId>,
}

impl Switchboard {
    /// A switchboard without calls; `watch` tells it who comes and goes.
    pub fn new(registry: Addr<Registry>, watch: Watch, ledger: Rc<dyn Ledger>, timing: Timing) -> Self {
        let (rooms, parties) = Default::default();
        Self { registry, ledger, timing, watch: Some(watch), rooms, parties }
    }

    /// Ends what an earlier process left open; nobody calls before that is done.
    fn clear_up(&self, ctx: &mut Context<Self>) {
        let cleared = self.ledger.end_all().into_actor(self);
        ctx.wait(cleared.map(|cleared, _, ctx| {
            if let Err(error) = cleared {
                log::error!("open calls could not be ended: {}", error.hidden_cause().unwrap_or_default());
                ctx.run_later(AGAIN, |board, ctx| board.clear_up(ctx));
            }
        }));
    }

    /// Tells the call that somebody is in, if they are in one.
    fn tell(&self, uid: &Uid, word: impl FnOnce() -> Word) {
        if let Some(room) = self.parties.get(uid).and_then(|callid| self.rooms.get(callid)) {
            tell(room, word());
        }
    }
}

/// Tells a room; where its mailbox is full it waits, and where it is gone there is nobody to tell.
fn tell(room: &Addr<CallRoom>, word: Word) {
    let told = room.send(word);
    actix::spawn(async move {
        let _ = told.await;
    });
}

impl Actor for Switchboard {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        if let Some(watch) = self.watch.take() {
            ctx.add_stream(connection_events::changes(watch));
        }
        self.clear_up(ctx);
    }
}

impl StreamHandler<Option<Whereabouts>> for Switchboard {
    fn handle(&mut self, change: Option<Whereabouts>, _: &mut Self::Context) {
        match change {
            Some(Whereabouts::Came { uid, id, deviceid, first: _ }) => {
                let at = Connection { device: deviceid, session: id };
                self.tell(&uid, || Word::Came { uid: uid.clone(), at });
            }
            Some(Whereabouts::Went { uid, id, others_left: _ }) => self.tell(&uid, || Word::Went(id)),
            None => self.rooms.values().for_each(|room| tell(room, Word::Missed)),
        }
    }

    /// The switchboard outlives the registry.
    fn finished(&mut self, _: &mut Self::Context) {}
}

impl Handler<Invite> for Switchboard {
    type Result = ResponseActFuture<Self, Result<Rung>>;

    /// The room is there before the call is, so that whoever hears of the call finds it.
    fn handle(&mut self, Invite(invitation): Invite, ctx: &mut Self::Context) -> Self::Result {
        let callid = CallId::new();
        let (registry, ledger) = (self.registry.clone(), self.ledger.clone());
        let room = CallRoom::new(callid.clone(), ctx.address(), registry, ledger, self.timing).start();
        self.rooms.insert(callid.clone(), room.clone());
        let dialled = async move { room.send(Dial(invitation)).await.map_err(Error::inside)? };
        Box::pin(dialled.into_actor(self).map(move |rung, board, _| {
            if rung.is_err() {
                board.rooms.remove(&callid);
            }
            rung
        }))
    }
}

impl Handler<Say> for Switchboard {
    type Result = ResponseFuture<Result<()>>;

    fn handle(&mut self, Say { callid, word }: Say, _: &mut Self::Context) -> Self::Result {
        // To a stranger it is all the same whether there is such a call.
        let over = match &word {
            Word::Signal { .. } => Refusal::Stranger,
            Word::Accept(..) | Word::HangUp(..) | Word::Came { .. } => Refusal::Over,
            Word::Went(_) | Word::Missed | Word::Fired(_) => Refusal::Over,
        };
        // Sent here and not in the future: what one client says stays in its order.
        let heard = self.rooms.get(&callid).map(|room| room.send(word));
        Box::pin(async move {
            match heard {
                Some(heard) => heard.await.unwrap_or_else(|_gone| Err(over.into())),
                None => Err(over.into()),
            }
        })
    }
}

impl Handler<Parties> for Switchboard {
    type Result = ();

    fn handle(&mut self, Parties(callid, parties): Parties, _: &mut Self::Context) {
        self.parties.extend(parties.map(|uid| (uid, callid.clone())));
    }
}

impl Handler<Over> for Switchboard {
    type Result = ();

    fn handle(&mut self, Over(callid): Over, _: &mut Self::Context) {
        self.rooms.remove(&callid);
        // Who is in another call already stays in that one.
        self.parties.retain(|_, other| *other != callid);
    }
}
