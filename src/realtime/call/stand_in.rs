//! The stand-in for a call that is led on another node: it hands on what is said to the call here, in its order, and the
//! comings and goings of the call's parties.
//!
//! It decides nothing, with one exception: who hangs up is let go, whatever becomes of the call's node.

use super::lines::{Lines, Reached, Unreached, Verdict};
use super::message::{CallClosed, CallMessage, Forward, gone};
use super::refusal::{Refusal, Untaken};
use super::store::CallStore;
use crate::error::Error;
use crate::model::{CallId, Node};
use actix::fut::{self, LocalBoxActorFuture};
use actix::prelude::*;
use std::rc::Rc;
use std::time::Duration;

/// How many messages may wait for one stand-in.
const MAILBOX: usize = 256;
/// How long it waits before it tells the call's node once more that something was missed.
const AGAIN: Duration = Duration::from_secs(2);

const FAILED: Error = Error::Unready("the node that leads the call failed: try again in a moment");

type Taken = LocalBoxActorFuture<StandIn, Result<(), Untaken>>;

/// The actor. It ends when the switchboard, which it knows as one that takes a message, lets it go.
pub(super) struct StandIn {
    pub(super) callid: CallId,
    pub(super) owner: Owner,
    pub(super) lines: Rc<dyn Lines>,
    pub(super) store: Rc<dyn CallStore>,
    pub(super) closed: Recipient<CallClosed>,
    /// Whether it will say once more that something was missed.
    pub(super) says_again: bool,
}

/// Who leads the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// The store is to say.
    Sought,
    /// This node.
    At(Node),
    /// A node that does not live, or none that this one knows of.
    Dead,
    /// Nobody: it is over, or never was.
    Nobody,
}

impl StandIn {
    /// Looks for the call's node; what is said meanwhile waits.
    fn seek(&self, ctx: &mut Context<Self>) {
        let sought = self.store.find_owner(self.callid.clone()).into_actor(self);
        ctx.wait(sought.map(|sought, stand_in, _| {
            stand_in.owner = match sought {
                Ok(Some(life)) => stand_in.lines.find_node(life).map_or(Owner::Dead, Owner::At),
                Ok(None) => Owner::Nobody,
                Err(error) => {
                    error.log("the node of a call could not be found");
                    Owner::Dead
                }
            };
            if let Owner::Dead | Owner::Nobody = stand_in.owner {
                stand_in.close();
            }
        }));
    }

    fn tell(&self, message: CallMessage) -> Reached<Verdict> {
        match self.owner {
            Owner::At(node) => self.lines.tell(node, self.callid.clone(), message),
            Owner::Dead => Box::pin(std::future::ready(Err(Unreached::Gone))),
            Owner::Sought | Owner::Nobody => {
                Box::pin(std::future::ready(Ok(Verdict::Refused(Refusal::Closed))))
            }
        }
    }

    fn take(
        &mut self,
        message: CallMessage,
        told: Result<Verdict, Unreached>,
        ctx: &mut Context<Self>,
    ) -> Taken {
        match told {
            Ok(Verdict::Taken) => Box::pin(fut::ok(())),
            Ok(Verdict::Refused(Refusal::Closed)) => {
                self.close();
                Box::pin(fut::err(gone(&message).into()))
            }
            Ok(Verdict::Refused(refusal)) => Box::pin(fut::err(refusal.into())),
            Ok(Verdict::Failed) => Box::pin(fut::err(Untaken::Failed(FAILED))),
            Err(unreached) => self.do_without(message, unreached, ctx),
        }
    }

    /// The call's node has not answered.
    fn do_without(&mut self, message: CallMessage, why: Unreached, ctx: &mut Context<Self>) -> Taken {
        match (message, why) {
            (CallMessage::HangUp(by, _), _) => {
                let ended = self.store.end_unled(self.callid.clone(), by);
                Box::pin(ended.into_actor(self).map(|ended, stand_in, _| {
                    ended?;
                    stand_in.close();
                    Ok(())
                }))
            }
            (CallMessage::Accept(..) | CallMessage::Signal { .. }, _) => {
                Box::pin(fut::err(Untaken::Failed(why.into())))
            }
            (_event, Unreached::Gone) => {
                self.close();
                Box::pin(fut::ok(()))
            }
            (_event, Unreached::Silent) => {
                if !std::mem::replace(&mut self.says_again, true) {
                    ctx.notify_later(Forward(CallMessage::EventsMissed), AGAIN);
                }
                Box::pin(fut::ok(()))
            }
        }
    }

    fn close(&self) {
        let told = self.closed.send(CallClosed(self.callid.clone()));
        actix::spawn(async move {
            // The switchboard is gone only when the server ends.
            let _ = told.await;
        });
    }
}

impl Actor for StandIn {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        if self.owner == Owner::Sought {
            self.seek(ctx);
        }
    }
}

impl Handler<Forward> for StandIn {
    type Result = ResponseActFuture<Self, Result<(), Untaken>>;

    /// Told here and not in the future: what is said stays in its order.
    fn handle(&mut self, Forward(message): Forward, _: &mut Self::Context) -> Self::Result {
        if let CallMessage::EventsMissed = message {
            self.says_again = false;
        }
        let told = self.tell(message.clone()).into_actor(self);
        Box::pin(told.then(move |told, stand_in, ctx| stand_in.take(message, told, ctx)))
    }
}
