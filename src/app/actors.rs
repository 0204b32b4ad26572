//! What the actors are told and asked, past the way of the pushes.

use super::App;
use crate::error::{Error, Result};
use crate::model::{CallId, Uid};
use crate::protocol::command::Reply;
use crate::realtime::callroom::Word;
use crate::realtime::registry::{
    Connected, CountConnections, ListConnected, LookAt, Sign, Whisper, WhoIsOnline,
};
use crate::realtime::switchboard::{Invitation, Invite, Rung, Say};
use std::collections::HashMap;

impl App {
    /// Says a fleeting word to these people, as far as they are connected.
    pub fn whisper(&self, to: Vec<Uid>, reply: Reply) {
        // Where the registry's mailbox is full, a fleeting word may be lost.
        let _ = self.0.registry.try_send(Whisper { to, reply });
    }

    /// Which of these people are connected.
    pub async fn who_is_online(&self, people: Vec<Uid>) -> Result<Vec<Uid>> {
        self.0.registry.send(WhoIsOnline(people)).await.map_err(Error::inside)
    }

    /// What connections these people have.
    pub async fn look_at(&self, people: Vec<Uid>) -> Result<HashMap<Uid, Vec<Sign>>> {
        self.0.registry.send(LookAt(people)).await.map_err(Error::inside)
    }

    /// Who is connected from which devices, at most `limit` people, those before `before`.
    pub async fn list_connected(&self, before: Option<Uid>, limit: i64) -> Result<Vec<Connected>> {
        self.0.registry.send(ListConnected { before, limit: limit as usize }).await.map_err(Error::inside)
    }

    /// How many connections there are.
    pub async fn count_connections(&self) -> Result<usize> {
        self.0.registry.send(CountConnections).await.map_err(Error::inside)
    }

    /// Lets a video call ring.
    pub async fn invite(&self, invitation: Invitation) -> Result<Rung> {
        self.0.switchboard.send(Invite(invitation)).await.map_err(Error::inside)?
    }

    /// Says something to a video call; it is on its way when this returns.
    pub fn tell_call(&self, callid: CallId, word: Word) -> impl Future<Output = Result<()>> + use<> {
        let heard = self.0.switchboard.send(Say { callid, word });
        async move { heard.await.map_err(Error::inside)? }
    }
}
