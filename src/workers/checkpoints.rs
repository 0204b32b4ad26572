//! Keeps the log of SQLite short: under load it is taken over into the file beside the writer and begun anew by
//! it, when nothing is written its file is cut to nothing. Whoever reads for long only puts that off.

use super::job::{self, Next};
use crate::app::App;
use crate::db::checkpoint::{Checkpoint, Log};
use crate::error::Result;
use std::time::{Duration, Instant};

/// How often it is looked how long the log is; and after a reader was in the way.
const PERIOD: Duration = Duration::from_millis(200);
const BUSY_PERIOD: Duration = Duration::from_millis(500);
/// How long nothing is written when it is quiet.
const QUIET: Duration = Duration::from_secs(2);
/// From how many pages of 4 KiB on the log is taken over, and from how many on it is begun anew.
const MANY: i32 = 4000;
const LONG: i32 = 8000;
/// How many pages are left to the writer, if some turns beside it are enough for that.
const FEW: i32 = 200;
const TURNS: usize = 3;

/// How long the log was last, and since when.
struct Seen(Log, Instant);

/// Starts keeping it short; there is none on PostgreSQL.
pub fn start(app: App) {
    let mut seen = Seen(Log::default(), Instant::now());
    job::spawn("keeping the log short", async move || round(&app, &mut seen).await);
}

async fn round(app: &App, seen: &mut Seen) -> Result<Next> {
    let Some(mut log) = app.checkpoint(Checkpoint::Look).await? else { return Ok(Next::End) };
    let is_quiet = log.pages == seen.0.pages && seen.1.elapsed() >= QUIET;
    for _ in 0..TURNS {
        if log.unsaved() >= if log.pages >= LONG { FEW } else { MANY } {
            log = app.checkpoint(Checkpoint::Beside).await?.unwrap_or(log);
        }
    }
    let by_writer = match log.pages {
        1.. if is_quiet => Some(Checkpoint::Truncate),
        LONG.. => Some(Checkpoint::Restart),
        _ => None,
    };
    if let Some(by_writer) = by_writer {
        log = app.checkpoint(by_writer).await?.unwrap_or(log);
    }
    if log.pages != seen.0.pages {
        *seen = Seen(log, Instant::now());
    }
    Ok(Next::Wait(if log.is_busy() { BUSY_PERIOD } else { PERIOD }))
}
