//! What JPush answers, and how it is judged: by its own code first, whatever the HTTP status.

use crate::offline::failure::{Failure, Passing, Wrong};
use crate::offline::notice::{Budget, Cid, MsgId};
use reqwest::header::HeaderMap;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use std::time::{Duration, Instant};

/// The wait where the vendor names none: its quotas are by the minute.
const USUAL_WAIT: Duration = Duration::from_secs(60);
/// No wait is longer, whatever the vendor says.
const LONGEST_WAIT: Duration = Duration::from_secs(86_400);
/// The shortest wait before something that failed in passing is tried again.
const BREATHER: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
struct Refused {
    error: Code,
}

#[derive(Deserialize)]
struct Code {
    code: i64,
}

/// The answer to a push.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(deserialize_with = "number_or_digits")]
    pub(super) msg_id: u64,
}

impl Sent {
    pub(super) fn id(self) -> MsgId {
        MsgId(self.msg_id)
    }
}

/// The answer to a request for ids.
#[derive(Deserialize)]
pub(super) struct Cids {
    pub(super) cidlist: Vec<String>,
}

impl Cids {
    pub(super) fn ids(self) -> Vec<Cid> {
        self.cidlist.into_iter().map(Cid).collect()
    }
}

/// What the vendor says in headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    limit: Option<u32>,
    remaining: Option<u32>,
    reset: Option<Duration>,
    retry_after: Option<Duration>,
}

impl Limits {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let limit = number(headers, "x-rate-limit-limit");
        Self {
            limit: limit.or_else(|| number(headers, "x-rate-limit-quota")),
            remaining: number(headers, "x-rate-limit-remaining"),
            reset: seconds(headers, "x-rate-limit-reset"),
            retry_after: seconds(headers, "retry-after"),
        }
    }

    pub(super) fn budget(self, now: Instant) -> Option<Budget> {
        self.remaining.map(|remaining| Budget {
            limit: self.limit,
            remaining,
            renewed: now + self.reset.unwrap_or(USUAL_WAIT),
        })
    }

    fn wait(self) -> Duration {
        self.reset.or(self.retry_after).unwrap_or(USUAL_WAIT)
    }

    fn breather(self) -> Duration {
        self.retry_after.unwrap_or(BREATHER).max(BREATHER)
    }
}

/// What a status and a body mean; `Ok` where the vendor did what it was asked.
pub(super) fn judge(status: u16, limits: Limits, body: &[u8]) -> Result<(), Failure> {
    let code = serde_json::from_slice::<Refused>(body).map(|refused| refused.error.code);
    match (code, status) {
        (Ok(code), status) => Err(by_code(code, status, limits)),
        (Err(_), 200..=299) => Ok(()),
        (Err(_), status) => Err(by_status(i64::from(status), status, limits)),
    }
}

fn by_code(code: i64, status: u16, limits: Limits) -> Failure {
    match code {
        1000 | 1030 | 7000 | 7030 => trouble(code, limits),
        1002 | 1003 | 1005 | 1008 | 7002 => Failure::RequestWrong(Wrong::Refused { code }),
        1004 | 1009 | 2004 | 7001 | 7004 => Failure::CredentialsWrong { code },
        1011 => Failure::NoSuchTarget,
        1012 | 2002 | 2005 => Failure::RateLimited { wait: limits.wait() },
        _undocumented => by_status(code, status, limits),
    }
}

fn by_status(code: i64, status: u16, limits: Limits) -> Failure {
    match status {
        401 | 403 => Failure::CredentialsWrong { code },
        429 => Failure::RateLimited { wait: limits.wait() },
        400..=499 => Failure::RequestWrong(Wrong::Refused { code }),
        _strange => trouble(code, limits),
    }
}

fn trouble(code: i64, limits: Limits) -> Failure {
    let because = Passing::Vendor { code };
    Failure::Retry { after: limits.breather(), because }
}

/// Why no answer came. The error itself is not passed on: it names the address.
pub(super) fn unanswered(error: &reqwest::Error) -> Failure {
    passing(match error {
        error if error.is_connect() => Passing::Unreachable,
        error if error.is_timeout() => Passing::TimedOut,
        _otherwise => Passing::BrokenOff,
    })
}

pub(super) fn passing(because: Passing) -> Failure {
    Failure::Retry { after: BREATHER, because }
}

/// Reads an answer of the expected form.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|_strange| passing(Passing::Unreadable))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u32> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn seconds(headers: &HeaderMap, name: &str) -> Option<Duration> {
    let seconds = number(headers, name)?;
    Some(Duration::from_secs(seconds.into()).min(LONGEST_WAIT))
}

/// The same id comes as a number in one answer and as a string in another.
fn number_or_digits<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Digits(String),
    }
    match Either::deserialize(from)? {
        Either::Number(number) => Ok(number),
        Either::Digits(digits) => digits.parse().map_err(D::Error::custom),
    }
}
