//! A room among stand-ins: what it asks of the store, whom it tells, and what it forgets.

use super::members::Members;
use super::message::Origin;
use super::room::tell_typing;
use super::surroundings::{Pending, Surroundings};
use super::warm::{Rest, WarmRooms};
use crate::model::{Access, RoomId, Slot, Slots, Uid};
use crate::protocol::replies::Reply;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

fn uid(name: &str) -> Uid {
    name.to_owned().try_into().unwrap()
}

fn roomid(name: &str) -> RoomId {
    name.to_owned().try_into().unwrap()
}

fn slots(number: u8) -> Slots {
    Slots::from_iter([Slot::try_from(number).unwrap()])
}

/// The server around the rooms.
#[derive(Clone, Default)]
struct Around(Arc<Parts>);

#[derive(Default)]
struct Parts {
    members: Mutex<Vec<&'static str>>,
    is_closed: AtomicBool,
    is_deaf: AtomicBool,
    reads: AtomicUsize,
    /// The next answer of the store comes when this is told, if it is to wait.
    holds: Mutex<Option<Arc<Notify>>>,
    here: Mutex<Vec<Vec<Uid>>>,
    there: Mutex<Vec<Slots>>,
}

impl Surroundings for Around {
    fn find(&self, _: RoomId) -> Pending<Option<Members>> {
        self.0.reads.fetch_add(1, Ordering::Relaxed);
        let access = Access::open_if(!self.0.is_closed.load(Ordering::Relaxed));
        let members = self.0.members.lock().unwrap().clone();
        let places = members.into_iter().zip(1..).map(|(name, number)| (uid(name), slots(number)));
        let members = (!self.0.members.lock().unwrap().is_empty())
            .then(|| Members::new(access, places, Instant::now()));
        let hold = self.0.holds.lock().unwrap().take();
        Box::pin(async move {
            if let Some(hold) = hold {
                hold.notified().await;
            }
            Ok(members)
        })
    }

    fn trusts_memory(&self) -> bool {
        !self.0.is_deaf.load(Ordering::Relaxed)
    }

    fn tell_here(&self, mut to: Vec<Uid>, _: &Reply) {
        to.sort();
        self.0.here.lock().unwrap().push(to);
    }

    fn tell_there(&self, nodes: Slots, _: &RoomId, _: &Uid) {
        self.0.there.lock().unwrap().push(nodes);
    }
}

impl Around {
    fn of(members: &[&'static str]) -> Self {
        let around = Self::default();
        around.has(members);
        around
    }

    fn has(&self, members: &[&'static str]) {
        *self.0.members.lock().unwrap() = members.to_vec();
    }

    fn reads(&self) -> usize {
        self.0.reads.load(Ordering::Relaxed)
    }

    /// Who was told since.
    fn told(&self) -> Vec<Vec<Uid>> {
        std::mem::take(&mut self.0.here.lock().unwrap())
    }

    /// Somebody types; returns the code of the refusal.
    async fn types(&self, rooms: &Arc<WarmRooms>, name: &str) -> Result<(), &'static str> {
        self.types_in(rooms, "room", name).await
    }

    async fn types_in(&self, rooms: &Arc<WarmRooms>, room: &str, name: &str) -> Result<(), &'static str> {
        let told = tell_typing(rooms, self.clone(), roomid(room), uid(name), Origin::Here);
        told.await.map_err(|error| error.code())
    }
}

#[actix::test]
async fn a_warm_room_asks_the_store_once_and_tells_the_others_and_their_nodes() {
    let (rooms, around) = (Arc::<WarmRooms>::default(), Around::of(&["ann", "bob", "cat"]));
    for _ in 0..5 {
        assert_eq!(around.types(&rooms, "ann").await, Ok(()));
    }
    assert_eq!((around.reads(), rooms.count()), (1, 1));
    assert_eq!(around.told(), vec![vec![uid("bob"), uid("cat")]; 5]);
    assert_eq!(*around.0.there.lock().unwrap(), vec![slots(2) | slots(3); 5]);
    let heard = tell_typing(&rooms, around.clone(), roomid("room"), uid("bob"), Origin::Elsewhere).await;
    assert!(heard.is_ok());
    assert_eq!(around.told(), [[uid("ann"), uid("cat")]]);
    assert_eq!(around.0.there.lock().unwrap().len(), 5, "what another node has told goes no further");
}

#[actix::test]
async fn nobody_is_let_in_by_what_was_before_a_change_nor_kept_out() {
    let (rooms, around) = (Arc::<WarmRooms>::default(), Around::of(&["ann", "bob", "cat"]));
    assert_eq!(around.types(&rooms, "ann").await, Ok(()));
    assert_eq!(around.types(&rooms, "dan").await, Err("FA_NOTFOUND"));
    around.has(&["bob", "cat", "dan"]);
    around.told();
    rooms.forget(&roomid("room"));
    assert_eq!(around.types(&rooms, "ann").await, Err("FA_NOTFOUND"));
    assert_eq!(around.types(&rooms, "bob").await, Ok(()));
    assert_eq!(around.told(), [[uid("cat"), uid("dan")]]);
    // Who was not told of a change refuses nobody by what it knows.
    around.has(&["ann", "bob"]);
    assert_eq!(around.types(&rooms, "ann").await, Ok(()));
    around.0.is_closed.store(true, Ordering::Relaxed);
    rooms.forget(&roomid("room"));
    assert_eq!(around.types(&rooms, "bob").await, Err("FA_PERMISSION"));
    around.has(&[]);
    rooms.forget_all();
    assert_eq!(around.types(&rooms, "bob").await, Err("FA_NOTFOUND"));
}

#[actix::test]
async fn what_changes_while_the_store_is_asked_is_asked_once_more() {
    let (rooms, around) = (Arc::<WarmRooms>::default(), Around::of(&["ann", "bob", "cat"]));
    let hold = Arc::new(Notify::new());
    *around.0.holds.lock().unwrap() = Some(hold.clone());
    let typing = async {
        let (ann, bob) = tokio::join!(around.types(&rooms, "ann"), around.types(&rooms, "bob"));
        assert_eq!((ann, bob), (Err("FA_NOTFOUND"), Ok(())));
    };
    let changing = async {
        while around.reads() == 0 {
            tokio::task::yield_now().await;
        }
        around.has(&["bob", "dan"]);
        rooms.forget(&roomid("room"));
        hold.notify_one();
    };
    tokio::join!(typing, changing);
    assert_eq!(around.told(), [[uid("dan")]]);
}

#[actix::test]
async fn who_does_not_hear_all_asks_the_store_each_time() {
    let (rooms, around) = (Arc::<WarmRooms>::default(), Around::of(&["ann", "bob"]));
    around.0.is_deaf.store(true, Ordering::Relaxed);
    for reads in 1..=3 {
        assert_eq!(around.types(&rooms, "ann").await, Ok(()));
        assert_eq!(around.reads(), reads);
    }
}

#[actix::test]
async fn a_closed_account_is_forgotten_with_the_rooms_that_it_is_in_and_no_others() {
    let (rooms, around) = (Arc::<WarmRooms>::default(), Around::of(&["ann", "bob"]));
    assert_eq!(around.types(&rooms, "ann").await, Ok(()));
    around.has(&["bob", "cat"]);
    assert_eq!(around.types_in(&rooms, "other", "bob").await, Ok(()));
    rooms.forget_account(&uid("ann"));
    assert_eq!(rooms.count(), 1);
    assert_eq!(around.types(&rooms, "ann").await, Err("FA_NOTFOUND"));
    assert_eq!((around.types_in(&rooms, "other", "cat").await, around.reads()), (Ok(()), 3));
}

#[actix::test]
async fn there_are_not_more_rooms_than_fit_and_the_one_last_used_stays() {
    let (rooms, around) = (Arc::<WarmRooms>::default(), Around::of(&["ann", "bob"]));
    for number in 0..2100 {
        assert_eq!(around.types_in(&rooms, &format!("room{number}"), "ann").await, Ok(()));
        assert_eq!(around.types(&rooms, "ann").await, Ok(()));
    }
    assert_eq!((rooms.count(), around.reads()), (2000, 2101));
}

#[actix::test]
async fn a_room_is_gone_when_nobody_has_typed_for_a_while() {
    let (rooms, around) = (Arc::<WarmRooms>::default(), Around::of(&["ann", "bob"]));
    assert_eq!(around.types(&rooms, "ann").await, Ok(()));
    let (number, now) = (1, Instant::now());
    let later = |seconds| now + Duration::from_secs(seconds);
    assert!(matches!(rooms.rest(&roomid("room"), number, later(59)), Rest::For(_)));
    assert_eq!(rooms.rest(&roomid("room"), number + 1, later(61)), Rest::Over, "another one");
    assert_eq!((rooms.rest(&roomid("room"), number, later(61)), rooms.count()), (Rest::Over, 0));
}

#[test]
fn what_is_known_of_a_room_grows_old() {
    let now = Instant::now();
    let members = Members::new(Access::Open, [(uid("ann"), slots(1))], now);
    assert!(!members.is_old(now + Duration::from_secs(9)) && members.is_old(now + Duration::from_secs(10)));
}
