//! What one node asks another, and what it answers. What carries both is in `cluster`.

use crate::app::App;
use crate::cluster::pending::NoAnswer;
use crate::cluster::wire::{Answer, Ask, Json};
use crate::metrics::Outcome;
use crate::model::{CallId, Node, RoomId, SessionId, Uid};
use crate::protocol::replies::Word;
use crate::realtime::call::lines::Verdict;
use crate::realtime::call::message::{CallMessage, CallOver, CallParties, FindParties, Site, TellCall};
use crate::realtime::call::refusal::Refusal;
use crate::realtime::group::message::Origin;
use crate::realtime::polls::PollRequest;
use crate::realtime::registry::messages::SendEphemeralTo;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::future::ready;
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
    /// Whether a connection of Socket.IO is there; the answer is `true` or `false`.
    HasPoll(String),
    /// A client of a connection there polls or posts.
    Poll(PollRequest),
    /// Something of a connection there is lost, which ends it; there is no answer.
    PollLost(String),
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
        let metrics = self.0.metrics.clone();
        async move {
            let answer = async { asked?.await }.await;
            metrics.cluster.asked(outcome(&answer));
            // An answer that says something else is of another version.
            answer?.read().map_err(|_| NoAnswer::Late)
        }
    }

    /// How many questions to other nodes wait for their answers.
    pub fn questions_waiting(&self) -> usize {
        self.0.nodes.as_ref().map_or(0, |nodes| nodes.questions())
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
                Box::pin(ready(Json::of(&()).ok()))
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
            Question::HasPoll(id) => {
                let has = self.polls().is_some_and(|polls| polls.has(&id));
                Box::pin(ready(Json::of(&has).ok()))
            }
            Question::Poll(request) => {
                let answer = self.polls().map(|polls| polls.answer(request));
                Box::pin(async move { Json::of(&answer?.await).ok() })
            }
            Question::PollLost(id) => {
                self.polls().inspect(|polls| polls.abandon(&id));
                Box::pin(ready(None))
            }
        }
    }
}

fn outcome(answer: &Result<Json, NoAnswer>) -> Outcome {
    match answer {
        Ok(_) => Outcome::Answered,
        Err(NoAnswer::Gone) => Outcome::Gone,
        Err(NoAnswer::Late) => Outcome::Late,
        Err(NoAnswer::Full) => Outcome::Full,
    }
}
