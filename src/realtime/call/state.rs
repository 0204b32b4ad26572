//! Where a call stands, with the data that only that state has.

use super::event::{Effect, Party, Timer};
use super::refusal::Refusal;
use super::seat::{Held, Seat};
use crate::model::Time;
use crate::model::connection::Connection;

#[derive(Debug, Clone)]
pub(super) enum State<S> {
    Ringing(Ringing<S>),
    Active(Active<S>),
    Ended,
}

#[derive(Debug, Clone)]
pub(super) struct Ringing<S> {
    pub(super) expires: Time,
    /// `None` until a connection of the caller has shown itself.
    pub(super) caller: Option<Seat<S>>,
    /// What the caller has signalled ahead, for whichever device accepts.
    pub(super) ahead: Held<S>,
}

#[derive(Debug, Clone)]
pub(super) struct Active<S> {
    pub(super) since: Time,
    pub(super) caller: Seat<S>,
    pub(super) callee: Seat<S>,
}

impl<S> State<S> {
    pub(super) fn seat_mut(&mut self, party: Party) -> Option<&mut Seat<S>> {
        match (self, party) {
            (Self::Ringing(ringing), Party::Caller) => ringing.caller.as_mut(),
            (Self::Active(active), party) => Some(active.seat_mut(party)),
            (Self::Ringing(_), Party::Callee) | (Self::Ended, _) => None,
        }
    }

    pub(super) fn seat(&self, party: Party) -> Option<&Seat<S>> {
        match (self, party) {
            (Self::Ringing(ringing), Party::Caller) => ringing.caller.as_ref(),
            (Self::Active(active), party) => Some(active.seat(party)),
            (Self::Ringing(_), Party::Callee) | (Self::Ended, _) => None,
        }
    }

    /// When the timer is due, if it runs. What the world has been asked to time is no state of
    /// its own, so the two cannot disagree.
    pub(super) fn deadline(&self, timer: Timer) -> Option<Time> {
        match (self, timer) {
            (Self::Ringing(ringing), Timer::Ring) => Some(ringing.expires),
            (Self::Ringing(ringing), Timer::Grace(Party::Caller)) => {
                ringing.caller.as_ref().and_then(Seat::deadline)
            }
            (Self::Active(active), Timer::Grace(party)) => active.seat(party).deadline(),
            (Self::Ringing(_), Timer::Grace(Party::Callee))
            | (Self::Active(_), Timer::Ring)
            | (Self::Ended, _) => None,
        }
    }

    /// The timers that run.
    pub(super) fn timers(&self) -> impl Iterator<Item = Timer> {
        [Timer::Ring, Timer::Grace(Party::Caller), Timer::Grace(Party::Callee)]
            .into_iter()
            .filter(|&timer| self.deadline(timer).is_some())
    }

    /// Whole seconds since the call was accepted.
    pub(super) fn seconds(&self, now: Time) -> u64 {
        match self {
            Self::Active(active) => {
                let millis = now.millis().saturating_sub(active.since.millis());
                // A clock that was set back makes a short call, not a failure.
                u64::try_from(millis).unwrap_or(0) / 1_000
            }
            Self::Ringing(_) | Self::Ended => 0,
        }
    }
}

impl<S> Ringing<S> {
    /// Keeps what the caller signals before anybody has accepted.
    pub(super) fn signal_ahead(&mut self, at: Connection, signal: S) -> Result<Vec<Effect<S>>, Refusal> {
        let strange = |seat: &Seat<S>| !seat.speaks_for(&at);
        if self.caller.as_ref().is_some_and(strange) {
            return Err(Refusal::Elsewhere);
        }
        if self.ahead.is_full() {
            return Err(Refusal::TooMany);
        }
        self.ahead.keep(signal);
        let was_away = self.caller.as_ref().is_some_and(|seat| seat.deadline().is_some());
        self.caller = Some(Seat::Held(at));
        let back = was_away.then_some(Effect::ClearTimer(Timer::Grace(Party::Caller)));
        Ok(back.into_iter().collect())
    }
}

impl<S> Active<S> {
    pub(super) fn seat(&self, party: Party) -> &Seat<S> {
        match party {
            Party::Caller => &self.caller,
            Party::Callee => &self.callee,
        }
    }

    pub(super) fn seat_mut(&mut self, party: Party) -> &mut Seat<S> {
        match party {
            Party::Caller => &mut self.caller,
            Party::Callee => &mut self.callee,
        }
    }

    /// Whether a signal of `party` from this connection may pass.
    pub(super) fn check_signal(&self, party: Party, at: &Connection) -> Result<(), Refusal> {
        if !self.seat(party).speaks_for(at) {
            return Err(Refusal::Elsewhere);
        }
        match self.seat(party.other()).is_full() {
            true => Err(Refusal::TooMany),
            false => Ok(()),
        }
    }

    /// The same acceptance once more, as after a lost answer, changes nothing.
    pub(super) fn accept_again(&self, at: Option<Connection>) -> Result<Vec<Effect<S>>, Refusal> {
        let same = |at: &Connection| matches!(&self.callee, Seat::Held(held) if held == at);
        match at.as_ref().is_some_and(same) {
            true => Ok(Vec::new()),
            false => Err(Refusal::Elsewhere),
        }
    }
}
