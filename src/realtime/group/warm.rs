//! The rooms of this node that have an actor. Threads that commit let go of those whose members have changed, before the
//! commit is answered: who types then finds a new room, which asks the store.

use super::members::Members;
use super::message::{Telling, ToRoom};
use crate::model::{RoomId, Uid};
use actix::Recipient;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many rooms have an actor; for a further one the one goes in which nobody has typed for longest.
const MOST: usize = 2000;
/// How long a room stays in which nobody types.
pub(super) const IDLE: Duration = Duration::from_secs(60);

/// The rooms.
#[derive(Debug, Default)]
pub struct WarmRooms(Mutex<Rooms>);

#[derive(Debug, Default)]
struct Rooms {
    /// The number of the newest.
    number: u64,
    warm: HashMap<RoomId, Warm>,
}

#[derive(Debug)]
struct Warm {
    number: u64,
    address: Recipient<ToRoom>,
    /// When it was asked for last.
    used: Instant,
    /// Who is in it, once that is known.
    members: Option<Arc<Members>>,
}

/// How long a room may stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// This long, if nobody types until then.
    For(Duration),
    /// It was let go.
    Over,
}

impl WarmRooms {
    /// Who is in a room, or whether it is open, has changed.
    pub fn forget(&self, roomid: &RoomId) {
        self.lock().warm.remove(roomid).iter().for_each(Warm::end);
    }

    /// An account may be closed: lets go of the rooms that it is in.
    pub fn forget_account(&self, uid: &Uid) {
        let may_have = |warm: &Warm| warm.members.as_ref().is_none_or(|members| members.has(uid));
        self.lock().warm.extract_if(|_, warm| may_have(warm)).for_each(|(_, warm)| warm.end());
    }

    /// Anything may have changed.
    pub fn forget_all(&self) {
        self.lock().warm.drain().for_each(|(_, warm)| warm.end());
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.lock().warm.len()
    }

    /// The room, which `make` makes under a number of its own where there is none.
    pub(super) fn find(
        &self,
        roomid: &RoomId,
        make: impl FnOnce(u64) -> Recipient<ToRoom>,
    ) -> Recipient<ToRoom> {
        let (now, mut rooms) = (Instant::now(), self.lock());
        if let Some(warm) = rooms.warm.get_mut(roomid).filter(|warm| warm.address.connected()) {
            warm.used = now;
            return warm.address.clone();
        }
        rooms.make_way();
        rooms.number += 1;
        let (number, address) = (rooms.number, make(rooms.number));
        let warm = Warm { number, address: address.clone(), used: now, members: None };
        rooms.warm.insert(roomid.clone(), warm);
        address
    }

    /// The room has learned who is in it.
    pub(super) fn learn(&self, roomid: &RoomId, number: u64, members: &Arc<Members>) {
        if let Some(warm) = self.lock().get(roomid, number) {
            warm.members = Some(members.clone());
        }
    }

    /// Tells something as long as the room is the one that is found. Nothing that has changed by then is told otherwise:
    /// whoever forgets it waits here.
    pub(super) fn while_warm(&self, roomid: &RoomId, number: u64, tell: impl FnOnce()) -> Telling {
        match self.lock().get(roomid, number) {
            Some(_) => {
                tell();
                Telling::Told
            }
            None => Telling::Outdated,
        }
    }

    /// Lets go of a room in which nobody has typed for a while.
    pub(super) fn rest(&self, roomid: &RoomId, number: u64, now: Instant) -> Rest {
        let mut rooms = self.lock();
        let Some(warm) = rooms.get(roomid, number) else { return Rest::Over };
        match IDLE.checked_sub(now.saturating_duration_since(warm.used)) {
            Some(time) if !time.is_zero() => Rest::For(time),
            Some(_) | None => {
                rooms.warm.remove(roomid);
                Rest::Over
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Rooms> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rooms {
    fn get(&mut self, roomid: &RoomId, number: u64) -> Option<&mut Warm> {
        self.warm.get_mut(roomid).filter(|warm| warm.number == number)
    }

    /// There is room for another one afterwards.
    fn make_way(&mut self) {
        if self.warm.len() < MOST {
            return;
        }
        let oldest = self.warm.iter().min_by_key(|(_, warm)| warm.used).map(|(roomid, _)| roomid.clone());
        oldest.and_then(|roomid| self.warm.remove(&roomid)).iter().for_each(Warm::end);
    }
}

impl Warm {
    fn end(&self) {
        // One whose mailbox is full ends when it rests.
        let _ = self.address.try_send(ToRoom::Ended);
    }
}
