//! What one node asks another, and what it answers. What carries both is in `cluster`.

use crate::app::App;
use crate::cluster::pending::NoAnswer;
use crate::cluster::wire::{Answer, Ask, Json};
use crate::model::{CallId, Node, RoomId, SessionId, Uid};
use crate::protocol::replies::Word;
use crate::realtime::call::lines::Verdict;
use crate::realtime::call::message::{CallMessage, CallOver, CallParties, FindParties, Site, TellCall};
use crate::realtime::call::refusal::Refusal;
use crate::realtime::group::message::Origin;
use crate::realtime::registry::messages::SendEphemeralTo;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a node is asked. One that does not know a question does not answer it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Question {
    /// Something is said to a call that the node leads.
    TellCall {
        /// The call.
        callid: CallId,
        /// What.
        message: CallMessage,
    },
    /// Which connections a call's parties have there.
    FindParties(CallParties),
    /// Something is said to one connection there; the answer says nothing.
    SayTo {
        /// Whose.
        uid: Uid,
        /// The connection.
        id: SessionId,
        /// What.
        word: Word,
    },
    /// Somebody types in a room, and people there may hear it; there is no answer.
    Typed {
        /// The room.
        roomid: RoomId,
        /// Who.
        uid: Uid,
    },
    /// A call is over that the asking node led; the answer says nothing.
    CallOver(CallId),
}

/// An answer under way; `None` where there is none.
type Answering = LocalBoxFuture<'static, Option<Json>>;

impl App {
    /// Asks another node something; it is on its way when this returns.
    pub(super) fn ask<T: DeserializeOwned>(
        &self,
        to: Node,
        question: &Question,
        within: Duration,
    ) -> impl Future<Output = Result<T, NoAnswer>> + use<T> {
        let question = Json::of(question).map_err(|_| NoAnswer::Full);
        let nodes = self.0.nodes.as_ref().ok_or(NoAnswer::Gone);
        let asked = nodes.and_then(|nodes| Ok(nodes.ask(to, question?, within)));
        // An answer that says something else is of another version.
        async move { asked?.await?.read().map_err(|_| NoAnswer::Late) }
    }

    /// Answers what another node asks. What it says is on its way when this returns, so that it stays in its order.
    pub fn answer(&self, from: Node, Ask { id, question }: Ask) {
        let Some(nodes) = self.0.nodes.clone() else { return };
        let Ok(question) = question.read() else { return };
        let answering = self.take_question(from, question);
        actix::spawn(async move {
            if let Some(answer) = answering.await {
                nodes.answer(from, Answer { id, answer });
            }
        });
    }

    fn take_question(&self, from: Node, question: Question) -> Answering {
        match question {
            Question::TellCall { callid, message } => {
                let told = self.0.switchboard.send(TellCall { callid, from: Site::There(from), message });
                Box::pin(async move {
                    let told = told.await.unwrap_or(Err(Refusal::Closed.into()));
                    Json::of(&Verdict::from(told)).ok()
                })
            }
            Question::FindParties(call) => {
                let found = self.0.switchboard.send(FindParties { call, owner: from });
                Box::pin(async move { Json::of(&found.await.ok()?.ok()?).ok() })
            }
            Question::SayTo { uid, id, word } => {
                // Where the registry's mailbox is full, an ephemeral message may be lost.
                let _ = self.0.registry.try_send(SendEphemeralTo { uid, id, word });
                Box::pin(std::future::ready(Json::of(&()).ok()))
            }
            Question::Typed { roomid, uid } => {
                let app = self.clone();
                Box::pin(async move {
                    // Who is not in the room any more is heard by nobody.
                    if let Err(error) = app.tell_typing(roomid, uid, Origin::Elsewhere).await
                        && error.is_internal()
                    {
                        error.log("telling who types elsewhere failed");
                    }
                    None
                })
            }
            Question::CallOver(callid) => {
                let told = self.0.switchboard.send(CallOver(callid));
                Box::pin(async move { Json::of(&told.await.ok()?).ok() })
            }
        }
    }
}
