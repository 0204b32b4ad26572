//! A call's times are its own: what the computer's clock is set to meanwhile does not matter.

use super::uid;
use crate::error::{Error, Result};
use crate::model::call::{CallAcceptance, CallEnding, CallTarget, NewCall, RingingCall};
use crate::model::connection::ConnectionPolicy;
use crate::model::{CallId, EndReason, Incarnation, Node, SessionId, SteadyClock, Time, TokenHash, Uid};
use crate::protocol::replies::Word;
use crate::realtime::call::event::Timing;
use crate::realtime::call::lines::{Lines, Reached, Unreached, Verdict};
use crate::realtime::call::locate::Reach;
use crate::realtime::call::memory::Memory;
use crate::realtime::call::message::{
    CallClosed, CallMessage, CallParties, Dial, Invitation, PartiesKnown, Registered,
};
use crate::realtime::call::room::CallRoom;
use crate::realtime::call::store::{CallStore, Stored};
use crate::realtime::registry::actor::Registry;
use crate::realtime::registry::delivery;
use actix::prelude::*;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Keeps nothing, and tells how a call ended.
struct Store(mpsc::UnboundedSender<(EndReason, Time)>);

impl CallStore for Store {
    fn ring(&self, call: NewCall) -> Stored<RingingCall> {
        let roomid = "room".to_owned().try_into();
        let ringing = roomid.map(|roomid| RingingCall { callid: call.callid, roomid, callee: uid("ben") });
        Box::pin(async move { ringing.map_err(Error::inside) })
    }

    fn accept(&self, _: CallId, _: CallAcceptance) -> Stored<()> {
        Box::pin(async { Ok(()) })
    }

    fn end(&self, _: CallId, ending: CallEnding, at: Time) -> Stored<()> {
        let told = self.0.send((ending.reason, at)).map_err(Error::inside);
        Box::pin(async move { told })
    }

    fn find_owner(&self, _: CallId) -> Stored<Option<Incarnation>> {
        Box::pin(async { Ok(None) })
    }

    fn end_unled(&self, _: CallId, _: Uid) -> Stored<()> {
        Box::pin(async { Ok(()) })
    }

    fn end_lost(&self, _: Vec<CallId>) -> Stored<Vec<CallId>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn end_abandoned(&self) -> Stored<()> {
        Box::pin(async { Ok(()) })
    }
}

/// No other node.
struct Alone;

impl Lines for Alone {
    fn are_there(&self) -> bool {
        false
    }

    fn heard(&self) -> Vec<Node> {
        Vec::new()
    }

    fn find_node(&self, _: Incarnation) -> Option<Node> {
        None
    }

    fn tell(&self, _: Node, _: CallId, _: CallMessage) -> Reached<Verdict> {
        Box::pin(async { Err(Unreached::Gone) })
    }

    fn find(&self, _: Node, _: CallParties) -> Reached<[Registered; 2]> {
        Box::pin(async { Err(Unreached::Gone) })
    }

    fn say_to(&self, _: Node, _: Uid, _: SessionId, _: Word) {}

    fn tell_over(&self, _: CallId) {}
}

/// In the place of the switchboard.
struct Board;

impl Actor for Board {
    type Context = Context<Self>;
}

impl Handler<PartiesKnown> for Board {
    type Result = ();

    fn handle(&mut self, _: PartiesKnown, _: &mut Self::Context) {}
}

impl Handler<CallClosed> for Board {
    type Result = ();

    fn handle(&mut self, _: CallClosed, _: &mut Self::Context) {}
}

/// A call that rings for 100 ms, by a clock that is so far from the computer's.
async fn ends_in_time(clock: SteadyClock) -> Result<()> {
    let (sender, mut ended) = mpsc::unbounded_channel();
    let board = Board.start();
    let room = CallRoom {
        callid: CallId::new(),
        parties_known: board.clone().recipient(),
        closed: board.recipient(),
        reach: Reach {
            registry: Registry::new(ConnectionPolicy::One, delivery::channel().1).start(),
            lines: Rc::new(Alone),
        },
        store: Rc::new(Store(sender)),
        timing: Timing { ring: Duration::from_millis(100), ..Timing::default() },
        clock,
        call: None,
        timers: HashMap::new(),
        memory: Memory::default(),
    };
    let target = CallTarget::Person(uid("ben"));
    let invitation = Invitation { caller: uid("ann"), token: TokenHash([0; 32]), target };
    room.start().send(Dial(invitation)).await.map_err(Error::inside)??;
    let ended = tokio::time::timeout(Duration::from_secs(5), ended.recv()).await.map_err(Error::inside)?;
    assert_eq!(ended.map(|(reason, _)| reason), Some(EndReason::Timeout));
    Ok(())
}

#[actix::test]
async fn a_call_ends_in_time_whatever_the_clock_is_set_to() {
    let hour = Duration::from_secs(3600);
    for shown in [Time::now(), Time::now() + hour, Time::now() - hour] {
        ends_in_time(SteadyClock::showing(shown)).await.unwrap();
    }
}
