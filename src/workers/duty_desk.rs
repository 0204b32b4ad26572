//! Keeps the duty desk live: opens the duty room and tells who sits at the desk how questions stand, `S2C_DUTY_PUSH`.
//!
//! When somebody is reminded the duty room knows, and whom `service::duty_reminders`. Who hears is looked up when
//! it is told, so that nobody hears who is off duty. Each of several nodes hears what changes, and tells those who are
//! connected to it.

use super::job::{self, Next};
use crate::app::App;
use crate::error::Result;
use crate::model::Time;
use crate::protocol::objects::QuestionStatus;
use crate::protocol::replies::Reply;
use crate::realtime::duty::room::{Changed, DutyRoom};
use crate::service::duty;
use actix::Actor;

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
    let open = app.desk().list_open();
    let desk = app.read(move |store| duty::list_desk(store, &open, Time::now())).await?;
    if !desk.is_empty() {
        changed.into_iter().for_each(|status| app.send_ephemeral_here(desk.clone(), &Reply::Duty(status)));
    }
    Ok(())
}
