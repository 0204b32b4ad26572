//! The place of one party in a call: held by one connection, or vacant for a while.
//!
//! Deliberately not here: who the party is, and what a vacancy that runs out means.

use crate::model::connection::Connection;
use crate::model::{DeviceId, SessionId, Time};

/// Signals kept for a party that is away; a negotiation with all its candidates stays well below.
const MOST_HELD: usize = 64;

/// Where signals for one party go.
#[derive(Debug, Clone)]
pub(super) enum Seat<S> {
    Held(Connection),
    Vacant(Vacancy<S>),
}

/// A seat whose connection is lost, or was never known.
#[derive(Debug, Clone)]
pub(super) struct Vacancy<S> {
    /// Whose return it waits for; `None` where no connection of the party has been seen yet, and
    /// then any of them will do.
    device: Option<DeviceId>,
    /// When the wait is over.
    pub(super) until: Time,
    held: Held<S>,
}

/// Signals that wait for somebody to take them, oldest first; never more than [`MOST_HELD`].
#[derive(Debug, Clone)]
pub(super) struct Held<S>(Vec<S>);

/// What sitting down changed.
#[derive(Debug)]
pub(super) enum Seated<S> {
    /// The connection was lost, or not known: these signals waited for it.
    Returned(Vec<S>),
    /// The same device, or nothing, changed; no timer was running.
    Stayed,
}

impl<S> Held<S> {
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MOST_HELD
    }

    pub(super) fn keep(&mut self, signal: S) {
        if !self.is_full() {
            self.0.push(signal);
        }
    }

    pub(super) fn into_signals(self) -> Vec<S> {
        self.0
    }
}

impl<S> Seat<S> {
    /// A seat that waits until `until` for any connection of its party.
    pub(super) fn awaiting(until: Time, held: Held<S>) -> Self {
        let device = None;
        Self::Vacant(Vacancy { device, until, held })
    }

    /// The connection that holds it.
    pub(super) fn session(&self) -> Option<SessionId> {
        match self {
            Self::Held(held) => Some(held.session),
            Self::Vacant(_) => None,
        }
    }

    /// Whether a connection that has just been made belongs here: the same device takes over from
    /// its own dead connection even before the loss of that one is noticed.
    pub(super) fn welcomes(&self, at: &Connection) -> bool {
        match self {
            Self::Held(held) => held.device == at.device,
            Self::Vacant(vacancy) => vacancy.waits_for(at),
        }
    }

    /// Whether what comes from this connection comes from the bound one. Stricter than
    /// [`welcomes`](Self::welcomes), so that a late word of an old socket does not evict the new one.
    pub(super) fn speaks_for(&self, at: &Connection) -> bool {
        match self {
            Self::Held(held) => held.session == at.session,
            Self::Vacant(vacancy) => vacancy.waits_for(at),
        }
    }

    pub(super) fn sit(&mut self, at: Connection) -> Seated<S> {
        match std::mem::replace(self, Self::Held(at)) {
            Self::Held(_) => Seated::Stayed,
            Self::Vacant(vacancy) => Seated::Returned(vacancy.held.into_signals()),
        }
    }

    /// Vacates the seat if `session` holds it, and says whether it did.
    pub(super) fn lose(&mut self, session: SessionId, until: Time) -> bool {
        let device = match self {
            Self::Held(held) if held.session == session => Some(held.device.clone()),
            Self::Held(_) | Self::Vacant(_) => return false,
        };
        let held = Held::none();
        *self = Self::Vacant(Vacancy { device, until, held });
        true
    }

    /// Whether a signal for this party has neither a connection nor room to wait for one.
    pub(super) fn is_full(&self) -> bool {
        match self {
            Self::Held(_) => false,
            Self::Vacant(vacancy) => vacancy.held.is_full(),
        }
    }

    /// Hands the signal back with where it goes now, or keeps it for later.
    pub(super) fn deliver(&mut self, signal: S) -> Option<(SessionId, S)> {
        match self {
            Self::Held(held) => Some((held.session, signal)),
            Self::Vacant(vacancy) => {
                vacancy.held.keep(signal);
                None
            }
        }
    }

    /// When the wait for the party is over, if it is away.
    pub(super) fn deadline(&self) -> Option<Time> {
        match self {
            Self::Held(_) => None,
            Self::Vacant(vacancy) => Some(vacancy.until),
        }
    }

    /// Whether another device of the same party sits here.
    pub(super) fn is_held_by_another_device_than(&self, at: &Connection) -> bool {
        match self {
            Self::Held(held) => held.device != at.device,
            Self::Vacant(_) => false,
        }
    }
}

impl<S> Vacancy<S> {
    fn waits_for(&self, at: &Connection) -> bool {
        self.device.as_ref().is_none_or(|device| *device == at.device)
    }
}
