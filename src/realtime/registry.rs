//! The registry: the actor that knows every connection of every account on this node.
//!
//! It decides who replaces whom and hands pushes on to sessions. It stores nothing, and what it
//! cannot hand on is never lost: the session reads it from the store.

use super::session::{Close, ToSession};
use crate::model::{DeviceId, SessionId, Uid};
use crate::protocol::command::Reply;
use crate::protocol::frame::Delivery;
use actix::prelude::*;
use futures_util::stream::poll_fn;
use std::collections::HashMap;
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

/// A connection enters.
#[derive(Message)]
#[rtype(result = "()")]
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
}

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

/// Closes every connection: the server ends.
#[derive(Message)]
#[rtype(result = "()")]
pub struct CloseEverybody(pub Close);

/// Asks which of these people are connected.
#[derive(Message)]
#[rtype(result = "Vec<Uid>")]
pub struct WhoIsOnline(pub Vec<Uid>);

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
}

impl Registry {
    /// A registry that hands on what comes in at `inlet`.
    pub fn new(connections: Connections, inlet: Inlet) -> Self {
        Self { connections, inlet: Some(inlet), people: HashMap::new() }
    }

    fn tell(&mut self, uid: &Uid, message: &ToSession) {
        if let Some(entries) = self.people.get_mut(uid) {
            entries.retain(|entry| entry.tell(message.clone()));
            if entries.is_empty() {
                self.people.remove(uid);
            }
        }
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
    type Result = ();

    fn handle(&mut self, Connect { uid, entry }: Connect, _: &mut Self::Context) {
        let entries = self.people.entry(uid).or_default();
        let one = self.connections == Connections::One;
        entries.retain(|other| {
            let same_device = other.deviceid == entry.deviceid;
            if same_device {
                other.close(Close::Replaced);
            } else if one {
                other.close(Close::DifferentConnection);
            }
            !same_device && !one
        });
        entries.push(entry);
    }
}

impl Handler<Disconnect> for Registry {
    type Result = ();

    fn handle(&mut self, Disconnect { uid, id }: Disconnect, _: &mut Self::Context) {
        if let Some(entries) = self.people.get_mut(&uid) {
            entries.retain(|entry| entry.id != id);
            if entries.is_empty() {
                self.people.remove(&uid);
            }
        }
    }
}

impl Handler<CloseAll> for Registry {
    type Result = ();

    fn handle(&mut self, CloseAll { uid, token, why }: CloseAll, _: &mut Self::Context) {
        let Some(entries) = self.people.get_mut(&uid) else { return };
        entries.retain(|entry| {
            let meant = token.is_none_or(|token| token == entry.token);
            if meant {
                entry.close(why);
            }
            !meant
        });
        if entries.is_empty() {
            self.people.remove(&uid);
        }
    }
}

impl Handler<Whisper> for Registry {
    type Result = ();

    fn handle(&mut self, Whisper { to, reply }: Whisper, _: &mut Self::Context) {
        let message = ToSession::Say(reply);
        to.iter().for_each(|uid| self.tell(uid, &message));
    }
}

impl Handler<CloseEverybody> for Registry {
    type Result = ();

    fn handle(&mut self, CloseEverybody(why): CloseEverybody, _: &mut Self::Context) {
        for (_, entries) in self.people.drain() {
            entries.iter().for_each(|entry| entry.close(why));
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

impl Handler<CountConnections> for Registry {
    type Result = usize;

    fn handle(&mut self, _: CountConnections, _: &mut Self::Context) -> usize {
        self.people.values().map(Vec::len).sum()
    }
}
