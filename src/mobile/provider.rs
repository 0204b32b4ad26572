//! What any vendor of mobile notifications can be asked. When something is sent, and how often it is
//! tried again, is decided elsewhere.

use jpush_client::{Cid, Error, MsgId, Notification, RateLimit, RegistrationId};
use std::future::Future;
use std::pin::Pin;

/// A request to a vendor that is under way.
pub type ProviderFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A vendor of mobile notifications.
///
/// It speaks the types of `jpush_client`: a notification, its ids and the sorted errors are what any
/// vendor needs, and a second set of types would only be copied to and fro. A client of another vendor
/// would map its answers to the same [`Error`].
///
/// Each call is one request and tries once; what to do after an error is the caller's decision, who
/// knows what else is waiting.
pub trait Provider: Send + Sync {
    /// The name by which settings choose it, and under which it is counted.
    fn name(&self) -> &'static str;

    /// Sends. With a [`Cid`] in the notification it is safe to repeat, whatever became of the first try;
    /// without one a lost answer may lead to two notifications.
    fn push<'a>(&'a self, notification: &'a Notification) -> ProviderFuture<'a, MsgId>;

    /// Fetches ids that make a send safe to repeat. A vendor may give fewer than asked for.
    fn cids(&self, count: u16) -> ProviderFuture<'_, Vec<Cid>>;

    /// Lets notifications for the account `uid` reach this device, and those for no other account.
    fn bind<'a>(&'a self, device: &'a RegistrationId, uid: &'a str) -> ProviderFuture<'a, ()>;

    /// Lets notifications for no account reach this device.
    fn unbind<'a>(&'a self, device: &'a RegistrationId) -> ProviderFuture<'a, ()>;

    /// Withdraws a notification from the phones that have not shown it yet.
    fn withdraw(&self, sent: MsgId) -> ProviderFuture<'_, ()>;

    /// How many sends the vendor still takes, by its last answer; `None` before the first.
    fn rate_limit(&self) -> Option<RateLimit>;
}
