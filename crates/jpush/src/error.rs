//! What can go wrong with a request, sorted by what the caller should do about it.
//!
//! No error contains an address, a key, a device or a text, so all of them may be logged.

use std::time::Duration;
use thiserror::Error;

/// Why JPush did not do what it was asked.
///
/// The variants follow the error codes of the [push] and [device] APIs; where an answer has no code,
/// or one that is not documented, its HTTP status decides. The enum is exhaustive on purpose: a caller
/// has to decide each case.
///
/// [push]: https://docs.jiguang.cn/en/jpush/server/push/rest_api_v3_push
/// [device]: https://docs.jiguang.cn/en/jpush/server/push/rest_api_v3_device
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Error {
    /// The failure may pass: repeat the same request, with the same [`Cid`](crate::Cid), after
    /// `retry_after`, and wait longer each time. Codes 1000, 1030, 7000 and 7030, any other 5xx, and
    /// failures of the network.
    #[error("{cause}; again after {retry_after:?}")]
    Transient {
        /// The shortest wait that makes sense; at least one second.
        retry_after: Duration,
        /// What happened.
        cause: TransientCause,
    },
    /// The request is wrong and will stay so: drop it.
    #[error("{0}")]
    InvalidRequest(InvalidRequest),
    /// The key, the secret or this machine's address is not accepted: stop sending and tell somebody.
    /// Codes 1004, 1009, 2004, 7001 and 7004, or HTTP 401 and 403.
    #[error("the vendor refuses the credentials or the address (code {code})")]
    Unauthorized {
        /// JPush's error code, or the HTTP status where the answer had none.
        code: i64,
    },
    /// No target exists, or each has been inactive for more than 255 days: forget them. Code 1011.
    #[error("none of the targets exists")]
    NoSuchTarget,
    /// The quota or the rate limit is used up: send nothing before `retry_after` is over. Codes 1012,
    /// 2002 and 2005, or HTTP 429.
    #[error("too many requests; again after {retry_after:?}")]
    RateLimited {
        /// The time until the limit is renewed, from `X-Rate-Limit-Reset` or `Retry-After`; one minute
        /// where the answer has neither, and at most one day.
        retry_after: Duration,
    },
}

/// What may pass by itself.
///
/// Only after [`Unreachable`](Self::Unreachable) is it certain that the request was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TransientCause {
    /// No connection could be made.
    #[error("the vendor cannot be reached")]
    Unreachable,
    /// No answer came within [`Settings::timeout`](crate::Settings::timeout).
    #[error("the vendor does not answer")]
    TimedOut,
    /// The connection ended before the answer was complete.
    #[error("the connection to the vendor broke off")]
    Disconnected,
    /// The answer has an unexpected form, or is longer than 256 KiB.
    #[error("the vendor's answer cannot be read")]
    Unreadable,
    /// JPush reports an internal error.
    #[error("trouble inside the vendor (code {code})")]
    Vendor {
        /// JPush's error code, or the HTTP status where the answer had none.
        code: i64,
    },
}

/// What is wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidRequest {
    /// JPush refused it. Codes 1002, 1003, 1005, 1008 and 7002, and any other 4xx.
    #[error("the vendor refuses the request (code {code})")]
    Refused {
        /// JPush's error code, or the HTTP status where the answer had none.
        code: i64,
    },
    /// [`Notification::extras`](crate::Notification::extras) leave no room for any text within a
    /// platform's limit. The client finds this and sends nothing.
    #[error("the notification is too big")]
    TooBig,
    /// Reports of more than [`MAX_REPORTS`](crate::MAX_REPORTS) pushes were asked for. The client finds
    /// this and sends nothing.
    #[error("too many reports in one request")]
    TooManyReports,
}
