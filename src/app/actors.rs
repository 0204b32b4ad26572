//! What the actors are told and asked. Durable pushes do not go this way.

use crate::app::App;
use crate::error::{Error, Result};
use crate::model::call::RingingCall;
use crate::model::connection::Held;
use crate::model::{CallId, SessionId, TokenHash, Uid};
use crate::protocol::effect::Effect;
use crate::protocol::replies::{Reply, Word};
use crate::realtime::call::message::{CallMessage, Invitation, LookAgain, Site, StartCall, TellCall};
use crate::realtime::registry::entry::ConnectionStatus;
use crate::realtime::registry::messages::{
    CloseEverybody, Connected, CountConnections, ListConnected, QueryConnections, SendEphemeral, WhoIsOnline,
};
use crate::realtime::registry::sweep::{
    CloseVoid, Found, ListHeld, ListTokens, ListTold, ListUnknown, Part, TellNewest, Told,
};
use crate::store::connection::online;
use std::collections::{HashMap, HashSet};

impl App {
    /// Sends an ephemeral message to these people, as far as they are connected, to whichever node.
    pub fn send_ephemeral(&self, to: Vec<Uid>, reply: &Reply) {
        let word = Word::from(reply);
        self.tell_nodes(|| Effect::Tell { to: to.clone(), word: word.clone() });
        self.say_here(to, word);
    }

    /// The same, as far as they are connected to this node: of what each node tells its own.
    pub fn send_ephemeral_here(&self, to: Vec<Uid>, reply: &Reply) {
        self.say_here(to, Word::from(reply));
    }

    fn say_here(&self, to: Vec<Uid>, word: Word) {
        // Where the registry's mailbox is full, an ephemeral message may be lost.
        let _ = self.0.registry.try_send(SendEphemeral { to, word });
    }

    /// Has other nodes do something, where there are some.
    fn tell_nodes(&self, effect: impl FnOnce() -> Effect) {
        if let Some(nodes) = &self.0.nodes {
            nodes.push(&[], &[effect()]);
        }
    }

    /// An administrator looks at the duty desk, and hears on whichever node how questions stand.
    pub fn open_desk(&self, uid: Uid) {
        self.tell_nodes(|| Effect::DeskOpened(uid.clone()));
        self.desk().open(uid);
    }

    /// Which of these people are connected, to whichever node.
    pub async fn who_is_online(&self, people: Vec<Uid>) -> Result<Vec<Uid>> {
        if self.0.nodes.is_some() {
            return self.read(move |store| online::list_connected_of(store, &people)).await;
        }
        self.who_is_online_here(people).await
    }

    /// Which of these people are connected to this node.
    pub async fn who_is_online_here(&self, people: Vec<Uid>) -> Result<Vec<Uid>> {
        self.0.registry.send(WhoIsOnline(people)).await.map_err(Error::inside)
    }

    /// What connections these people have; nothing of those who have none.
    pub async fn query_connections(&self, people: Vec<Uid>) -> Result<HashMap<Uid, Vec<ConnectionStatus>>> {
        if self.0.nodes.is_some() {
            let mut statuses = HashMap::<_, Vec<_>>::new();
            for (uid, entered, acks) in self.read(move |store| online::list_statuses(store, &people)).await? {
                statuses.entry(uid).or_default().push(ConnectionStatus { entered, acks });
            }
            return Ok(statuses);
        }
        self.0.registry.send(QueryConnections(people)).await.map_err(Error::inside)
    }

    /// Who is connected from which devices, at most `limit` people, those before `before`.
    pub async fn list_connected(&self, before: Option<Uid>, limit: i64) -> Result<Vec<Connected>> {
        if self.0.nodes.is_some() {
            return self.read(move |store| online::list(store, before.as_ref(), limit)).await;
        }
        self.0.registry.send(ListConnected { before, limit: limit as usize }).await.map_err(Error::inside)
    }

    /// How many connections there are to all nodes, as the others said last.
    pub async fn count_all_connections(&self) -> Result<usize> {
        let others = self.0.nodes.as_ref().map_or(0, |nodes| nodes.connections_of_others());
        Ok(self.count_connections().await? + others)
    }

    /// How many connections this node has.
    pub async fn count_connections(&self) -> Result<usize> {
        self.0.registry.send(CountConnections).await.map_err(Error::inside)
    }

    /// The newest push that each of these people's connections were told of, who are one of so many parts of all.
    pub async fn list_told(&self, part: Part) -> Result<Vec<Told>> {
        self.0.registry.send(ListTold(part)).await.map_err(Error::inside)
    }

    /// Tells connections what the store has that they were not told of, and closes those that were told of what it
    /// has not; returns how many it closed.
    pub async fn tell_newest(&self, found: Vec<Found>) -> Result<usize> {
        let why = self.going_down();
        self.0.registry.send(TellNewest { found, why }).await.map_err(Error::inside)
    }

    /// The tokens that people of a part have registered with.
    pub async fn list_tokens(&self, part: Part) -> Result<Vec<TokenHash>> {
        self.0.registry.send(ListTokens(part)).await.map_err(Error::inside)
    }

    /// Closes the connections of a part that registered with tokens that have become void.
    pub async fn close_void(&self, part: Part, tokens: HashSet<TokenHash>) -> Result<()> {
        self.0.registry.send(CloseVoid { part, tokens }).await.map_err(Error::inside)
    }

    /// The connections of people of a part.
    pub async fn list_held(&self, part: Part) -> Result<Vec<Held>> {
        self.0.registry.send(ListHeld(part)).await.map_err(Error::inside)
    }

    /// Which of these connections are not here.
    pub async fn list_unknown(&self, these: Vec<(Uid, SessionId)>) -> Result<Vec<(Uid, SessionId)>> {
        self.0.registry.send(ListUnknown(these)).await.map_err(Error::inside)
    }

    /// Closes every connection; the clients may come back, to another node.
    pub async fn close_everybody(&self) {
        // The registry is gone only when the server ends.
        let _ = self.0.registry.send(CloseEverybody(self.going_down())).await;
    }

    /// Makes a video call and lets it ring.
    pub async fn start_call(&self, invitation: Invitation) -> Result<RingingCall> {
        self.0.switchboard.send(StartCall(invitation)).await.map_err(Error::inside)?
    }

    /// Tells a video call something; it is on its way when this returns, so that what one connection
    /// says stays in its order.
    pub fn tell_call(
        &self,
        callid: CallId,
        message: CallMessage,
    ) -> impl Future<Output = Result<()>> + use<> {
        let told = self.0.switchboard.send(TellCall { callid, from: Site::Here, message });
        async move { Ok(told.await.map_err(Error::inside)??) }
    }

    /// Has all video calls look how things stand, with the store and with the nodes that are heard.
    pub async fn look_at_calls(&self) {
        // The switchboard is gone only when the server ends.
        let _ = self.0.switchboard.send(LookAgain).await;
    }
}
