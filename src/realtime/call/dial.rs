//! How a call begins: it is kept, its parties are made known, and it rings.

use super::event::{Effect, Invite};
use super::locate::find_connection;
use super::machine::Call;
use super::message::{Dial, Invitation, PartiesKnown, Signal};
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
        let dialled = self.dial(invitation, at).into_actor(self);
        AtomicResponse::new(Box::pin(dialled.map(move |dialled, room, ctx| {
            let begun = dialled.and_then(|(ringing, caller, connection)| {
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
    /// Keeps the call and finds the caller's connection.
    fn dial(
        &self,
        invitation: Invitation,
        at: Time,
    ) -> impl Future<Output = Result<(RingingCall, Uid, Option<Connection>)>> + use<> {
        let Invitation { caller, token, target } = invitation;
        let (callid, expires) = (self.callid.clone(), at + self.timing.ring);
        let kept = self.store.ring(NewCall { callid, caller: caller.clone(), target, at, expires });
        let (switchboard, registry) = (self.parties_known.clone(), self.registry.clone());
        async move {
            let ringing = kept.await?;
            // First the parties are known, so that no connection goes unnoticed that is found next.
            let parties = [caller.clone(), ringing.callee.clone()];
            // Both actors are gone only when the server ends; the call rings already.
            let _ = switchboard.send(PartiesKnown(ringing.callid.clone(), parties)).await;
            let found = find_connection(registry, caller.clone(), token).await.ok();
            Ok((ringing, caller, found.and_then(|found| found.likely)))
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
