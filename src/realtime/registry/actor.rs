//! The registry: the actor that knows every connection of every account on this node.
//!
//! It decides who replaces whom and hands pushes on to sessions. It stores nothing, and what it cannot
//! hand on is never lost: the session reads it from the store.

use super::delivery::{DeliveryReceiver, Handover, Order};
use super::entry::Entry;
use super::messages::{
    CloseAll, CloseEverybody, Connect, Disconnect, Displace, SendEphemeral, SendEphemeralTo,
};
use crate::model::Uid;
use crate::model::connection::ConnectionPolicy;
use crate::protocol::frame::Delivery;
use crate::realtime::connection_events::{ConnectionEvents, Watch};
use crate::realtime::session::effect::ToSession;
use actix::prelude::*;
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// How many messages may wait for the registry itself.
const MAILBOX: usize = 65_536;

/// How many devices of one account may be connected; of more, the one that came first goes.
const MOST_CONNECTIONS: usize = 1000;

/// The actor.
pub struct Registry {
    policy: ConnectionPolicy,
    deliveries: Option<DeliveryReceiver>,
    pub(super) people: HashMap<Uid, Vec<Entry>, RandomState>,
    events: ConnectionEvents,
}

impl Registry {
    /// A registry that hands on what `deliveries` receives.
    pub fn new(policy: ConnectionPolicy, deliveries: DeliveryReceiver) -> Self {
        Self {
            policy,
            deliveries: Some(deliveries),
            people: HashMap::default(),
            events: ConnectionEvents::new(),
        }
    }

    /// The connections that come and go from now on.
    pub fn watch(&self) -> Watch {
        self.events.watch()
    }

    fn tell(&mut self, uid: &Uid, message: &ToSession) {
        self.keep(uid, |entry| entry.tell(message.clone()));
    }

    fn tell_all(&mut self, SendEphemeral { to, word }: SendEphemeral) {
        let message = ToSession::Say(word);
        to.iter().for_each(|uid| self.tell(uid, &message));
    }

    fn close(&mut self, CloseAll { uid, token, why }: CloseAll) {
        self.keep(&uid, |entry| {
            let meant = token.is_none_or(|token| token == entry.token);
            if meant {
                entry.close(why);
            }
            !meant
        });
    }

    /// Closes what a connection of another node has taken the place of.
    fn displace(&mut self, Displace { uid, deviceid, epoch }: Displace) {
        let policy = self.policy;
        self.keep(&uid, |entry| {
            let displaced = entry.is_displaced(&deviceid, epoch, policy);
            if displaced {
                entry.close(entry.displacement(&deviceid));
            }
            !displaced
        });
    }

    /// Closes a connection that comes later than one that registered after it and takes its place.
    fn is_outrun(&self, uid: &Uid, entry: &Entry) -> bool {
        let others = self.people.get(uid).into_iter().flatten();
        let mut newer = others.filter(|other| entry.is_displaced(&other.deviceid, other.epoch, self.policy));
        let newer = newer.next();
        if let Some(newer) = newer {
            entry.close(entry.displacement(&newer.deviceid));
        }
        newer.is_some()
    }

    /// Keeps the connections of `uid` that stay, and tells the watchers of those that go.
    pub(super) fn keep(&mut self, uid: &Uid, mut stays: impl FnMut(&Entry) -> bool) {
        let Some(entries) = self.people.get_mut(uid) else { return };
        let gone: Vec<_> = entries.extract_if(.., |entry| !stays(entry)).map(|entry| entry.id).collect();
        let left = entries.len();
        if left == 0 {
            self.people.remove(uid);
        }
        self.events.disconnected(uid, &gone, left);
    }
}

impl Actor for Registry {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        if let Some(deliveries) = self.deliveries.take() {
            ctx.add_stream(deliveries.stream());
        }
    }
}

impl StreamHandler<Handover> for Registry {
    fn handle(&mut self, Handover { deliveries, orders }: Handover, _: &mut Self::Context) {
        for Delivery { uid, frame, .. } in deliveries {
            self.tell(&uid, &ToSession::Push(frame.into()));
        }
        for order in orders {
            match order {
                Order::Close(closing) => self.close(closing),
                Order::Displace(newer) => self.displace(newer),
                Order::Tell(message) => self.tell_all(message),
            }
        }
    }

    /// The registry outlives the store.
    fn finished(&mut self, _: &mut Self::Context) {}
}

impl Handler<Connect> for Registry {
    type Result = MessageResult<Connect>;

    fn handle(&mut self, Connect { uid, entry }: Connect, _: &mut Self::Context) -> Self::Result {
        let (id, deviceid) = (entry.id, entry.deviceid.clone());
        if self.is_outrun(&uid, &entry) {
            return MessageResult(Vec::new());
        }
        // Most people have one connection, and a vector of its own makes room for four.
        let entries = self.people.entry(uid.clone()).or_insert_with(|| Vec::with_capacity(1));
        self.events.connected(&uid, id, &deviceid, entries.len());
        entries.push(entry);
        let others = entries.iter().filter(|other| other.deviceid != deviceid).count();
        let mut surplus = match self.policy {
            ConnectionPolicy::One => others,
            ConnectionPolicy::PerDevice => (others + 1).saturating_sub(MOST_CONNECTIONS),
        };
        let mut replaced = Vec::new();
        self.keep(&uid, |other| {
            if other.id == id {
                return true;
            }
            if other.deviceid == deviceid {
                other.close(other.displacement(&deviceid));
                return false;
            }
            if surplus == 0 {
                return true;
            }
            surplus -= 1;
            other.close(other.displacement(&deviceid));
            replaced.push((other.deviceid.clone(), other.entered.started()));
            false
        });
        MessageResult(replaced)
    }
}

impl Handler<Displace> for Registry {
    type Result = ();

    fn handle(&mut self, newer: Displace, _: &mut Self::Context) {
        self.displace(newer);
    }
}

impl Handler<Disconnect> for Registry {
    type Result = ();

    fn handle(&mut self, Disconnect { uid, id }: Disconnect, _: &mut Self::Context) {
        self.keep(&uid, |entry| entry.id != id);
    }
}

impl Handler<SendEphemeral> for Registry {
    type Result = ();

    fn handle(&mut self, message: SendEphemeral, _: &mut Self::Context) {
        self.tell_all(message);
    }
}

impl Handler<SendEphemeralTo> for Registry {
    type Result = ();

    fn handle(&mut self, SendEphemeralTo { uid, id, word }: SendEphemeralTo, _: &mut Self::Context) {
        self.keep(&uid, |entry| entry.id != id || entry.tell(ToSession::Say(word.clone())));
    }
}

impl Handler<CloseEverybody> for Registry {
    type Result = ();

    fn handle(&mut self, CloseEverybody(why): CloseEverybody, _: &mut Self::Context) {
        for (uid, entries) in self.people.drain() {
            entries.iter().for_each(|entry| entry.close(why));
            let gone: Vec<_> = entries.iter().map(|entry| entry.id).collect();
            self.events.disconnected(&uid, &gone, 0);
        }
    }
}
