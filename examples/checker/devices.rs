//! Now and then somebody connects from a second device: the connection from the first must end. Of whom there is more than
//! one connection, that is a fault where it lasts for more than 5 s.

use crate::ledger::Ledger;
use crate::line::{Kind, Line};
use crate::setup::Crowd;
use chrono::Local;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

/// How long an account may be connected twice after a fault.
const TWICE: Duration = Duration::from_secs(5);
const PERIOD: Duration = Duration::from_secs(2);

/// What is amiss while `amiss` exists is not over; nobody is to mend it before.
pub async fn try_out(
    front: String,
    crowd: Arc<Crowd>,
    ledger: Arc<Ledger>,
    amiss: Option<PathBuf>,
    until: Instant,
) {
    for who in (0..crowd.people.len()).cycle().step_by(7) {
        if Instant::now() >= until {
            return;
        }
        sleep(PERIOD).await;
        try_one(&front, &crowd, &ledger, amiss.as_deref(), who).await;
    }
}

async fn try_one(front: &str, crowd: &Crowd, ledger: &Ledger, amiss: Option<&Path>, who: usize) {
    let person = &crowd.people[who];
    let stands = || {
        let heard = person.heard.lock().unwrap();
        (heard.is_connected, heard.connections)
    };
    let before = stands();
    let since = Instant::now();
    let Ok(mut tablet) = Line::open(front, Kind::Plain).await else { return };
    if !before.0 || tablet.say(&person.registration("tablet", None)).await.is_err() {
        return;
    }
    let registered =
        async { while tablet.next().await.is_ok_and(|envelope| envelope["type"] != "S2C_REGISTER_RES") {} };
    if timeout(TWICE, registered).await.is_err() {
        return;
    }
    let mut well_since = since;
    while stands() == before && well_since.elapsed() < TWICE {
        sleep(Duration::from_millis(5)).await;
        if amiss.is_some_and(Path::exists) {
            well_since = Instant::now();
        }
    }
    match stands() == before {
        // It may be the tablet's that has ended, as its node did.
        true if timeout(Duration::from_millis(1), ends(&mut tablet)).await.is_ok() => {}
        true => {
            let what = format!("{} {} over {:?}", Local::now().format("%T"), person.uid, person.kind);
            ledger.with(|entries| entries.undisplaced.push(what));
        }
        false => ledger.with(|entries| entries.displaced.push(since.elapsed())),
    }
}

async fn ends(line: &mut Line) {
    while line.next().await.is_ok() {}
}
