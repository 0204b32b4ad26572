//! Reminds of questions that have waited too long: opens the duty room, which knows when that is, and
//! gives it the store. Who is reminded is decided in `service::duty_reminders`.

use crate::app::App;
use crate::realtime::duty::room::DutyRoom;
use crate::realtime::duty::rounds::Rounds;
use actix::Actor;

/// Opens the duty room, unless nobody is to be reminded; it closes with the server.
pub fn start(app: App) {
    if let Some(patience) = app.config().remind_after() {
        DutyRoom::new(app, Rounds::new(patience)).start();
    }
}
