//! The rooms that messages are being sent to: locked, with their members.

use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::Uid;
use crate::store::member::{self, Member};
use crate::store::room::{self, Address, Room};
use std::collections::HashMap;

/// A locked room with who is in it.
pub struct Place {
    /// The room.
    pub room: Room,
    /// Who is in it.
    pub members: Vec<Member>,
    /// How many messages are about to be posted in it.
    pub drafts: i64,
}

/// Locked rooms, found by their addresses.
pub struct Places {
    places: Vec<Place>,
    by_address: HashMap<Address, usize>,
}

impl Places {
    /// Locks the rooms at these addresses, as far as there are any.
    pub fn lock(tx: &mut Tx<'_>, addresses: &[&Address]) -> Result<Self> {
        let rooms = room::lock_all(tx, addresses)?;
        let ids: Vec<_> = rooms.iter().map(|room| &room.roomid).collect();
        let mut members = member::list_all(tx, &ids)?;
        let (mut places, mut by_address) = (Vec::<Place>::new(), HashMap::new());
        for room in rooms {
            // One that was asked for by both of its addresses is one nevertheless.
            if by_address.contains_key(&Address::Id(room.roomid.clone())) {
                continue;
            }
            by_address.extend(room.addresses().map(|address| (address, places.len())));
            let members = members.remove(&room.roomid).unwrap_or_default();
            places.push(Place { room, members, drafts: 0 });
        }
        Ok(Self { places, by_address })
    }

    /// The room at an address, if it is open and `uid` is in it, and which of its members they are.
    pub fn find(&self, address: &Address, uid: &Uid) -> Option<(usize, usize)> {
        let place = *self.by_address.get(address)?;
        let Place { room, members, .. } = &self.places[place];
        let author = members.iter().position(|member| member.person.uid == *uid)?;
        room.open.then_some((place, author))
    }

    /// One of them.
    pub fn get(&self, place: usize) -> &Place {
        &self.places[place]
    }

    /// One of them, to be changed.
    pub fn get_mut(&mut self, place: usize) -> &mut Place {
        &mut self.places[place]
    }

    /// Those in which messages are posted.
    pub fn written(&self) -> Vec<&Room> {
        self.places.iter().filter(|place| place.drafts > 0).map(|place| &place.room).collect()
    }
}
