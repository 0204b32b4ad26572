//! Tells doctors who go on duty or off, `S2C_ONDUTY_PUSH`: as soon as the roster is changed, and when a turn begins or
//! ends by the clock. Each of several nodes looks by itself, and tells those who are connected to it.

use super::job::{self, Next};
use crate::app::App;
use crate::model::{Time, Uid};
use crate::protocol::replies::Reply;
use crate::service::roster::{self, OnDuty};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::timeout;

/// How long it takes at the most until it looks again: a clock may be set, and a node may not hear of a change.
const LONGEST: Duration = Duration::from_secs(60);

/// Starts telling. What was so before the start nobody is told, as all who connect ask for it.
pub fn start(app: App) {
    let mut known = None;
    job::spawn("telling who is on duty", async move || {
        let OnDuty { doctors, until } = app.read(|store| roster::find_on_duty(store, Time::now())).await?;
        if let Some(before) = known.replace(doctors.clone()) {
            tell(&app, &before, &doctors);
        }
        let pause = until.map_or(LONGEST, |until| until.since(Time::now()).min(LONGEST));
        // Whether it was changed or it is time, it looks again.
        let _ = timeout(pause, app.desk().roster_changed()).await;
        Ok(Next::Continue)
    });
}

fn tell(app: &App, before: &BTreeSet<Uid>, now: &BTreeSet<Uid>) {
    for (changed, onduty) in [(now - before, true), (before - now, false)] {
        if !changed.is_empty() {
            app.send_ephemeral_here(changed.into_iter().collect(), &Reply::OnDuty { onduty });
        }
    }
}
