//! What the actors are told and asked. Durable pushes do not go this way.

use crate::app::App;
use crate::error::{Error, Result};
use crate::model::call::RingingCall;
use crate::model::{CallId, Uid};
use crate::protocol::replies::Reply;
use crate::realtime::call::message::{CallMessage, Invitation, StartCall, TellCall};
use crate::realtime::registry::entry::ConnectionStatus;
use crate::realtime::registry::messages::{
    Connected, CountConnections, ListConnected, QueryConnections, SendEphemeral, WhoIsOnline,
};
use crate::realtime::registry::sweep::{Found, ListTold, Part, TellNewest, Told};
use std::collections::HashMap;

impl App {
    /// Sends an ephemeral message to these people, as far as they are connected.
    pub fn send_ephemeral(&self, to: Vec<Uid>, reply: Reply) {
        // Where the registry's mailbox is full, an ephemeral message may be lost.
        let _ = self.0.registry.try_send(SendEphemeral { to, reply });
    }

    /// Which of these people are connected.
    pub async fn who_is_online(&self, people: Vec<Uid>) -> Result<Vec<Uid>> {
        self.0.registry.send(WhoIsOnline(people)).await.map_err(Error::inside)
    }

    /// What connections these people have; nothing of those who have none.
    pub async fn query_connections(&self, people: Vec<Uid>) -> Result<HashMap<Uid, Vec<ConnectionStatus>>> {
        self.0.registry.send(QueryConnections(people)).await.map_err(Error::inside)
    }

    /// Who is connected from which devices, at most `limit` people, those before `before`.
    pub async fn list_connected(&self, before: Option<Uid>, limit: i64) -> Result<Vec<Connected>> {
        self.0.registry.send(ListConnected { before, limit: limit as usize }).await.map_err(Error::inside)
    }

    /// How many connections there are.
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
        let told = self.0.switchboard.send(TellCall { callid, message });
        async move { told.await.map_err(Error::inside)? }
    }
}
