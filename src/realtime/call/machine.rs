//! One video call between two people as a pure state machine: events go in, effects come out.
//!
//! Deliberately no actor, no clock, no socket and no store: what time it is comes with each event,
//! timers are asked for as effects. Nor is it known here who may call whom or who is in another
//! call already; that is found out before a call is made.

use super::event::{Effect, Event, Invite, Party, Phase, Timer, Timing};
use super::refusal::Refusal;
use super::seat::{Held, Seat};
use super::state::{Ringing, State};
use crate::model::{CallId, RoomId, SessionId, Time, Uid};

/// A call from its invitation on.
#[derive(Debug, Clone)]
pub struct Call<S> {
    id: CallId,
    room: RoomId,
    pub(super) caller: Uid,
    pub(super) callee: Uid,
    pub(super) timing: Timing,
    pub(super) state: State<S>,
}

pub(super) type Effects<S> = Vec<Effect<S>>;

impl<S> Call<S> {
    /// Starts to ring at `now`. Fails only where caller and callee are the same.
    pub fn ring(invite: Invite, timing: Timing, now: Time) -> Result<(Self, Vec<Effect<S>>), Refusal> {
        if invite.caller == invite.callee {
            return Err(Refusal::OnePerson);
        }
        let expires = now + timing.ring;
        let effects =
            vec![Effect::Ring { to: invite.callee.clone(), expires }, Effect::SetTimer(Timer::Ring, expires)];
        let ringing = Ringing { expires, caller: invite.at.map(Seat::Held), ahead: Held::none() };
        let call = Self {
            id: invite.call,
            room: invite.room,
            caller: invite.caller,
            callee: invite.callee,
            timing,
            state: State::Ringing(ringing),
        };
        Ok((call, effects))
    }

    /// Takes what happened at `now` and says what is to be done about it.
    pub fn on(&mut self, event: Event<S>, now: Time) -> Result<Vec<Effect<S>>, Refusal> {
        match event {
            Event::Accept { by, at } => self.accept(&by, at, now),
            Event::HangUp { by, at } => self.hang_up(&by, at.as_ref(), now),
            Event::Busy => self.busy(now),
            Event::Signal { from, at, signal } => self.signal(&from, at, signal),
            Event::Arrived { uid, at } => Ok(self.arrived(&uid, at)),
            Event::Lost(session) => Ok(self.lost(session, now)),
            Event::Fired(timer) => Ok(self.fired(timer, now)),
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &CallId {
        &self.id
    }

    /// The room of the two.
    #[must_use]
    pub fn room(&self) -> &RoomId {
        &self.room
    }

    /// Who is at that end.
    #[must_use]
    pub fn uid(&self, party: Party) -> &Uid {
        match party {
            Party::Caller => &self.caller,
            Party::Callee => &self.callee,
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.state {
            State::Ringing(_) => Phase::Ringing,
            State::Active(_) => Phase::Active,
            State::Ended => Phase::Ended,
        }
    }

    /// The connection that it is bound to at that end, if there is one.
    #[must_use]
    pub fn bound(&self, party: Party) -> Option<SessionId> {
        self.state.seat(party).and_then(Seat::session)
    }

    pub(super) fn party(&self, uid: &Uid) -> Result<Party, Refusal> {
        match uid {
            uid if *uid == self.caller => Ok(Party::Caller),
            uid if *uid == self.callee => Ok(Party::Callee),
            _stranger => Err(Refusal::Stranger),
        }
    }
}

/// Signals of `from` on their way to one connection.
pub(super) fn relay<S>(from: &Uid, to: SessionId, signals: Vec<S>) -> impl Iterator<Item = Effect<S>> {
    let relay = move |signal| Effect::Relay { to, from: from.clone(), signal };
    signals.into_iter().map(relay)
}
