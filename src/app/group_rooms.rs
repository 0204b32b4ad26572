//! Rooms in which people type: what is told to them, and what they ask of the server.

use crate::app::App;
use crate::app::questions::Question;
use crate::db::connection::AnyConnection;
use crate::error::Result;
use crate::model::{Access, RoomId, Slots, Uid};
use crate::protocol::replies::Reply;
use crate::realtime::call::lines::Lines;
use crate::realtime::group::members::Members;
use crate::realtime::group::message::Origin;
use crate::realtime::group::room as group_room;
use crate::realtime::group::surroundings::{Pending, Surroundings};
use crate::store::{member, room};
use std::time::{Duration, Instant};

/// How long a question may wait that nobody answers.
const UNANSWERED: Duration = Duration::ZERO;

impl App {
    /// Somebody types in a room: the others hear of it, on whichever node. `FA_NOTFOUND` for those who are not in the
    /// room, `FA_PERMISSION` where it is closed for writing.
    pub async fn tell_typing(&self, roomid: RoomId, uid: Uid, origin: Origin) -> Result<()> {
        group_room::tell_typing(&self.0.rooms, self.clone(), roomid, uid, origin).await
    }
}

impl Surroundings for App {
    fn find(&self, roomid: RoomId) -> Pending<Option<Members>> {
        let (app, asked) = (self.clone(), Instant::now());
        let find = move |store: &mut AnyConnection| {
            let Some(room) = room::find(store, &roomid)? else { return Ok(None) };
            let places = member::list_places(store, &roomid)?;
            Ok(Some(Members::new(Access::open_if(room.open), places, asked)))
        };
        Box::pin(async move { app.read(find).await })
    }

    fn trusts_memory(&self) -> bool {
        Self::trusts_memory(self)
    }

    fn tell_here(&self, to: Vec<Uid>, reply: &Reply) {
        self.send_ephemeral_here(to, reply);
    }

    fn tell_there(&self, nodes: Slots, roomid: &RoomId, uid: &Uid) {
        let typed = Question::Typed { roomid: roomid.clone(), uid: uid.clone() };
        for node in self.heard().into_iter().filter(|node| nodes.contains(node.slot)) {
            drop(self.ask::<()>(node, &typed, UNANSWERED));
        }
    }
}
