//! What a driver has a transport do, and what comes back of it.

use super::reading::ReadOutcome;
use crate::error::Result;
use crate::model::Caller;
use crate::protocol::frame::SharedFrame;
use crate::realtime::close::CloseReason;
use crate::realtime::feed::Page;
use crate::realtime::session::effect::{AnswerTo, Registered, Synced};
use smallvec::SmallVec;
use std::pin::Pin;

/// What a transport is to do, in order. Most often it is one thing: to send a push.
pub type Actions = SmallVec<[Action; 1]>;

/// One thing that a transport is to do.
pub enum Action {
    /// Send this push.
    Push(SharedFrame),
    /// Send this envelope.
    Send(String),
    /// Acknowledge what the client sent under this number, with the envelope that answers it.
    Acknowledge(u64, Option<String>),
    /// Close the connection.
    Close(CloseReason),
    /// Await this, then tell `Driver::on_completion`.
    Await(Pending),
    /// Likewise, but only when the client has taken what was sent: it brings much more to send.
    Load(Pending),
}

/// Something that a transport awaits.
pub type Pending = Pin<Box<dyn Future<Output = Completion>>>;

/// What came of something awaited.
pub enum Completion {
    /// The connection was registered, or not.
    Registered(Result<(Caller, Registered)>, AnswerTo),
    /// A page of pushes came.
    Fetched(Result<Page>),
    /// The pushes that the client asked for came.
    Synced(Result<Synced>, AnswerTo),
    /// What was acknowledged is kept, or not.
    Acknowledged(Result<()>),
    /// What was read is kept, or not.
    Read(Vec<ReadOutcome>),
    /// How far the pushes were sent is kept.
    SentKept,
    /// A command that has no answer was carried out, or not.
    CarriedOut(Result<()>, AnswerTo),
}
