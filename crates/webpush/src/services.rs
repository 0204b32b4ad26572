//! To whom messages may be posted. A browser names its endpoint, and who lies about it could have this machine ask
//! whatever it can reach: so the push services are named by the settings.

use crate::error::SettingsError;
use reqwest::Url;

/// The longest endpoint, in bytes; those of browsers have a few hundred.
pub const MAX_ENDPOINT: usize = 1_024;

/// The push services to which messages may be posted.
#[derive(Debug, Clone)]
pub struct Services(Vec<Service>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Service {
    /// A host, by `https` at its usual port.
    Host(String),
    /// All hosts below a domain, likewise.
    Below(String),
    /// What listens on this machine itself, by its origin.
    Loopback(String),
}

/// Where the messages of one browser are posted: at one of the [`Services`]. `Debug` does not show it, as who knows
/// it may send there.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Services {
    /// Takes hosts like `push.example.org` and `*.push.example.org`; and, for tests, `http://127.0.0.1:PORT`.
    ///
    /// # Errors
    /// One is none of these.
    pub fn parse<T: AsRef<str>>(names: &[T]) -> Result<Self, SettingsError> {
        let parsed = names.iter().map(|name| service(name.as_ref()).ok_or(SettingsError::Service));
        parsed.collect::<Result<_, _>>().map(Self)
    }

    /// An endpoint at one of these services; `None` where it is anywhere else, or is no address.
    #[must_use]
    pub fn endpoint(&self, text: &str) -> Option<Endpoint> {
        let url = Url::parse(text).ok().filter(|url| url.as_str().len() <= MAX_ENDPOINT)?;
        let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let is_known = is_plain && self.0.iter().any(|service| service.has(&url));
        is_known.then_some(Endpoint(url))
    }
}

fn service(name: &str) -> Option<Service> {
    if name.starts_with("http:") {
        let url = Url::parse(name).ok()?;
        let host = url.host_str()?.trim_matches(['[', ']']);
        let is_here = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        return is_here.then(|| Service::Loopback(url.origin().ascii_serialization()));
    }
    let (host, below) = name.strip_prefix("*.").map_or((name, false), |host| (host, true));
    let url = Url::parse(&format!("https://{host}/")).ok()?;
    let is_host = url.domain() == Some(host) && host.contains('.');
    let service = if below { Service::Below(format!(".{host}")) } else { Service::Host(host.to_owned()) };
    is_host.then_some(service)
}

impl Service {
    fn has(&self, url: &Url) -> bool {
        let is_safe = url.scheme() == "https" && url.port().is_none();
        match (self, url.domain()) {
            (Self::Host(host), Some(domain)) => is_safe && domain == host,
            (Self::Below(host), Some(domain)) => is_safe && domain.ends_with(host.as_str()),
            (Self::Loopback(origin), _) => url.origin().ascii_serialization() == *origin,
            (Self::Host(_) | Self::Below(_), None) => false,
        }
    }
}

impl Endpoint {
    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    /// The origin of its service, which is no secret.
    #[must_use]
    pub fn service(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The address, for the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_services_are_posted_to() {
        let services =
            Services::parse(&["push.test.org", "*.wns.test.com", "http://127.0.0.1:4000"]).unwrap();
        for good in [
            "https://push.test.org/send/x",
            "https://PUSH.test.org:443/x",
            "https://db3.wns.test.com/?token=x",
            "http://127.0.0.1:4000/x",
        ] {
            assert!(services.endpoint(good).is_some(), "{good}");
        }
        let long = format!("https://push.test.org/{}", "x".repeat(MAX_ENDPOINT));
        for bad in [
            "http://push.test.org/x",
            "https://push.test.org:8443/x",
            "https://push.test.org.evil.org/x",
            "https://evil.org/push.test.org",
            "https://push.test.org@evil.org/x",
            "https://me@push.test.org/x",
            "https://push.test.org/x#y",
            "https://wns.test.com/x",
            "https://evilwns.test.com/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "http://127.0.0.1:4001/x",
            "http://localhost:4000/x",
            "file:///etc/passwd",
            "",
            &long,
        ] {
            assert!(services.endpoint(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_service_is_the_name_of_a_host() {
        for bad in [
            "",
            "*",
            "*.",
            "org",
            "10.0.0.1",
            "a.org/x",
            "a.org:1",
            "https://a.org",
            "http://10.0.0.1",
            "a b.org",
        ] {
            assert!(Services::parse(&[bad]).is_err(), "{bad}");
        }
    }
}
