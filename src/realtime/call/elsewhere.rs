//! What a switchboard is asked and told because there are other nodes: by them, and by who notices that something was
//! not heard.

use super::message::{CallMessage, CallOver, CallParties, FindParties, LookAgain, Registered, ToRoom};
use super::stand_in::{Owner, StandIn};
use super::switchboard::{Line, Switchboard};
use crate::error::Result;
use crate::model::CallId;
use actix::prelude::*;
use std::collections::HashSet;

impl Switchboard {
    /// A stand-in for a call that is led elsewhere.
    pub(super) fn stand_in(&self, callid: CallId, owner: Owner, ctx: &Context<Self>) -> Line {
        let (lines, store) = (self.reach.lines.clone(), self.store.clone());
        let closed = ctx.address().recipient();
        Line::StandIn(StandIn { callid, owner, lines, store, closed, says_again: false }.start())
    }

    /// The calls that are led here and ring, or have rung.
    fn list_own(&self) -> Vec<CallId> {
        let known: HashSet<_> = self.parties.values().collect();
        let own = self.rooms.iter().filter(|(callid, line)| line.is_room() && known.contains(callid));
        own.map(|(callid, _)| callid.clone()).collect()
    }
}

impl Handler<FindParties> for Switchboard {
    type Result = ResponseFuture<Result<[Registered; 2]>>;

    /// First the two are known, so that no connection goes unnoticed that is found next.
    fn handle(&mut self, FindParties { call, owner }: FindParties, ctx: &mut Self::Context) -> Self::Result {
        let CallParties { callid, parties } = call.clone();
        if !self.rooms.contains_key(&callid) {
            let line = self.stand_in(callid.clone(), Owner::At(owner), ctx);
            self.rooms.insert(callid.clone(), line);
        }
        self.parties.extend(parties.map(|uid| (uid, callid.clone())));
        Box::pin(self.reach.find_here(&call))
    }
}

impl Handler<CallOver> for Switchboard {
    type Result = ();

    /// A room of this node ends by itself alone.
    fn handle(&mut self, CallOver(callid): CallOver, _: &mut Self::Context) {
        if self.rooms.get(&callid).is_some_and(|line| !line.is_room()) {
            self.let_go(&callid);
        }
    }
}

impl Handler<LookAgain> for Switchboard {
    type Result = ();

    fn handle(&mut self, _: LookAgain, ctx: &mut Self::Context) {
        self.rooms.values().for_each(|line| line.tell_here(CallMessage::EventsMissed));
        let lost = self.store.end_lost(self.list_own()).into_actor(self);
        ctx.spawn(lost.map(|lost, board, _| match lost {
            Ok(lost) => lost.iter().filter_map(|callid| board.rooms.get(callid)).for_each(Line::close),
            Err(error) => error.log("it could not be found which calls have ended"),
        }));
    }
}

impl Line {
    pub(super) fn is_room(&self) -> bool {
        match self {
            Self::Room(_) => true,
            Self::StandIn(_) => false,
        }
    }

    /// The store has the call ended.
    fn close(&self) {
        if let Self::Room(room) = self {
            let told = room.send(ToRoom::Over);
            actix::spawn(async move {
                // Where it is gone it has ended.
                let _ = told.await;
            });
        }
    }
}
