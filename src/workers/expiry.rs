//! Ends log-ins whose token runs out, when it does: their devices are nobody's any more, and their
//! connections close.

use super::job::{self, Next};
use crate::app::App;
use crate::error::Result;
use crate::model::Time;
use crate::service::sessions;
use crate::store::token;
use std::time::Duration;

/// How long at most until it is looked again which token is the next, as the clock may be set meanwhile.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// How many tokens are revoked in one transaction.
const BATCH: usize = 100;

/// Starts ending log-ins.
pub fn start(app: App) {
    job::spawn("ending log-ins that run out", async move || round(&app).await);
}

async fn round(app: &App) -> Result<Next> {
    let next = app.read(token::find_next_expiry).await?;
    let wait = next.map_or(LONGEST_WAIT, |next| next.since(Time::now()));
    if !wait.is_zero() {
        return Ok(Next::Wait(wait.min(LONGEST_WAIT)));
    }
    app.write(|tx| sessions::revoke_expired(tx, BATCH as i64)).await?;
    Ok(Next::Continue)
}
