//! Polls and posts of Socket.IO from node to node, in the words of `actix-socketio`.

use crate::realtime::polls::{self, Base64, PollAnswer, PollRequest};
use actix_socketio::engine::{Answered, Forwarded, Polls, Posted};
use futures_util::future::LocalBoxFuture;

/// The connections of this node, as other nodes ask for them.
pub(super) struct Asked(pub(super) Polls);

impl polls::Polls for Asked {
    fn has(&self, id: &str) -> bool {
        self.0.has(id)
    }

    fn answer(&self, request: PollRequest) -> LocalBoxFuture<'static, PollAnswer> {
        let polls = self.0.clone();
        Box::pin(async move { polls.answer(request.into()).await.into() })
    }

    fn abandon(&self, id: &str) {
        self.0.abandon(id);
    }
}

impl From<Forwarded> for PollRequest {
    fn from(Forwarded { id, posted }: Forwarded) -> Self {
        let posted = posted.map(|Posted { body, binary }| polls::Posted { body: Base64(body), binary });
        Self { id, posted }
    }
}

impl From<PollRequest> for Forwarded {
    fn from(PollRequest { id, posted }: PollRequest) -> Self {
        let posted = posted.map(|polls::Posted { body, binary }| Posted { body: body.0, binary });
        Self { id, posted }
    }
}

impl From<Answered> for PollAnswer {
    fn from(Answered { status, content_type, body }: Answered) -> Self {
        Self { status, content_type, body: Base64(body) }
    }
}

impl From<PollAnswer> for Answered {
    fn from(PollAnswer { status, content_type, body }: PollAnswer) -> Self {
        Self { status, content_type, body: body.0 }
    }
}
