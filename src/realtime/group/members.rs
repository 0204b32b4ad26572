//! Who is in a room, as the store said at some time: who may type, who hears it, and on which nodes they are.

use crate::error::{Error, Result};
use crate::model::{Access, Slots, Uid};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// For how long it is known who is in a room. Changes are told at once; where somebody is connected is not.
const KNOWN: Duration = Duration::from_secs(10);

/// The members of a room.
#[derive(Debug)]
pub struct Members {
    access: Access,
    places: HashMap<Uid, Slots>,
    asked: Instant,
}

impl Members {
    /// What the store, which was asked then, says: whether the room is open, who is in it with an open account, and the
    /// nodes that each of them is connected to.
    pub fn new(access: Access, places: impl IntoIterator<Item = (Uid, Slots)>, asked: Instant) -> Self {
        Self { access, places: places.into_iter().collect(), asked }
    }

    /// Whether it is too long ago that the store was asked.
    pub fn is_old(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.asked) >= KNOWN
    }

    /// Whether somebody is in the room.
    pub fn has(&self, uid: &Uid) -> bool {
        self.places.contains_key(uid)
    }

    /// `FA_NOTFOUND` for those who are not in the room, `FA_PERMISSION` where it is closed for writing.
    pub fn require_typist(&self, uid: &Uid) -> Result<()> {
        match (self.has(uid), self.access) {
            (false, _) => Err(NO_ROOM),
            (true, Access::Closed) => Err(Error::Permission("this room is closed for writing")),
            (true, Access::Open) => Ok(()),
        }
    }

    /// The others, who hear that somebody types.
    pub fn others(&self, uid: &Uid) -> Vec<Uid> {
        self.places.keys().filter(|other| *other != uid).cloned().collect()
    }

    /// The nodes that the others are connected to.
    pub fn slots_of_others(&self, uid: &Uid) -> Slots {
        let others = self.places.iter().filter(|(other, _)| *other != uid);
        others.fold(Slots::NONE, |slots, (_, theirs)| slots | *theirs)
    }
}

/// A room does not exist for those who are not in it.
pub const NO_ROOM: Error = Error::NotFound("room");
