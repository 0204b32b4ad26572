//! What the two connections of a call do to it: they signal, come, go, and stay away too long.

use super::event::{Effect, Party, Timer};
use super::machine::{Call, Effects, relay};
use super::refusal::Refusal;
use super::seat::{Seat, Seated};
use super::state::State;
use crate::model::call::CallListener;
use crate::model::connection::Connection;
use crate::model::{EndReason, SessionId, Time, Uid};

impl<S> Call<S> {
    pub(super) fn signal(&mut self, from: &Uid, at: Connection, signal: S) -> Result<Effects<S>, Refusal> {
        let party = self.party(from)?;
        match (&mut self.state, party) {
            (State::Ringing(ringing), Party::Caller) => ringing.signal_ahead(at, signal),
            (State::Ringing(_), Party::Callee) => Err(Refusal::NotAccepted),
            (State::Active(active), party) => {
                active.check_signal(party, &at)?;
                let other = active.seat_mut(party.other());
                let delivered = other.deliver(signal);
                let mut effects = self.sit(party, at);
                effects.extend(delivered.map(|(to, signal)| Effect::Relay {
                    to,
                    from: from.clone(),
                    signal,
                }));
                Ok(effects)
            }
            (State::Ended, _either) => Err(Refusal::Closed),
        }
    }

    pub(super) fn arrived(&mut self, uid: &Uid, at: Connection) -> Effects<S> {
        let Ok(party) = self.party(uid) else {
            return Vec::new();
        };
        if let State::Ringing(ringing) = &mut self.state
            && party == Party::Caller
            && ringing.caller.is_none()
        {
            ringing.caller = Some(Seat::Held(at));
            return Vec::new();
        }
        match self.state.seat_mut(party) {
            Some(seat) if seat.welcomes(&at) => self.sit(party, at),
            Some(_) | None => Vec::new(),
        }
    }

    /// Puts the connection into the party's seat; what waited for it goes to it.
    fn sit(&mut self, party: Party, at: Connection) -> Effects<S> {
        let session = at.session;
        let seated = self.state.seat_mut(party).map(|seat| seat.sit(at));
        match seated {
            Some(Seated::Returned(signals)) => {
                let back = Effect::ClearTimer(Timer::Grace(party));
                let waited = relay(self.uid(party.other()), session, signals);
                [back].into_iter().chain(waited).collect()
            }
            Some(Seated::Stayed) | None => Vec::new(),
        }
    }

    pub(super) fn lost(&mut self, session: SessionId, now: Time) -> Effects<S> {
        let until = now + self.timing.grace;
        [Party::Caller, Party::Callee]
            .into_iter()
            .filter(|&party| {
                let seat = self.state.seat_mut(party);
                seat.is_some_and(|seat| seat.lose(session, until))
            })
            .map(|party| Effect::SetTimer(Timer::Grace(party), until))
            .collect()
    }

    pub(super) fn fired(&mut self, timer: Timer, now: Time) -> Effects<S> {
        match self.state.deadline(timer) {
            None => Vec::new(),
            // The world's timers may be coarser than its clock.
            Some(deadline) if now < deadline => vec![Effect::SetTimer(timer, deadline)],
            Some(_) => self.run_out(timer, now),
        }
    }

    fn run_out(&mut self, timer: Timer, now: Time) -> Effects<S> {
        match timer {
            Timer::Ring => self.end(EndReason::Timeout, None, self.everybody(), now),
            Timer::Grace(party) => {
                let gone = self.uid(party).clone();
                let left = CallListener::Everywhere(self.uid(party.other()).clone());
                self.end(EndReason::Offline, Some(gone), vec![left], now)
            }
        }
    }
}
