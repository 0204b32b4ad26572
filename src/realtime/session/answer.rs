//! What a session makes of what was looked up for it, and of the pushes that it is told.

use super::effect::{AnswerTo, Effect, Registered, Synced};
use super::machine::{Session, Stage, refusal};
use crate::error::Error;
use crate::protocol::frame::{Frame, SharedFrame};
use crate::protocol::replies::Reply;
use crate::realtime::feed::{Feed, Page, Step};

impl Session {
    /// The client is whom it says, and the connection is in the registry.
    pub fn registered(&mut self, registered: Registered, id: AnswerTo) -> Vec<Effect> {
        let Stage::Registering { known } = self.stage else { return Vec::new() };
        let Registered { uid, role, name, seq, since, recovered, missed, sent: _ } = registered;
        let (feed, fetch) = Feed::start(since.unwrap_or(seq), seq.max(known));
        self.stage = Stage::Live(feed);
        let answer = Effect::Say(Reply::Registered { uid, role, name, seq, recovered }, id);
        // Where none was read, there may yet be some that were heard of since.
        let pushes = match missed.is_empty() {
            true => fetch.map(Effect::Fetch).into_iter().collect(),
            false => self.fetched(Some(Page { frames: missed, pruned: 0 })),
        };
        [answer].into_iter().chain(pushes).collect()
    }

    /// What the client asked for was refused; who could not register may try again.
    pub fn refused(&mut self, error: &Error, id: AnswerTo) -> Vec<Effect> {
        if matches!(self.stage, Stage::Registering { .. }) {
            self.stage = Stage::Unregistered;
        }
        vec![refusal(error, id)]
    }

    /// A live push.
    pub fn pushed(&mut self, push: SharedFrame) -> Option<Effect> {
        let seq = push.frame().seq;
        match &mut self.stage {
            Stage::Live(feed) => match feed.on_push(seq) {
                Step::Send => Some(Effect::Push(push)),
                Step::Fetch(fetch) => Some(Effect::Fetch(fetch)),
                Step::Nothing => None,
            },
            Stage::Registering { known } => {
                *known = seq.max(*known);
                None
            }
            Stage::Unregistered | Stage::Closed => None,
        }
    }

    /// The newest push in the store.
    pub fn newest(&mut self, seq: i64) -> Option<Effect> {
        match &mut self.stage {
            Stage::Live(feed) => feed.on_newest(seq).map(Effect::Fetch),
            Stage::Registering { known } => {
                *known = seq.max(*known);
                None
            }
            Stage::Unregistered | Stage::Closed => None,
        }
    }

    /// A page of pushes, or `None` where it could not be read.
    pub fn fetched(&mut self, page: Option<Page>) -> Vec<Effect> {
        let Stage::Live(feed) = &mut self.stage else { return Vec::new() };
        match page {
            None => {
                feed.failed();
                Vec::new()
            }
            Some(page) => {
                let (frames, fetch) = feed.page(page);
                frames.into_iter().map(push).chain(fetch.map(Effect::Fetch)).collect()
            }
        }
    }

    /// The pushes that the client asked for.
    pub fn synced(&mut self, Synced { since, frames, more }: Synced, id: AnswerTo) -> Vec<Effect> {
        let Stage::Live(feed) = &mut self.stage else { return Vec::new() };
        let seq = frames.last().map_or(since, |last| last.seq);
        feed.sent_apart(since, seq);
        let answer = Effect::Say(Reply::Synced { seq, more }, id);
        frames.into_iter().map(push).chain([answer]).collect()
    }
}

fn push(frame: Frame) -> Effect {
    Effect::Push(frame.into())
}
