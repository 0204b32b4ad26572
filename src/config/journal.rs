//! Whether what is logged goes to the journal of systemd, which says so in the environment.

use std::io;

/// Whether standard error is what `JOURNAL_STREAM` names: it is inherited by who writes elsewhere, too.
pub fn is_read() -> bool {
    let named = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    rustix::fs::fstat(io::stderr()).is_ok_and(|about| named == format!("{}:{}", about.st_dev, about.st_ino))
}
