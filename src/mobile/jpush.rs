//! JPush (极光推送) as a provider of mobile notifications. The client itself is the crate `jpush_client`.

use super::provider::{Provider, ProviderFuture};
use jpush_client::{Cid, Client, MsgId, Notification, RateLimit, RegistrationId};

impl Provider for Client {
    fn name(&self) -> &'static str {
        "jpush"
    }

    fn push<'a>(&'a self, notification: &'a Notification) -> ProviderFuture<'a, MsgId> {
        Box::pin(self.push(notification))
    }

    fn cids(&self, count: u16) -> ProviderFuture<'_, Vec<Cid>> {
        Box::pin(self.cids(count))
    }

    fn bind<'a>(&'a self, device: &'a RegistrationId, uid: &'a str) -> ProviderFuture<'a, ()> {
        Box::pin(self.bind(device, uid))
    }

    fn unbind<'a>(&'a self, device: &'a RegistrationId) -> ProviderFuture<'a, ()> {
        Box::pin(self.unbind(device))
    }

    fn withdraw(&self, sent: MsgId) -> ProviderFuture<'_, ()> {
        Box::pin(self.withdraw(sent))
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        self.rate_limit()
    }
}
