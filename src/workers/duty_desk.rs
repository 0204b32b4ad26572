//! Keeps the duty desk live: opens the duty room and tells who sits at the desk how questions stand, `S2C_DUTY_PUSH`.
//!
//! When somebody is reminded the duty room knows, and whom `service::duty_reminders`. Who hears is looked up when
//! it is told, so that nobody hears who is off duty.

use super::job::{self, Next};
use crate::app::App;
use crate::error::Result;
use crate::model::{Time, Uid};
use crate::protocol::objects::QuestionStatus;
use crate::protocol::replies::Reply;
use crate::realtime::duty::room::{Changed, DutyRoom};
use crate::store::duty_roster;
use actix::Actor;
use std::collections::BTreeSet;

/// Opens the duty room; it closes with the server.
pub fn start(app: App) {
    let room = DutyRoom::new(app.clone(), app.desk().clone(), app.config().remind_after()).start();
    job::spawn("telling the duty desk", async move || {
        let changed = app.desk().gather().await;
        // Where its mailbox is full, its next sweep finds what has changed.
        let _ = room.try_send(Changed(changed.clone()));
        tell(&app, changed).await?;
        Ok(Next::Continue)
    });
}

async fn tell(app: &App, changed: Vec<QuestionStatus>) -> Result<()> {
    let on_duty = app.read(|store| duty_roster::list_on_duty(store, Time::now())).await?;
    let desk: BTreeSet<Uid> = on_duty.into_iter().chain(app.desk().list_open()).collect();
    if !desk.is_empty() {
        let desk: Vec<_> = desk.into_iter().collect();
        changed.into_iter().for_each(|status| app.send_ephemeral(desk.clone(), Reply::Duty(status)));
    }
    Ok(())
}
