//! What the registry answers: who is connected, and how. Nothing changes by it.

use super::messages::{CountConnections, FindConnections, ListConnected, LookAt, Sign, WhoIsOnline};
use super::{Entry, Registry};
use crate::model::Uid;
use crate::realtime::call::Connection;
use actix::prelude::*;
use std::sync::atomic::Ordering;

impl Handler<FindConnections> for Registry {
    type Result = MessageResult<FindConnections>;

    fn handle(&mut self, FindConnections(uid): FindConnections, _: &mut Self::Context) -> Self::Result {
        let line =
            |entry: &Entry| (Connection { device: entry.deviceid.clone(), session: entry.id }, entry.token);
        MessageResult(self.people.get(&uid).into_iter().flatten().map(line).collect())
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
