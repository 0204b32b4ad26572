//! The other nodes, as video calls reach them.

use crate::app::App;
use crate::app::questions::Question;
use crate::cluster::pending::NoAnswer;
use crate::model::{CallId, Incarnation, Node, SessionId, Uid};
use crate::protocol::replies::Word;
use crate::realtime::call::lines::{Lines, Reached, Unreached, Verdict};
use crate::realtime::call::message::{CallMessage, CallParties, Registered};
use std::time::{Duration, Instant};

/// How long the node of a call may take for what it is told, which it may have to keep.
const TELL: Duration = Duration::from_secs(2);
/// How long a node may take to find connections, which it has in memory: less, as a call waits for that in what it is
/// told.
const FIND: Duration = Duration::from_secs(1);

impl Lines for App {
    fn are_there(&self) -> bool {
        self.0.nodes.is_some()
    }

    fn heard(&self) -> Vec<Node> {
        self.0.nodes.as_ref().map(|nodes| nodes.heard_now(Instant::now())).unwrap_or_default()
    }

    fn find_node(&self, life: Incarnation) -> Option<Node> {
        self.0.nodes.as_ref()?.find(life)
    }

    fn tell(&self, owner: Node, callid: CallId, message: CallMessage) -> Reached<Verdict> {
        let told = self.ask(owner, &Question::TellCall { callid, message }, TELL);
        Box::pin(async move { told.await.map_err(Unreached::from) })
    }

    fn find(&self, at: Node, call: CallParties) -> Reached<[Registered; 2]> {
        let found = self.ask(at, &Question::FindParties(call), FIND);
        Box::pin(async move { found.await.map_err(Unreached::from) })
    }

    fn say_to(&self, at: Node, uid: Uid, session: SessionId, word: Word) {
        drop(self.ask::<()>(at, &Question::SayTo { uid, id: session, word }, TELL));
    }

    fn tell_over(&self, callid: CallId) {
        for node in self.heard() {
            drop(self.ask::<()>(node, &Question::CallOver(callid.clone()), TELL));
        }
    }
}

impl From<NoAnswer> for Unreached {
    fn from(no_answer: NoAnswer) -> Self {
        match no_answer {
            NoAnswer::Gone => Self::Gone,
            NoAnswer::Late | NoAnswer::Full => Self::Silent,
        }
    }
}
