//! Sends messages: one request each (RFC 8030).

use crate::encryption::{BrowserKeys, encrypt, is_point};
use crate::error::{Cause, Error, SettingsError};
use crate::public_addresses::PublicAddresses;
use crate::services::{Endpoint, Services};
use crate::vapid::VapidKey;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The wait after an answer that names none.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
/// The same where too much was sent.
const LIMITED_WAIT: Duration = Duration::from_secs(60);
const LONGEST_WAIT: Duration = Duration::from_secs(86_400);

/// How soon a browser has to hear of a message, whatever that costs its battery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// When it is awake and charged, such as news.
    Low,
    /// Soon, such as a message.
    Normal,
    /// At once, such as a call.
    High,
}

/// A message to one browser.
#[derive(Debug)]
pub struct Message<'a> {
    /// What it says, at most [`MAX_MESSAGE`](crate::MAX_MESSAGE) bytes.
    pub body: &'a [u8],
    /// How long the push service keeps it for a browser that is away.
    pub time_to_live: Duration,
    /// How soon the browser has to hear of it.
    pub urgency: Urgency,
    /// At most 32 letters of base64url: a later message with the same topic takes the place of one that waits.
    pub topic: Option<&'a str>,
}

/// For how long a service may not be there: others wait behind it.
const CONNECTING: Duration = Duration::from_secs(5);

/// A client of push services. It keeps connections open, which belong to the Tokio runtime on which they were made.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    key: VapidKey,
    services: Services,
}

impl Client {
    /// Makes a client, without sending anything. TLS is rustls with the system's CA certificates.
    ///
    /// # Errors
    /// There can be no HTTP client.
    pub fn new(
        key: VapidKey,
        services: Services,
        user_agent: &str,
        timeout: Duration,
    ) -> Result<Self, SettingsError> {
        // It fails only if a provider has been chosen already.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(user_agent)
            .timeout(timeout)
            .connect_timeout(CONNECTING.min(timeout))
            // A proxy would look the names up itself.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .dns_resolver(Arc::new(PublicAddresses))
            .build()
            .map_err(|_inside| SettingsError::HttpClient)?;
        Ok(Self { http, key, services })
    }

    /// The public key that browsers subscribe with.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.key.public()
    }

    /// The services that it sends to.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Whether messages can be encrypted with a browser's public key: it is a point of P-256.
    #[must_use]
    pub fn takes_key(&self, public: &[u8; 65]) -> bool {
        is_point(public)
    }

    /// Sends a message once. Sent twice with one topic, a browser that was away gets it once.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn send(&self, to: &Endpoint, keys: &BrowserKeys, message: &Message<'_>) -> Result<(), Error> {
        let body = encrypt(keys, message.body)?;
        let origin = to.service();
        let transient = |retry_after, cause| Error::Transient { retry_after, cause };
        let signed = self.key.authorization(&origin).ok_or(transient(SHORTEST_WAIT, Cause::Random))?;
        let request = self
            .http
            .post(to.url().clone())
            .header(AUTHORIZATION, signed)
            .header(CONTENT_ENCODING, "aes128gcm")
            .header(CONTENT_TYPE, "application/octet-stream")
            .header("ttl", message.time_to_live.as_secs())
            .header("urgency", urgency(message.urgency))
            .body(body);
        let request = match message.topic {
            Some(topic) => request.header("topic", topic),
            None => request,
        };
        let answer = request.send().await.map_err(|_error| transient(SHORTEST_WAIT, Cause::NoAnswer))?;
        let status = answer.status().as_u16();
        match status {
            200..=299 => Ok(()),
            404 | 410 => Err(Error::Gone),
            429 => Err(transient(retry_after(answer.headers(), LIMITED_WAIT), Cause::Status(status))),
            408 | 500.. => {
                Err(transient(retry_after(answer.headers(), SHORTEST_WAIT), Cause::Status(status)))
            }
            status => Err(Error::Refused { status }),
        }
    }
}

fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Low => "low",
        Urgency::Normal => "normal",
        Urgency::High => "high",
    }
}

/// The wait that an answer asks for, in seconds or by a date; `otherwise` where it names none.
fn retry_after(headers: &HeaderMap, otherwise: Duration) -> Duration {
    let named = headers.get(RETRY_AFTER).and_then(|value| wait(value.to_str().ok()?, SystemTime::now()));
    named.unwrap_or(otherwise).clamp(SHORTEST_WAIT, LONGEST_WAIT)
}

/// The wait that `Retry-After` names (RFC 9110, section 10.2.3).
fn wait(value: &str, now: SystemTime) -> Option<Duration> {
    let until = || httpdate::parse_http_date(value).ok();
    let dated = || Some(until()?.duration_since(now).unwrap_or_default());
    value.parse().ok().map(Duration::from_secs).or_else(dated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn a_wait_is_named_in_seconds_or_by_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        for (value, seconds) in [
            ("120", Some(120)),
            ("Sun, 06 Nov 1994 08:51:37 GMT", Some(120)),
            ("Sunday, 06-Nov-94 08:51:37 GMT", Some(120)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            assert_eq!(wait(value, now), seconds.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn a_wait_has_bounds() {
        let header = |value| HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]);
        for (value, bounded) in [
            ("0", SHORTEST_WAIT),
            ("Sun, 06 Nov 1994 08:00:00 GMT", SHORTEST_WAIT),
            ("99999999", LONGEST_WAIT),
            ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
            ("soon", LIMITED_WAIT),
        ] {
            assert_eq!(retry_after(&header(value), LIMITED_WAIT), bounded, "{value}");
        }
    }
}
