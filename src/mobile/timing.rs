//! How long the workers of mobile notices wait: for more to do, and before they try again.

use std::time::Duration;

/// How long a worker waits when it finds nothing to do.
pub(super) const IDLE_WAIT: Duration = Duration::from_millis(200);

/// How long to wait before a retry: 2 to the power of `tries` seconds, at most 5 minutes, and at least
/// what the vendor demands.
pub(super) fn backoff(tries: i32, least: Duration) -> Duration {
    const LONGEST: Duration = Duration::from_secs(300);
    let doubled = Duration::from_secs(1 << tries.clamp(0, 9));
    doubled.min(LONGEST).max(least)
}
