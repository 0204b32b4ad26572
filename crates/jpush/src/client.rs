//! The client: one method for each call of the API, one HTTP request for each call of a method.

use crate::alias::alias_of;
use crate::error::{Error, InvalidRequest, TransientCause};
use crate::ids::{Cid, MsgId, RegistrationId};
use crate::notification::Notification;
use crate::payload::payload;
use crate::report::DeliveryReport;
use crate::response::{self, Accepted, CidList, Limits, RateLimit};
use crate::settings::{self, AndroidOptions, ApnsEnvironment, Settings, SettingsError};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, Response, Url, redirect};
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The most ids that one call of [`Client::cids`] fetches; JPush's limit.
pub const MAX_CIDS: u16 = 1_000;
/// The most pushes that one call of [`Client::delivery_reports`] asks about; JPush's limit.
pub const MAX_REPORTS: usize = 100;
/// The longest answer that is read, in bytes: a thousand ids take 64 KiB.
const MAX_ANSWER: usize = 256 * 1_024;

/// A client for one app.
///
/// It keeps connections open, and they belong to the Tokio runtime on which they were made: use a
/// client on one runtime only. Dropping the future of a call leaves unknown whether JPush carried it
/// out. `Debug` does not show the key and the secret.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    push_url: Url,
    device_url: Url,
    report_url: Url,
    apns: ApnsEnvironment,
    android: AndroidOptions,
    /// From the last answer of the push API; the device API counts apart.
    rate_limit: Mutex<Option<RateLimit>>,
}

impl Client {
    /// Makes a client, without sending anything.
    ///
    /// TLS is rustls with the system's CA certificates. If the process has not chosen a cryptography
    /// provider for rustls, this chooses `ring`. Redirects are never followed, so that the key and the
    /// secret go to the configured URLs only.
    ///
    /// # Errors
    /// A setting could never work; see [`SettingsError`].
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        // It fails only if a provider has been chosen already.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .default_headers(headers(&settings)?)
            .user_agent(settings.user_agent)
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.timeout)
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|_inside| SettingsError::HttpClient)?;
        Ok(Self {
            http,
            push_url: settings::base_url("push", &settings.push_url)?,
            device_url: settings::base_url("device", &settings.device_url)?,
            report_url: settings::base_url("report", &settings.report_url)?,
            apns: settings.apns,
            android: settings.android,
            rate_limit: Mutex::new(None),
        })
    }

    /// Sends a notification (`POST /v3/push`).
    ///
    /// With a [`Cid`] it is safe to repeat for a day, whatever became of the first try: JPush then
    /// returns the first [`MsgId`] and notifies nobody again. Without one, do not repeat it after a
    /// [`Transient`](Error::Transient) failure other than
    /// [`Unreachable`](TransientCause::Unreachable).
    ///
    /// # Errors
    /// See [`Error`]; [`TooBig`](InvalidRequest::TooBig) is found before anything is sent.
    pub async fn push(&self, notification: &Notification) -> Result<MsgId, Error> {
        let answer = self.post_push(&["push"], notification).await?;
        response::parse(&answer).map(Accepted::id)
    }

    /// Has JPush check a notification as [`push`](Self::push) would, and sends nothing
    /// (`POST /v3/push/validate`). Safe to repeat.
    ///
    /// # Errors
    /// Those of [`push`](Self::push).
    pub async fn validate(&self, notification: &Notification) -> Result<(), Error> {
        self.post_push(&["push", "validate"], notification).await.map(drop)
    }

    /// Fetches ids for sends to come (`GET /v3/push/cid`). `count` is brought into 1 to [`MAX_CIDS`];
    /// JPush may return fewer, on the free tier ten. Safe to repeat: unused ids expire after a day.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn cids(&self, count: u16) -> Result<Vec<Cid>, Error> {
        let mut url = endpoint(&self.push_url, &["push", "cid"]);
        let count = count.clamp(1, MAX_CIDS).to_string();
        url.query_pairs_mut().append_pair("type", "push").append_pair("count", &count);
        let answer = self.send_push_api(self.http.get(url)).await?;
        response::parse(&answer).map(CidList::cids)
    }

    /// Withdraws a push: phones that it has not reached yet do not show it
    /// (`DELETE /v3/push/{msg_id}`). Safe to repeat, though JPush may refuse the second as invalid.
    ///
    /// # Errors
    /// See [`Error`]; JPush refuses an id that it does not know as an invalid request.
    pub async fn withdraw(&self, MsgId(id): MsgId) -> Result<(), Error> {
        let url = endpoint(&self.push_url, &["push", &id.to_string()]);
        self.send_push_api(self.http.delete(url)).await.map(drop)
    }

    /// Binds a device to an account, in place of the one it was bound to: sets its alias to
    /// [`alias_of`] the account (`POST /v3/devices/{registration_id}`). JPush lets an alias have ten
    /// devices. Safe to repeat, in the order of the bindings.
    ///
    /// # Errors
    /// See [`Error`]; JPush refuses a device that it does not know as an invalid request (code 7002).
    pub async fn bind(&self, device: &RegistrationId, account: &str) -> Result<(), Error> {
        self.set_alias(device, &alias_of(account)).await
    }

    /// Unbinds a device from its account: clears its alias. Safe to repeat.
    ///
    /// # Errors
    /// Those of [`bind`](Self::bind).
    pub async fn unbind(&self, device: &RegistrationId) -> Result<(), Error> {
        self.set_alias(device, "").await
    }

    /// How far up to [`MAX_REPORTS`] pushes have come (`GET /v3/received/detail`); sends nothing if there
    /// are none. Safe to repeat.
    ///
    /// # Errors
    /// See [`Error`]; [`TooManyReports`](InvalidRequest::TooManyReports) is found before anything is
    /// sent.
    pub async fn delivery_reports(&self, pushes: &[MsgId]) -> Result<Vec<DeliveryReport>, Error> {
        if pushes.is_empty() {
            return Ok(Vec::new());
        }
        if pushes.len() > MAX_REPORTS {
            return Err(Error::InvalidRequest(InvalidRequest::TooManyReports));
        }
        let mut url = endpoint(&self.report_url, &["received", "detail"]);
        let ids: Vec<_> = pushes.iter().map(|MsgId(id)| id.to_string()).collect();
        url.query_pairs_mut().append_pair("msg_ids", &ids.join(","));
        let (_, answer) = send(self.http.get(url)).await?;
        response::parse(&answer?)
    }

    /// The push API's rate limit as its last answer gave it; `None` before the first answer.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        *self.rate_limit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn post_push(&self, path: &[&str], notification: &Notification) -> Result<Vec<u8>, Error> {
        let body = payload(notification, &self.android, self.apns)?;
        self.send_push_api(self.http.post(endpoint(&self.push_url, path)).json(&body)).await
    }

    async fn set_alias(&self, device: &RegistrationId, alias: &str) -> Result<(), Error> {
        let url = endpoint(&self.device_url, &["devices", device.as_str()]);
        let body: Value = json!({"alias": alias});
        let (_, answer) = send(self.http.post(url).json(&body)).await?;
        answer.map(drop)
    }

    /// Sends a request to the push API, and keeps the rate limit of the answer.
    async fn send_push_api(&self, request: RequestBuilder) -> Result<Vec<u8>, Error> {
        let (limits, answer) = send(request).await?;
        if let Some(rate_limit) = limits.rate_limit(Instant::now()) {
            *self.rate_limit.lock().unwrap_or_else(PoisonError::into_inner) = Some(rate_limit);
        }
        answer
    }
}

fn headers(settings: &Settings) -> Result<HeaderMap, SettingsError> {
    let Settings { app_key, master_secret, .. } = settings;
    if !settings::is_key(app_key) {
        return Err(SettingsError::AppKey);
    }
    if !settings::is_key(master_secret) {
        return Err(SettingsError::MasterSecret);
    }
    let credentials = STANDARD.encode(format!("{app_key}:{master_secret}"));
    let mut authorization = HeaderValue::from_str(&format!("Basic {credentials}"))
        .map_err(|_never_after_the_checks| SettingsError::MasterSecret)?;
    authorization.set_sensitive(true);
    let json = HeaderValue::from_static("application/json");
    Ok(HeaderMap::from_iter([(AUTHORIZATION, authorization), (ACCEPT, json)]))
}

fn endpoint(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    // Only a URL without a host has no path, and `settings::base_url` takes none.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push("v3").extend(path);
    }
    url
}

/// Sends one request. The limits are returned even if JPush refuses it.
async fn send(request: RequestBuilder) -> Result<(Limits, Result<Vec<u8>, Error>), Error> {
    let response = request.send().await.map_err(|error| response::no_answer(&error))?;
    let limits = Limits::from_headers(response.headers());
    let status = response.status().as_u16();
    let body = read_body(response).await?;
    let checked = response::check(status, limits, &body);
    Ok((limits, checked.map(|()| body)))
}

async fn read_body(mut response: Response) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    let broken = |error| response::no_answer(&error);
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(response::transient(TransientCause::Unreadable));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
