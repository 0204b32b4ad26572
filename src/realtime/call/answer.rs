//! How a call is answered and how it ends.

use super::event::{Effect, Party, Timer};
use super::machine::{Call, Effects, relay};
use super::refusal::Refusal;
use super::seat::{Held, Seat};
use super::state::{Active, State};
use crate::model::call::{CallEnding, CallListener};
use crate::model::connection::Connection;
use crate::model::{EndReason, Time, Uid};

impl<S> Call<S> {
    pub(super) fn accept(
        &mut self,
        by: &Uid,
        at: Option<Connection>,
        now: Time,
    ) -> Result<Effects<S>, Refusal> {
        if self.party(by)? == Party::Caller {
            return Err(Refusal::NotTheCallee);
        }
        match &self.state {
            State::Ringing(ringing) if now >= ringing.expires => Err(Refusal::Expired),
            State::Ringing(_) => Ok(self.begin(at, now)),
            State::Active(active) => active.accept_again(at),
            State::Ended => Err(Refusal::Closed),
        }
    }

    fn begin(&mut self, at: Option<Connection>, now: Time) -> Effects<S> {
        let State::Ringing(ringing) = std::mem::replace(&mut self.state, State::Ended) else {
            return Vec::new();
        };
        let until = now + self.timing.grace;
        let mut effects = vec![Effect::ClearTimer(Timer::Ring), self.accepted(at.as_ref())];
        let caller = ringing.caller.unwrap_or_else(|| {
            effects.push(Effect::SetTimer(Timer::Grace(Party::Caller), until));
            Seat::awaiting(until, Held::none())
        });
        let callee = match at {
            Some(at) => {
                effects.extend(relay(&self.caller, at.session, ringing.ahead.into_signals()));
                Seat::Held(at)
            }
            None => {
                effects.push(Effect::SetTimer(Timer::Grace(Party::Callee), until));
                Seat::awaiting(until, ringing.ahead)
            }
        };
        self.state = State::Active(Active { since: now, caller, callee });
        effects
    }

    fn accepted(&self, at: Option<&Connection>) -> Effect<S> {
        Effect::Accepted {
            by: self.callee.clone(),
            audience: vec![CallListener::Everywhere(self.caller.clone()), elsewhere(&self.callee, at)],
        }
    }

    pub(super) fn hang_up(
        &mut self,
        by: &Uid,
        at: Option<&Connection>,
        now: Time,
    ) -> Result<Effects<S>, Refusal> {
        let party = self.party(by)?;
        let other = CallListener::Everywhere(self.uid(party.other()).clone());
        let (reason, audience) = match (&self.state, party) {
            (State::Ringing(_), Party::Caller) => (EndReason::Cancel, vec![other]),
            (State::Ringing(_), Party::Callee) => (EndReason::Reject, vec![other, elsewhere(by, at)]),
            (State::Active(active), _either) => {
                // A device that refuses while another of the same person has just accepted must
                // not end that call.
                if at.is_some_and(|at| active.seat(party).is_held_by_another_device_than(at)) {
                    return Err(Refusal::Elsewhere);
                }
                (EndReason::HangUp, vec![other])
            }
            (State::Ended, _either) => return Err(Refusal::Closed),
        };
        Ok(self.end(reason, Some(by.clone()), audience, now))
    }

    pub(super) fn busy(&mut self, now: Time) -> Result<Effects<S>, Refusal> {
        match self.state {
            State::Ringing(_) => {
                let by = Some(self.callee.clone());
                Ok(self.end(EndReason::Busy, by, self.everybody(), now))
            }
            State::Active(_) => Err(Refusal::NotRinging),
            State::Ended => Err(Refusal::Closed),
        }
    }

    pub(super) fn end(
        &mut self,
        reason: EndReason,
        by: Option<Uid>,
        audience: Vec<CallListener>,
        now: Time,
    ) -> Effects<S> {
        let over = std::mem::replace(&mut self.state, State::Ended);
        let duration = over.seconds(now);
        let timers = over.timers().map(Effect::ClearTimer);
        let ending = CallEnding { reason, duration, by, audience };
        timers.chain([Effect::Ended(ending)]).collect()
    }

    pub(super) fn everybody(&self) -> Vec<CallListener> {
        [&self.caller, &self.callee].map(|uid| CallListener::Everywhere(uid.clone())).into()
    }
}

fn elsewhere(uid: &Uid, at: Option<&Connection>) -> CallListener {
    CallListener::Elsewhere { uid: uid.clone(), except: at.map(|at| at.session) }
}
