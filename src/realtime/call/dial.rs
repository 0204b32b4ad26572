//! How a call begins: it is kept, its parties are made known, and it rings.

use super::event::{Effect, Invite, Party};
use super::locate::{Located, likely};
use super::machine::Call;
use super::message::{CallParties, Dial, Invitation, PartiesKnown, Signal};
use super::room::CallRoom;
use crate::error::Result;
use crate::model::call::{NewCall, RingingCall};
use crate::model::connection::Connection;
use crate::model::{Time, Uid};
use actix::prelude::*;

impl Handler<Dial> for CallRoom {
    type Result = AtomicResponse<Self, Result<RingingCall>>;

    fn handle(&mut self, Dial(invitation): Dial, _: &mut Self::Context) -> Self::Result {
        let at = self.clock.now();
        let (caller, token) = (invitation.caller.clone(), invitation.token);
        let dialled = self.dial(invitation, at).into_actor(self);
        AtomicResponse::new(Box::pin(dialled.map(move |dialled, room, ctx| {
            let begun = dialled.and_then(|(ringing, mut located)| {
                room.learn(&mut located, ctx);
                let connection = likely(located.of(Party::Caller), token);
                let effects = room.begin(&ringing, caller, connection, at)?;
                Ok((ringing, effects))
            });
            match begun {
                Ok((ringing, effects)) => {
                    room.perform(effects, ctx);
                    Ok(ringing)
                }
                Err(error) => {
                    ctx.stop();
                    Err(error)
                }
            }
        })))
    }
}

impl CallRoom {
    /// Keeps the call and finds the connections of its two.
    fn dial(
        &self,
        invitation: Invitation,
        at: Time,
    ) -> impl Future<Output = Result<(RingingCall, Located)>> + use<> {
        let Invitation { caller, target, .. } = invitation;
        let (callid, expires) = (self.callid.clone(), at + self.timing.ring);
        let kept = self.store.ring(NewCall { callid, caller: caller.clone(), target, at, expires });
        let (switchboard, reach) = (self.parties_known.clone(), self.reach.clone());
        async move {
            let ringing = kept.await?;
            // First the parties are known, so that no connection goes unnoticed that is found next.
            let parties = [caller, ringing.callee.clone()];
            let call = CallParties { callid: ringing.callid.clone(), parties };
            // Both actors are gone only when the server ends; the call rings already.
            let _ = switchboard.send(PartiesKnown(call.clone())).await;
            Ok((ringing, reach.locate(call).await.unwrap_or_default()))
        }
    }

    fn begin(
        &mut self,
        ringing: &RingingCall,
        caller: Uid,
        at: Option<Connection>,
        now: Time,
    ) -> Result<Vec<Effect<Signal>>> {
        let RingingCall { callid, roomid, callee } = ringing.clone();
        let invite = Invite { call: callid, room: roomid, caller, callee, at };
        let (call, effects) = Call::ring(invite, self.timing, now)?;
        self.call = Some(call);
        Ok(effects)
    }
}
