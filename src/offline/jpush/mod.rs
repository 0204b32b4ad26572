//! JPush (极光推送), REST API v3, over HTTP.
//!
//! One request a call, no retries, no queue: what a failure means is said by its type, what comes
//! of it is decided elsewhere. Nothing of a request or an answer is logged here.

pub mod alias;
mod answer;
mod body;
mod fit;
pub mod settings;

use crate::offline::failure::{Failure, Passing};
use crate::offline::notice::{Budget, Cid, MsgId, Notice, RegistrationId};
use crate::offline::{Answer, Provider};
use answer::{Cids, Limits, Sent};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, Url, redirect};
use serde_json::{Value, json};
use settings::{Apns, Look, Misconfigured, Settings};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The longest answer that is read: a thousand ids take 64 KiB.
const LONGEST_ANSWER: usize = 256 * 1_024;
/// Most ids in one request.
const MOST_CIDS: u16 = 1_000;

/// A client of the vendor's. Its connections belong to the runtime on which it is first used.
///
/// `Debug` does not show the keys: they are kept only as a header marked sensitive.
#[derive(Debug)]
pub struct JPush {
    http: Client,
    push_url: Url,
    device_url: Url,
    apns: Apns,
    look: Look,
    /// As the last answer about pushes had it; devices are counted apart and far from their limit.
    budget: Mutex<Option<Budget>>,
}

impl JPush {
    /// Fails on settings with which nothing could ever be sent. Talks to nobody yet.
    ///
    /// TLS is rustls with the system's certificates. Where the process has not chosen rustls'
    /// cryptography yet, this chooses `ring`.
    pub fn new(settings: Settings) -> Result<Self, Misconfigured> {
        // An error only says that somebody else has chosen already.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .default_headers(headers(&settings)?)
            .user_agent(concat!("jiayi/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.timeout)
            // The keys go to the address that was set, and nowhere else.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|_inside| Misconfigured::Client)?;
        Ok(Self {
            http,
            push_url: settings::base("push", &settings.push_url)?,
            device_url: settings::base("device", &settings.device_url)?,
            apns: settings.apns,
            look: settings.look,
            budget: Mutex::new(None),
        })
    }

    async fn send(&self, path: &[&str], notice: &Notice) -> Result<Vec<u8>, Failure> {
        let body = body::body(notice, &self.look, self.apns)?;
        let request = self.http.post(endpoint(&self.push_url, path)).json(&body);
        self.ask_push(request).await
    }

    async fn map(&self, device: &RegistrationId, alias: &str) -> Result<(), Failure> {
        let url = endpoint(&self.device_url, &["devices", device.as_str()]);
        let body: Value = json!({"alias": alias});
        let (_, answered) = ask(self.http.post(url).json(&body)).await?;
        answered.map(drop)
    }

    /// A request to the push API, whose limits are kept in mind.
    async fn ask_push(&self, request: RequestBuilder) -> Result<Vec<u8>, Failure> {
        let (limits, answered) = ask(request).await?;
        if let Some(budget) = limits.budget(Instant::now()) {
            let mut known = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
            *known = Some(budget);
        }
        answered
    }
}

impl Provider for JPush {
    fn name(&self) -> &'static str {
        "jpush"
    }

    fn push<'a>(&'a self, notice: &'a Notice) -> Answer<'a, MsgId> {
        Box::pin(async move {
            let answer = self.send(&["push"], notice).await?;
            answer::read(&answer).map(Sent::id)
        })
    }

    fn validate<'a>(&'a self, notice: &'a Notice) -> Answer<'a, ()> {
        Box::pin(async move {
            let sent = self.send(&["push", "validate"], notice).await;
            sent.map(drop)
        })
    }

    fn cids(&self, count: u16) -> Answer<'_, Vec<Cid>> {
        Box::pin(async move {
            let mut url = endpoint(&self.push_url, &["push", "cid"]);
            let count = count.clamp(1, MOST_CIDS).to_string();
            url.query_pairs_mut().append_pair("type", "push").append_pair("count", &count);
            let answer = self.ask_push(self.http.get(url)).await?;
            answer::read(&answer).map(Cids::ids)
        })
    }

    fn bind_alias<'a>(&'a self, device: &'a RegistrationId, uid: &'a str) -> Answer<'a, ()> {
        Box::pin(async move { self.map(device, &alias::alias_of(uid)).await })
    }

    fn unbind<'a>(&'a self, device: &'a RegistrationId) -> Answer<'a, ()> {
        // The empty alias takes away the one there is.
        Box::pin(self.map(device, ""))
    }

    fn withdraw<'a>(&'a self, MsgId(sent): &'a MsgId) -> Answer<'a, ()> {
        Box::pin(async move {
            let url = endpoint(&self.push_url, &["push", &sent.to_string()]);
            self.ask_push(self.http.delete(url)).await.map(drop)
        })
    }

    fn budget(&self) -> Option<Budget> {
        *self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn headers(settings: &Settings) -> Result<HeaderMap, Misconfigured> {
    let Settings { app_key, master_secret, .. } = settings;
    if !settings::is_key(app_key) {
        return Err(Misconfigured::AppKey);
    }
    if !settings::is_key(master_secret) {
        return Err(Misconfigured::MasterSecret);
    }
    let proof = STANDARD.encode(format!("{app_key}:{master_secret}"));
    let mut proof = HeaderValue::from_str(&format!("Basic {proof}"))
        .map_err(|_never_after_the_checks| Misconfigured::MasterSecret)?;
    proof.set_sensitive(true);
    let json = HeaderValue::from_static("application/json");
    Ok(HeaderMap::from_iter([(AUTHORIZATION, proof), (ACCEPT, json)]))
}

fn endpoint(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    // Only an address without a host has no path, and `settings::base` takes none.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push("v3").extend(path);
    }
    url
}

/// Asks once. What the vendor says about its limits is good to know even where it refuses.
async fn ask(request: RequestBuilder) -> Result<(Limits, Result<Vec<u8>, Failure>), Failure> {
    let response = request.send().await.map_err(|error| answer::unanswered(&error))?;
    let limits = Limits::read(response.headers());
    let status = response.status().as_u16();
    let body = read_bounded(response).await?;
    let judged = answer::judge(status, limits, &body);
    Ok((limits, judged.map(|()| body)))
}

async fn read_bounded(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let broken = |error| answer::unanswered(&error);
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(answer::passing(Passing::Unreadable));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
