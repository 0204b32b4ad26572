//! A stand-in for JPush's REST API v3 on a free loopback port. It refuses requests that the vendor does
//! not document, fails on demand in every documented way and in the ways of networks, and counts.
//!
//! It runs on a thread of its own, so that any test can use it, whatever its runtime. It never forgets a
//! `cid`, and notifies nobody. Other packages' tests include this file by its path.
#![allow(dead_code, unused_imports, clippy::unwrap_used, clippy::expect_used)]

mod rules;
mod shape;
mod state;

pub use state::{FIRST_ID, Seen};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpResponseBuilder, HttpServer, rt};
use serde_json::{Value, json};
use state::{Reply, State, refusal};
use std::sync::{Arc, Mutex, MutexGuard, mpsc};
use std::time::Duration;

/// The app that the stand-in knows.
pub const APP_KEY: &str = "7d431e42dfa6a6d693ac2d04";
/// What proves it.
pub const MASTER_SECRET: &str = "5e987ac6d2e04d95a9d8f0d1";

/// How the next request is answered instead of properly.
#[derive(Debug, Clone)]
pub enum Trick {
    /// With the vendor's error; nothing is done.
    Refuse { status: u16, code: i64 },
    /// With an error of rate or quota that names its end in seconds; nothing is done.
    Limit { status: u16, code: i64, reset: u32 },
    /// With a status and a text that is no JSON; nothing is done.
    Garble { status: u16 },
    /// Properly, but with the id as a number.
    NumberedId,
    /// Never: the connection is dropped and nothing is done.
    DropBefore,
    /// Never: the connection is dropped, yet all is done.
    DropAfter,
    /// Properly, but only after this time.
    Stall(Duration),
    /// All is done at once, and answered only after this time.
    Linger(Duration),
    /// With far more than anybody should read; nothing is done.
    Flood,
}

/// The running stand-in; it stops when it is dropped.
pub struct Vendor {
    url: String,
    state: Arc<Mutex<State>>,
    handle: ServerHandle,
}

impl Vendor {
    /// Starts it.
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let (tell, told) = mpsc::channel();
        let shared = Data::new(state.clone());
        std::thread::spawn(move || {
            rt::System::new().block_on(async move {
                let app = move || {
                    let whole = web::PayloadConfig::new(16 << 20);
                    App::new().app_data(shared.clone()).app_data(whole).default_service(web::to(answer))
                };
                let server = HttpServer::new(app).workers(1).disable_signals();
                let server = server.bind(("127.0.0.1", 0)).expect("a free port");
                let port = server.addrs()[0].port();
                let server = server.run();
                tell.send((port, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (port, handle) = told.recv().expect("the stand-in starts");
        Self { url: format!("http://127.0.0.1:{port}"), state, handle }
    }

    /// Its base URL, for all three APIs.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Answers the next request with this trick, and one more request for each further call.
    pub fn play(&self, trick: Trick) {
        self.state().tricks.push_back(trick);
    }

    /// Refuses the next push itself, whatever else is asked before it.
    pub fn refuse_next_push(&self, status: u16, code: i64) {
        self.state().push_trick = Some(Trick::Refuse { status, code });
    }

    /// Carries the next push out at once, and answers it only after this time.
    pub fn slow_down_next_push(&self, time: Duration) {
        self.state().push_trick = Some(Trick::Linger(time));
    }

    /// Whether no push is to be refused or slowed down any more: it has come.
    pub fn has_tricked(&self) -> bool {
        self.state().push_trick.is_none()
    }

    /// Takes so many more requests, then refuses by rate (2002) until told otherwise.
    pub fn allow(&self, requests: Option<u32>) {
        self.state().remaining = requests;
    }

    /// Gives at most so many ids at a time, as to an app that pays nothing.
    pub fn give_few_cids(&self, most: u64) {
        self.state().most_cids = Some(most);
    }

    /// Makes an alias or registration id one that no device has (1011 where no other target is left).
    pub fn forget(&self, target: &str) {
        self.state().unknown.insert(target.to_owned());
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }

    /// What was against the vendor's rules in them; each was refused as well.
    pub fn violations(&self) -> Vec<String> {
        self.state().violations.clone()
    }

    /// The bodies of the pushes that were carried out, repetitions apart.
    pub fn notices(&self) -> Vec<Value> {
        self.state().notices.clone()
    }

    /// How many pushes were carried out, repetitions apart.
    pub fn sent(&self) -> usize {
        self.state().notices.len()
    }

    /// How many aliases and registration ids were notified.
    pub fn people(&self) -> usize {
        self.state().notified.len()
    }

    /// How often an alias or registration id was notified.
    pub fn notified(&self, target: &str) -> u32 {
        self.state().notified.get(target).copied().unwrap_or(0)
    }

    /// The alias of a device, if it has one.
    pub fn alias(&self, registration_id: &str) -> Option<String> {
        self.state().aliases.get(registration_id).cloned()
    }

    /// The ids of what was withdrawn.
    pub fn withdrawn(&self) -> Vec<u64> {
        self.state().withdrawn.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        // The order is given by the call; whether it has been followed is nobody's concern.
        drop(self.handle.stop(false));
    }
}

async fn answer(request: HttpRequest, body: Bytes, state: Data<Arc<Mutex<State>>>) -> HttpResponse {
    let state: &Mutex<State> = &state;
    let trick = state.lock().unwrap().trick(&request);
    let act = || state.lock().unwrap().act(&request, &body);
    match trick {
        None => respond(state, act()),
        Some(Trick::Refuse { status, code }) => {
            state.lock().unwrap().note(&request, &body);
            respond(state, refusal(status, code))
        }
        Some(Trick::Limit { status, code, reset }) => {
            state.lock().unwrap().note(&request, &body);
            let mut response = build(status);
            response.insert_header(("X-Rate-Limit-Quota", "600"));
            response.insert_header(("X-Rate-Limit-Remaining", "0"));
            response.insert_header(("X-Rate-Limit-Reset", reset.to_string()));
            response.json(refusal(status, code).1)
        }
        Some(Trick::Garble { status }) => {
            state.lock().unwrap().note(&request, &body);
            build(status).content_type("text/html").body("<html>Bad Gateway</html>")
        }
        Some(Trick::NumberedId) => {
            let (status, mut body) = act();
            let id: Option<u64> = body["msg_id"].as_str().and_then(|id| id.parse().ok());
            body["msg_id"] = json!(id);
            respond(state, (status, body))
        }
        Some(Trick::DropBefore) => {
            state.lock().unwrap().note(&request, &body);
            broken()
        }
        Some(Trick::DropAfter) => {
            act();
            broken()
        }
        Some(Trick::Stall(time)) => {
            rt::time::sleep(time).await;
            respond(state, act())
        }
        Some(Trick::Linger(time)) => {
            let done = act();
            rt::time::sleep(time).await;
            respond(state, done)
        }
        Some(Trick::Flood) => {
            state.lock().unwrap().note(&request, &body);
            build(200).body("[".repeat(1 << 20))
        }
    }
}

fn respond(state: &Mutex<State>, (status, body): Reply) -> HttpResponse {
    let remaining = state.lock().unwrap().remaining.unwrap_or(599);
    let mut response = build(status);
    response.insert_header(("X-Rate-Limit-Limit", "600"));
    response.insert_header(("X-Rate-Limit-Remaining", remaining.to_string()));
    response.insert_header(("X-Rate-Limit-Reset", "42"));
    match body {
        Value::Null => response.finish(),
        body => response.json(body),
    }
}

fn build(status: u16) -> HttpResponseBuilder {
    HttpResponse::build(StatusCode::from_u16(status).expect("a status"))
}

/// A body that fails before its first byte makes the server close the connection.
fn broken() -> HttpResponse {
    let failing = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("dropped")) });
    build(200).streaming(failing)
}
