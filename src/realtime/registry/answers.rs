//! What the registry answers: who is connected, and how. Nothing changes by it.

use super::actor::Registry;
use super::entry::Entry;
use super::messages::{CountConnections, FindConnections, ListConnected, QueryConnections, WhoIsOnline};
use crate::model::Uid;
use actix::prelude::*;

impl Handler<FindConnections> for Registry {
    type Result = MessageResult<FindConnections>;

    fn handle(&mut self, FindConnections(uid): FindConnections, _: &mut Self::Context) -> Self::Result {
        let found = |entry: &Entry| (entry.connection(), entry.token);
        MessageResult(self.people.get(&uid).into_iter().flatten().map(found).collect())
    }
}

impl Handler<WhoIsOnline> for Registry {
    type Result = MessageResult<WhoIsOnline>;

    fn handle(&mut self, WhoIsOnline(mut people): WhoIsOnline, _: &mut Self::Context) -> Self::Result {
        people.retain(|uid| self.people.contains_key(uid));
        MessageResult(people)
    }
}

impl Handler<QueryConnections> for Registry {
    type Result = MessageResult<QueryConnections>;

    fn handle(&mut self, QueryConnections(people): QueryConnections, _: &mut Self::Context) -> Self::Result {
        let statuses = |uid: Uid| {
            let statuses = self.people.get(&uid)?.iter().map(Entry::status).collect();
            Some((uid, statuses))
        };
        MessageResult(people.into_iter().filter_map(statuses).collect())
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
