//! The stand-in's state, and how it answers a request properly.

use super::{APP_KEY, MASTER_SECRET, rules};
use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use actix_web::web::Bytes;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet, VecDeque};

/// The id of the first push that is carried out; they count up from there.
pub const FIRST_ID: u64 = 18_100_000_000_000_001;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub query: String,
    pub user_agent: String,
    pub body: Value,
}

/// An answer: a status and a body.
pub type Reply = (u16, Value);

/// What it remembers.
#[derive(Default)]
pub struct State {
    pub tricks: VecDeque<super::Trick>,
    /// For the next push only.
    pub push_trick: Option<super::Trick>,
    pub seen: Vec<Seen>,
    pub violations: Vec<String>,
    pub issued: u64,
    pub answers: HashMap<String, u64>,
    pub sent: u64,
    pub notices: Vec<Value>,
    pub notified: HashMap<String, u32>,
    pub aliases: HashMap<String, String>,
    pub unknown: HashSet<String>,
    pub withdrawn: Vec<u64>,
    pub remaining: Option<u32>,
    /// Most ids in one answer; an app that pays nothing gets ten.
    pub most_cids: Option<u64>,
}

/// An error as the vendor writes it, with the id as a number.
pub fn refusal(status: u16, code: i64) -> Reply {
    let error = json!({"code": code, "message": "as asked for by the test"});
    (status, json!({"msg_id": 1_309_530_630, "error": error}))
}

impl State {
    /// How this request is answered instead of properly.
    pub fn trick(&mut self, request: &HttpRequest) -> Option<super::Trick> {
        let push = request.path() == "/v3/push" && self.push_trick.is_some();
        if push { self.push_trick.take() } else { self.tricks.pop_front() }
    }

    /// Does what a request asks for.
    pub fn act(&mut self, request: &HttpRequest, body: &Bytes) -> Reply {
        self.note(request, body);
        if !is_authentic(request.headers()) {
            return refusal(401, 1004);
        }
        if let Err(reply) = self.spend() {
            return reply;
        }
        self.serve(request, body).unwrap_or_else(|broken| {
            self.violations.push(broken);
            refusal(400, 1003)
        })
    }

    /// Only remembers it.
    pub fn note(&mut self, request: &HttpRequest, body: &Bytes) {
        let agent = request.headers().get("user-agent");
        self.seen.push(Seen {
            method: request.method().to_string(),
            path: request.path().to_owned(),
            query: request.query_string().to_owned(),
            user_agent: agent.and_then(|agent| agent.to_str().ok()).unwrap_or("").to_owned(),
            body: serde_json::from_slice(body).unwrap_or(Value::Null),
        });
    }

    fn spend(&mut self) -> Result<(), Reply> {
        match &mut self.remaining {
            None => Ok(()),
            Some(0) => Err(refusal(429, 2002)),
            Some(remaining) => {
                *remaining -= 1;
                Ok(())
            }
        }
    }

    fn serve(&mut self, request: &HttpRequest, body: &Bytes) -> Result<Reply, String> {
        let parts: Vec<&str> = request.path().split('/').skip(1).collect();
        rules::headers(request)?;
        match (request.method().as_str(), parts.as_slice()) {
            ("POST", ["v3", "push"]) => self.push(rules::push(body)?),
            ("POST", ["v3", "push", "validate"]) => {
                rules::push(body)?;
                Ok((200, json!({"sendno": "0", "msg_id": "0"})))
            }
            ("GET", ["v3", "push", "cid"]) => Ok(self.cids(rules::cid_count(request)?)),
            ("DELETE", ["v3", "push", id]) => self.withdraw(id),
            ("GET", ["v3", "received", "detail"]) => Ok(self.reports(&rules::report_ids(request)?)),
            ("POST", ["v3", "devices", device]) => self.map(device, rules::device(device, body)?),
            (method, _) => Err(format!("there is no {method} {}", request.path())),
        }
    }

    /// The same `cid` again gives the first answer and notifies nobody.
    fn push(&mut self, body: Value) -> Result<Reply, String> {
        let cid = body["cid"].as_str().map(str::to_owned);
        if let Some(id) = cid.as_ref().and_then(|cid| self.answers.get(cid)) {
            return Ok(accepted(*id));
        }
        let targets = rules::targets(&body);
        let known: Vec<_> = targets.into_iter().filter(|to| !self.unknown.contains(to)).collect();
        if known.is_empty() {
            return Ok(refusal(400, 1011));
        }
        for target in known {
            *self.notified.entry(target).or_default() += 1;
        }
        let id = FIRST_ID + self.sent;
        self.sent += 1;
        self.notices.push(body);
        self.answers.extend(cid.map(|cid| (cid, id)));
        Ok(accepted(id))
    }

    fn cids(&mut self, count: u64) -> Reply {
        let first = self.issued;
        self.issued += count.min(self.most_cids.unwrap_or(count));
        let uuid = |n: u64| format!("{APP_KEY}-00000000-0000-4000-8000-{n:012}");
        let list: Vec<_> = (first..self.issued).map(uuid).collect();
        (200, json!({"cidlist": list}))
    }

    fn withdraw(&mut self, id: &str) -> Result<Reply, String> {
        let id: u64 = id.parse().map_err(|_| format!("{id} is no msg_id"))?;
        if !(FIRST_ID..FIRST_ID + self.sent).contains(&id) {
            return Ok(refusal(400, 1003));
        }
        self.withdrawn.push(id);
        Ok((200, json!({})))
    }

    /// As the vendor does, with `null` where it has no figure, and nothing of pushes it does not know.
    fn reports(&self, ids: &[u64]) -> Reply {
        let known = ids.iter().filter(|id| (FIRST_ID..FIRST_ID + self.sent).contains(id));
        let report = |id: &u64| {
            json!({
                "msg_id": id.to_string(),
                "jpush_received": 1,
                "android_pns_sent": 2,
                "android_pns_received": null,
                "ios_apns_sent": null,
                "hmos_hmpns_sent": 0,
                "wp_mpns_sent": 3,
            })
        };
        (200, known.map(report).collect())
    }

    fn map(&mut self, device: &str, alias: String) -> Result<Reply, String> {
        if self.unknown.contains(device) {
            return Ok(refusal(400, 7002));
        }
        match alias.is_empty() {
            true => self.aliases.remove(device),
            false => self.aliases.insert(device.to_owned(), alias),
        };
        Ok((200, Value::Null))
    }
}

fn accepted(id: u64) -> Reply {
    (200, json!({"sendno": "18", "msg_id": id.to_string()}))
}

fn is_authentic(headers: &HeaderMap) -> bool {
    let proof = format!("Basic {}", STANDARD.encode(format!("{APP_KEY}:{MASTER_SECRET}")));
    headers.get("authorization").is_some_and(|given| given.as_bytes() == proof.as_bytes())
}
