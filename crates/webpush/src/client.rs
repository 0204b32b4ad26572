//! Sends messages: one request each (RFC 8030).

use crate::encryption::{BrowserKeys, encrypt};
use crate::error::{Cause, Error, SettingsError};
use crate::public_addresses::PublicAddresses;
use crate::services::{Endpoint, Services};
use crate::vapid::VapidKey;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect;
use std::sync::Arc;
use std::time::Duration;

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

    /// Sends a message once. Sent twice with one topic, a browser that was away gets it once.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn send(&self, to: &Endpoint, keys: &BrowserKeys, message: &Message<'_>) -> Result<(), Error> {
        let body = encrypt(keys, message.body)?;
        let origin = to.url().origin().ascii_serialization();
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

/// The wait that an answer asks for in seconds; `otherwise` where it names none, or a date.
fn retry_after(headers: &HeaderMap, otherwise: Duration) -> Duration {
    let named = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    named.map_or(otherwise, Duration::from_secs).clamp(SHORTEST_WAIT, LONGEST_WAIT)
}
