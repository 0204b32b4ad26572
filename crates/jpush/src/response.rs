//! What JPush answers, and what it means: its own error code decides, then the HTTP status.

use crate::error::{Error, InvalidRequest, TransientCause};
use crate::ids::{Cid, MsgId};
use reqwest::header::HeaderMap;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use std::time::{Duration, Instant};

/// The wait where JPush names none: its quotas are per minute.
const DEFAULT_RENEWAL: Duration = Duration::from_secs(60);
/// The longest wait, whatever JPush says.
const MAX_WAIT: Duration = Duration::from_secs(86_400);
/// The shortest wait after a transient failure.
const MIN_RETRY: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorCode,
}

#[derive(Deserialize)]
struct ErrorCode {
    code: i64,
}

/// The answer to a push.
#[derive(Deserialize)]
pub(crate) struct Accepted {
    #[serde(deserialize_with = "number_or_digits")]
    msg_id: u64,
}

impl Accepted {
    pub(crate) fn id(self) -> MsgId {
        MsgId(self.msg_id)
    }
}

/// The answer to a request for ids.
#[derive(Deserialize)]
pub(crate) struct CidList {
    cidlist: Vec<String>,
}

impl CidList {
    pub(crate) fn cids(self) -> Vec<Cid> {
        self.cidlist.into_iter().map(Cid).collect()
    }
}

/// How many requests JPush still takes, by the headers `X-Rate-Limit-Limit` (or `-Quota`),
/// `X-Rate-Limit-Remaining` and `X-Rate-Limit-Reset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests in one period, where JPush said it; on the free tier 600 a minute.
    pub limit: Option<u32>,
    /// Requests left in this period.
    pub remaining: u32,
    /// When the next period begins; one minute after the answer where JPush did not say.
    pub resets_at: Instant,
}

/// What the headers of an answer say about limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    limit: Option<u32>,
    remaining: Option<u32>,
    reset: Option<Duration>,
    retry_after: Option<Duration>,
}

impl Limits {
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let limit = number(headers, "x-rate-limit-limit");
        Self {
            limit: limit.or_else(|| number(headers, "x-rate-limit-quota")),
            remaining: number(headers, "x-rate-limit-remaining"),
            reset: seconds(headers, "x-rate-limit-reset"),
            retry_after: seconds(headers, "retry-after"),
        }
    }

    pub(crate) fn rate_limit(self, now: Instant) -> Option<RateLimit> {
        self.remaining.map(|remaining| RateLimit {
            limit: self.limit,
            remaining,
            resets_at: now + self.reset.unwrap_or(DEFAULT_RENEWAL),
        })
    }

    fn renewal(self) -> Duration {
        self.reset.or(self.retry_after).unwrap_or(DEFAULT_RENEWAL)
    }

    fn retry_after(self) -> Duration {
        self.retry_after.unwrap_or(MIN_RETRY).max(MIN_RETRY)
    }
}

/// Whether JPush did what it was asked.
pub(crate) fn check(status: u16, limits: Limits, body: &[u8]) -> Result<(), Error> {
    let code = serde_json::from_slice::<ErrorBody>(body).map(|refused| refused.error.code);
    match (code, status) {
        (Ok(code), status) => Err(by_code(code, status, limits)),
        (Err(_), 200..=299) => Ok(()),
        (Err(_), status) => Err(by_status(i64::from(status), status, limits)),
    }
}

fn by_code(code: i64, status: u16, limits: Limits) -> Error {
    match code {
        1000 | 1030 | 7000 | 7030 => vendor_error(code, limits),
        1002 | 1003 | 1005 | 1008 | 7002 => Error::InvalidRequest(InvalidRequest::Refused { code }),
        1004 | 1009 | 2004 | 7001 | 7004 => Error::Unauthorized { code },
        1011 => Error::NoSuchTarget,
        1012 | 2002 | 2005 => Error::RateLimited { retry_after: limits.renewal() },
        _undocumented => by_status(code, status, limits),
    }
}

fn by_status(code: i64, status: u16, limits: Limits) -> Error {
    match status {
        401 | 403 => Error::Unauthorized { code },
        429 => Error::RateLimited { retry_after: limits.renewal() },
        400..=499 => Error::InvalidRequest(InvalidRequest::Refused { code }),
        _server_error => vendor_error(code, limits),
    }
}

fn vendor_error(code: i64, limits: Limits) -> Error {
    let cause = TransientCause::Vendor { code };
    Error::Transient { retry_after: limits.retry_after(), cause }
}

/// Why no answer came. The error itself is not passed on: it contains the URL.
pub(crate) fn no_answer(error: &reqwest::Error) -> Error {
    transient(match error {
        error if error.is_connect() => TransientCause::Unreachable,
        error if error.is_timeout() => TransientCause::TimedOut,
        _otherwise => TransientCause::Disconnected,
    })
}

pub(crate) fn transient(cause: TransientCause) -> Error {
    Error::Transient { retry_after: MIN_RETRY, cause }
}

/// Parses the body of an answer.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|_unexpected| transient(TransientCause::Unreadable))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u32> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn seconds(headers: &HeaderMap, name: &str) -> Option<Duration> {
    let seconds = number(headers, name)?;
    Some(Duration::from_secs(seconds.into()).min(MAX_WAIT))
}

/// JPush writes the same id as a number in one answer and as a string in another.
pub(crate) fn number_or_digits<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
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
