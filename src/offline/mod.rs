//! How somebody without a connection is reached: through the vendors of mobile notices.
//!
//! Here is what any of them can be asked for. When a push becomes a notice, what is kept of it and
//! how often it is tried again is not decided here.

pub mod desk;
pub mod failure;
pub mod jpush;
pub mod notice;
pub mod plan;

use failure::Failure;
use notice::{Budget, Cid, MsgId, Notice, RegistrationId};
use std::future::Future;
use std::pin::Pin;

/// An answer of a vendor, on its way.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// A vendor of mobile notices.
///
/// Each call is one request and tries once; what to do after a [`Failure`] is the caller's, who
/// knows what else is waiting.
pub trait Provider: Send + Sync {
    /// The name by which settings choose it, and under which it is counted.
    fn name(&self) -> &'static str;

    /// Sends. With a [`Cid`] in the notice it is safe to do so again, whatever became of the first;
    /// without one a lost answer may lead to two notices.
    fn push<'a>(&'a self, notice: &'a Notice) -> Answer<'a, MsgId>;

    /// Checks a notice with the vendor as [`push`](Self::push) would, and sends nothing.
    fn validate<'a>(&'a self, notice: &'a Notice) -> Answer<'a, ()>;

    /// Fresh ids that make a send safe to repeat. A vendor may give fewer than asked for.
    fn cids(&self, count: u16) -> Answer<'_, Vec<Cid>>;

    /// Lets notices for the account `uid` reach this device, and those of no other account.
    fn bind_alias<'a>(&'a self, device: &'a RegistrationId, uid: &'a str) -> Answer<'a, ()>;

    /// Lets notices for no account reach this device.
    fn unbind<'a>(&'a self, device: &'a RegistrationId) -> Answer<'a, ()>;

    /// Takes back what has not been shown yet.
    fn withdraw<'a>(&'a self, sent: &'a MsgId) -> Answer<'a, ()>;

    /// How many sends the vendor has last said it would still take; `None` before the first.
    fn budget(&self) -> Option<Budget>;
}
