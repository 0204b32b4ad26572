//! The registry: the actor that knows every connection of every account on this node.
//!
//! It decides who replaces whom and hands pushes on to sessions. It stores nothing, and what it
//! cannot hand on is never lost: the session reads it from the store.

use super::call::Connection;
use super::session::{Close, ToSession};
use super::whereabouts::{Watch, Watched};
use crate::model::{DeviceId, SessionId, Time, Uid};
use crate::protocol::command::Reply;
use crate::protocol::frame::Delivery;
use actix::prelude::*;
use futures_util::stream::poll_fn;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;

/// How many commits' pushes may wait for the registry before commits wait for it.
const QUEUE: usize = 256;
/// How many messages may wait for the registry itself.
const MAILBOX: usize = 65_536;

/// Whether an account may be connected from several devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connections {
    /// One connection an account, as in the old system.
    One,
    /// One connection a device.
    PerDevice,
}

/// A connection enters. The answer is the devices whose connection it takes the place of, with
/// since when those had been there.
#[derive(Message)]
#[rtype(result = "Vec<(DeviceId, Time)>")]
pub struct Connect {
    /// Whose.
    pub uid: Uid,
    /// The connection.
    pub entry: Entry,
}

/// One connection, as the registry knows it.
pub struct Entry {
    /// The connection.
    pub id: SessionId,
    /// The device that it comes from.
    pub deviceid: DeviceId,
    /// The hash of the token that it registered with.
    pub token: [u8; 32],
    /// The way to its actor.
    pub line: Recipient<ToSession>,
    /// Whether its client acknowledges what it takes in.
    pub acks: Arc<AtomicBool>,
    /// Since when it has been there.
    pub entered: Time,
}

/// A connection as it shows from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// Since when it has been there.
    pub entered: Time,
    /// Whether its client acknowledges what it takes in.
    pub acks: bool,
}

/// Asks what connections these people have.
#[derive(Message)]
#[rtype(result = "HashMap<Uid, Vec<Sign>>")]
pub struct LookAt(pub Vec<Uid>);

/// A connection is gone. Removes that one and no other.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Disconnect {
    /// Whose it was.
    pub uid: Uid,
    /// The connection.
    pub id: SessionId,
}

/// Closes connections of an account.
#[derive(Message)]
#[rtype(result = "()")]
pub struct CloseAll {
    /// Whose.
    pub uid: Uid,
    /// Only those that registered with this token.
    pub token: Option<[u8; 32]>,
    /// Why.
    pub why: Close,
}

/// Says a fleeting word to all connections of these people.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Whisper {
    /// To whom.
    pub to: Vec<Uid>,
    /// What.
    pub reply: Reply,
}

/// Says a fleeting word to one connection.
#[derive(Message)]
#[rtype(result = "()")]
pub struct SayTo {
    /// Whose.
    pub uid: Uid,
    /// The connection.
    pub id: SessionId,
    /// What.
    pub reply: Reply,
}

/// Asks for somebody's connections, with the hashes of the tokens that they registered with.
#[derive(Message)]
#[rtype(result = "Vec<(Connection, [u8; 32])>")]
pub struct FindConnections(pub Uid);

/// Closes every connection: the server ends.
#[derive(Message)]
#[rtype(result = "()")]
pub struct CloseEverybody(pub Close);

/// Asks which of these people are connected.
#[derive(Message)]
#[rtype(result = "Vec<Uid>")]
pub struct WhoIsOnline(pub Vec<Uid>);

/// Asks who is connected: at most `limit` people in falling order of their ids, those before `before`.
#[derive(Message)]
#[rtype(result = "Vec<Connected>")]
pub struct ListConnected {
    /// The last one of the page before.
    pub before: Option<Uid>,
    /// How many.
    pub limit: usize,
}

/// Somebody who is connected, with the devices they are connected from.
pub type Connected = (Uid, Vec<DeviceId>);

/// Asks how many connections there are.
#[derive(Message)]
#[rtype(result = "usize")]
pub struct CountConnections;

/// The way for the pushes of a commit to the registry, from threads that may block.
#[derive(Clone)]
pub struct Outlet(mpsc::Sender<Vec<Delivery>>);

impl Outlet {
    /// Hands on a commit's pushes; waits while the registry is behind.
    pub fn hand_on(&self, deliveries: Vec<Delivery>) {
        if !deliveries.is_empty() {
            // The registry is gone only when the server ends; the pushes are in the store.
            let _ = self.0.blocking_send(deliveries);
        }
    }
}

/// The other end of an `Outlet`.
pub struct Inlet(mpsc::Receiver<Vec<Delivery>>);

/// Makes the way for pushes.
pub fn channel() -> (Outlet, Inlet) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    (Outlet(sender), Inlet(receiver))
}

/// The actor.
pub struct Registry {
    connections: Connections,
    inlet: Option<Inlet>,
    people: HashMap<Uid, Vec<Entry>>,
    watched: Watched,
}

impl Registry {
    /// A registry that hands on what comes in at `inlet`.
    pub fn new(connections: Connections, inlet: Inlet) -> Self {
        Self { connections, inlet: Some(inlet), people: HashMap::new(), watched: Watched::new() }
    }

    /// Who comes and goes from now on.
    pub fn watch(&self) -> Watch {
        self.watched.watch()
    }

    fn tell(&mut self, uid: &Uid, message: &ToSession) {
        self.keep(uid, |entry| entry.tell(message.clone()));
    }

    /// Keeps the connections of `uid` that stay, and tells whoever watches of those that go.
    fn keep(&mut self, uid: &Uid, mut stays: impl FnMut(&Entry) -> bool) {
        let Some(entries) = self.people.get_mut(uid) else { return };
        let gone: Vec<_> = entries.extract_if(.., |entry| !stays(entry)).map(|entry| entry.id).collect();
        let left = entries.len();
        if left == 0 {
            self.people.remove(uid);
        }
        self.watched.went(uid, &gone, left);
    }
}

impl Entry {
    /// Tells the session; false where it is gone or does not keep up.
    fn tell(&self, message: ToSession) -> bool {
        match self.line.try_send(message) {
            Ok(()) => true,
            Err(SendError::Closed(_)) => false,
            Err(SendError::Full(_)) => {
                self.close(Close::TooSlow);
                false
            }
        }
    }

    /// Closes the session. Its mailbox may be full, and this is the last message it gets.
    #[allow(clippy::disallowed_methods)]
    fn close(&self, why: Close) {
        self.line.do_send(ToSession::Close(why));
    }
}

impl Actor for Registry {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        if let Some(Inlet(mut receiver)) = self.inlet.take() {
            ctx.add_stream(poll_fn(move |task| receiver.poll_recv(task)));
        }
    }
}

impl StreamHandler<Vec<Delivery>> for Registry {
    fn handle(&mut self, deliveries: Vec<Delivery>, _: &mut Self::Context) {
        for Delivery { uid, frame } in deliveries {
            self.tell(&uid, &ToSession::Push(frame));
        }
    }

    /// The registry outlives the store.
    fn finished(&mut self, _: &mut Self::Context) {}
}

impl Handler<Connect> for Registry {
    type Result = MessageResult<Connect>;

    fn handle(&mut self, Connect { uid, entry }: Connect, _: &mut Self::Context) -> Self::Result {
        let (id, deviceid, one) = (entry.id, entry.deviceid.clone(), self.connections == Connections::One);
        let entries = self.people.entry(uid.clone()).or_default();
        self.watched.came(&uid, id, &deviceid, entries.is_empty());
        entries.push(entry);
        let mut replaced = Vec::new();
        self.keep(&uid, |other| {
            let same_device = other.deviceid == deviceid;
            if other.id == id {
                return true;
            } else if same_device {
                other.close(Close::Replaced);
            } else if one {
                other.close(Close::DifferentConnection);
                replaced.push((other.deviceid.clone(), other.entered));
            }
            !same_device && !one
        });
        MessageResult(replaced)
    }
}

impl Handler<Disconnect> for Registry {
    type Result = ();

    fn handle(&mut self, Disconnect { uid, id }: Disconnect, _: &mut Self::Context) {
        self.keep(&uid, |entry| entry.id != id);
    }
}

impl Handler<CloseAll> for Registry {
    type Result = ();

    fn handle(&mut self, CloseAll { uid, token, why }: CloseAll, _: &mut Self::Context) {
        self.keep(&uid, |entry| {
            let meant = token.is_none_or(|token| token == entry.token);
            if meant {
                entry.close(why);
            }
            !meant
        });
    }
}

impl Handler<Whisper> for Registry {
    type Result = ();

    fn handle(&mut self, Whisper { to, reply }: Whisper, _: &mut Self::Context) {
        let message = ToSession::Say(reply);
        to.iter().for_each(|uid| self.tell(uid, &message));
    }
}

impl Handler<SayTo> for Registry {
    type Result = ();

    fn handle(&mut self, SayTo { uid, id, reply }: SayTo, _: &mut Self::Context) {
        self.keep(&uid, |entry| entry.id != id || entry.tell(ToSession::Say(reply.clone())));
    }
}

impl Handler<FindConnections> for Registry {
    type Result = MessageResult<FindConnections>;

    fn handle(&mut self, FindConnections(uid): FindConnections, _: &mut Self::Context) -> Self::Result {
        let line =
            |entry: &Entry| (Connection { device: entry.deviceid.clone(), session: entry.id }, entry.token);
        MessageResult(self.people.get(&uid).into_iter().flatten().map(line).collect())
    }
}

impl Handler<CloseEverybody> for Registry {
    type Result = ();

    fn handle(&mut self, CloseEverybody(why): CloseEverybody, _: &mut Self::Context) {
        for (uid, entries) in self.people.drain() {
            entries.iter().for_each(|entry| entry.close(why));
            let gone: Vec<_> = entries.iter().map(|entry| entry.id).collect();
            self.watched.went(&uid, &gone, 0);
        }
    }
}

impl Handler<WhoIsOnline> for Registry {
    type Result = MessageResult<WhoIsOnline>;

    fn handle(&mut self, WhoIsOnline(mut people): WhoIsOnline, _: &mut Self::Context) -> Self::Result {
        people.retain(|uid| self.people.contains_key(uid));
        MessageResult(people)
    }
}

impl Handler<LookAt> for Registry {
    type Result = MessageResult<LookAt>;

    fn handle(&mut self, LookAt(people): LookAt, _: &mut Self::Context) -> Self::Result {
        let sign = |entry: &Entry| Sign { entered: entry.entered, acks: entry.acks.load(Ordering::Relaxed) };
        let signs = |uid: Uid| {
            let signs = self.people.get(&uid)?.iter().map(sign).collect();
            Some((uid, signs))
        };
        MessageResult(people.into_iter().filter_map(signs).collect())
    }
}

impl Handler<ListConnected> for Registry {
    type Result = MessageResult<ListConnected>;

    fn handle(&mut self, wanted: ListConnected, _: &mut Self::Context) -> Self::Result {
        let ListConnected { before, limit } = wanted;
        let further = |uid: &&Uid| before.as_ref().is_none_or(|before| *uid < before);
        let mut people: Vec<&Uid> = self.people.keys().filter(further).collect();
        people.sort_unstable_by(|one, other| other.cmp(one));
        people.truncate(limit);
        let devices = |uid: &Uid| self.people[uid].iter().map(|entry| entry.deviceid.clone()).collect();
        MessageResult(people.into_iter().map(|uid| (uid.clone(), devices(uid))).collect())
    }
}

impl Handler<CountConnections> for Registry {
    type Result = usize;

    fn handle(&mut self, _: CountConnections, _: &mut Self::Context) -> usize {
        self.people.values().map(Vec::len).sum()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::whereabouts::Whereabouts;
    use super::*;

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
        let line = Deaf.start().recipient();
        (
            id,
            Connect {
                uid: uid("ann"),
                entry: Entry {
                    id,
                    deviceid,
                    token: [0; 32],
                    line,
                    acks: Default::default(),
                    entered: Time::now(),
                },
            },
        )
    }

    fn came(id: SessionId, device: &str, first: bool) -> Whereabouts {
        Whereabouts::Came { uid: uid("ann"), id, deviceid: device.to_owned().try_into().unwrap(), first }
    }

    fn went(id: SessionId, others_left: bool) -> Whereabouts {
        Whereabouts::Went { uid: uid("ann"), id, others_left }
    }

    fn start(connections: Connections) -> (Watch, Addr<Registry>) {
        let registry = Registry::new(connections, channel().1);
        (registry.watch(), registry.start())
    }

    #[actix::test]
    async fn whoever_watches_hears_who_comes_and_goes() {
        let (mut watch, registry) = start(Connections::PerDevice);
        let ((phone, first), (desk, second)) = (connect("phone"), connect("desk"));
        registry.send(first).await.unwrap();
        registry.send(second).await.unwrap();
        registry.send(Disconnect { uid: uid("ann"), id: phone }).await.unwrap();
        registry.send(Disconnect { uid: uid("ann"), id: phone }).await.unwrap();
        registry.send(CloseEverybody(Close::TooSlow)).await.unwrap();
        for wanted in [came(phone, "phone", true), came(desk, "desk", false), went(phone, true)] {
            assert_eq!(watch.try_recv().unwrap(), wanted);
        }
        assert_eq!(watch.try_recv().unwrap(), went(desk, false));
        assert!(watch.try_recv().is_err(), "gone twice");
    }

    #[actix::test]
    async fn who_is_replaced_goes_after_who_replaces_came() {
        let (mut watch, registry) = start(Connections::One);
        let ((old, first), (new, second)) = (connect("phone"), connect("desk"));
        registry.send(first).await.unwrap();
        registry.send(second).await.unwrap();
        for wanted in [came(old, "phone", true), came(new, "desk", false), went(old, true)] {
            assert_eq!(watch.try_recv().unwrap(), wanted);
        }
    }

    #[actix::test]
    async fn of_several_that_go_at_once_only_the_last_leaves_nobody() {
        let (mut watch, registry) = start(Connections::PerDevice);
        let ((phone, first), (desk, second)) = (connect("phone"), connect("desk"));
        registry.send(first).await.unwrap();
        registry.send(second).await.unwrap();
        registry.send(CloseAll { uid: uid("ann"), token: None, why: Close::TokenVoid }).await.unwrap();
        let heard: Vec<_> = std::iter::from_fn(|| watch.try_recv().ok()).collect();
        assert_eq!(heard[2..], [went(phone, true), went(desk, false)]);
    }
}
