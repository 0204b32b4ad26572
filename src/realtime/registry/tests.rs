//! Who comes and who goes, as whoever watches hears it.

use super::actor::Registry;
use super::delivery::{Handover, Order, channel};
use super::entry::Entry;
use super::messages::{CloseAll, CloseEverybody, Connect, Disconnect};
use crate::model::connection::ConnectionPolicy;
use crate::model::{SessionId, SteadyClock, TokenHash, Uid};
use crate::realtime::close::CloseReason;
use crate::realtime::connection_events::{ConnectionEvent, Watch};
use crate::realtime::session::effect::ToSession;
use actix::prelude::*;

/// A connection that takes in what it is told.
struct Deaf;

impl Actor for Deaf {
    type Context = Context<Self>;
}

impl Handler<ToSession> for Deaf {
    type Result = ();

    fn handle(&mut self, _: ToSession, _: &mut Self::Context) {}
}

fn uid(name: &str) -> Uid {
    name.to_owned().try_into().unwrap()
}

fn connect(device: &str) -> (SessionId, Connect) {
    let (id, deviceid) = (SessionId::mint(), device.to_owned().try_into().unwrap());
    let address = Deaf.start().recipient();
    (
        id,
        Connect {
            uid: uid("ann"),
            entry: Entry {
                id,
                deviceid,
                token: TokenHash([0; 32]),
                address,
                acks: Default::default(),
                epoch: 0,
                entered: SteadyClock::start(),
                told: Default::default(),
            },
        },
    )
}

fn connected(id: SessionId, device: &str, first: bool) -> ConnectionEvent {
    ConnectionEvent::Connected { uid: uid("ann"), id, deviceid: device.to_owned().try_into().unwrap(), first }
}

fn disconnected(id: SessionId, others_left: bool) -> ConnectionEvent {
    ConnectionEvent::Disconnected { uid: uid("ann"), id, others_left }
}

fn start(policy: ConnectionPolicy) -> (Watch, Addr<Registry>) {
    let registry = Registry::new(policy, channel().1);
    (registry.watch(), registry.start())
}

#[actix::test]
async fn whoever_watches_hears_who_comes_and_goes() {
    let (mut watch, registry) = start(ConnectionPolicy::PerDevice);
    let ((phone, first), (desk, second)) = (connect("phone"), connect("desk"));
    registry.send(first).await.unwrap();
    registry.send(second).await.unwrap();
    registry.send(Disconnect { uid: uid("ann"), id: phone }).await.unwrap();
    registry.send(Disconnect { uid: uid("ann"), id: phone }).await.unwrap();
    registry.send(CloseEverybody(CloseReason::TooSlow)).await.unwrap();
    for wanted in [connected(phone, "phone", true), connected(desk, "desk", false), disconnected(phone, true)]
    {
        assert_eq!(watch.try_recv().unwrap(), wanted);
    }
    assert_eq!(watch.try_recv().unwrap(), disconnected(desk, false));
    assert!(watch.try_recv().is_err(), "gone twice");
}

#[actix::test]
async fn who_is_replaced_goes_after_who_replaces_came() {
    let (mut watch, registry) = start(ConnectionPolicy::One);
    let ((old, first), (new, second)) = (connect("phone"), connect("desk"));
    registry.send(first).await.unwrap();
    registry.send(second).await.unwrap();
    for wanted in [connected(old, "phone", true), connected(new, "desk", false), disconnected(old, true)] {
        assert_eq!(watch.try_recv().unwrap(), wanted);
    }
}

#[actix::test]
async fn of_several_that_go_at_once_only_the_last_leaves_nobody() {
    let (sender, receiver) = channel();
    let registry = Registry::new(ConnectionPolicy::PerDevice, receiver);
    let (mut watch, registry) = (registry.watch(), registry.start());
    let ((phone, first), (desk, second)) = (connect("phone"), connect("desk"));
    registry.send(first).await.unwrap();
    registry.send(second).await.unwrap();
    let closing = CloseAll { uid: uid("ann"), token: None, why: CloseReason::TokenVoid };
    let orders = vec![Order::Close(closing)];
    let commit = std::thread::spawn(move || sender.hand_on(Handover { orders, ..Handover::default() }));
    commit.join().unwrap();
    for wanted in [
        connected(phone, "phone", true),
        connected(desk, "desk", false),
        disconnected(phone, true),
        disconnected(desk, false),
    ] {
        assert_eq!(watch.recv().await.unwrap(), wanted);
    }
}
