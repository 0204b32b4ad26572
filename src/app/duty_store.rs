//! Questions as the duty room asks for them.

use crate::app::App;
use crate::db::paging::Cursor;
use crate::model::{DialogId, ReminderTarget, Time};
use crate::protocol::objects::QuestionStatus;
use crate::realtime::duty::question::Waiting;
use crate::realtime::duty::store::{DutyStore, PAGE, Pending, Place, Reminding};
use crate::service::{duty_reminders, questions};

impl DutyStore for App {
    fn list_waiting(&self, after: Option<Place>) -> Pending<Vec<Waiting>> {
        let (app, after) = (self.clone(), after.map(|(asked, dialogid)| Cursor(asked, dialogid)));
        let waiting =
            move |store: &mut _| questions::list_waiting(store, after.as_ref(), PAGE as i64, Time::now());
        Box::pin(async move {
            let waiting = app.read(waiting).await?.into_iter();
            Ok(waiting.map(|(status, reminded)| Waiting { status, reminded }).collect())
        })
    }

    fn find(&self, dialogid: DialogId) -> Pending<Option<QuestionStatus>> {
        let app = self.clone();
        Box::pin(
            async move { app.read(move |store| questions::find_status(store, &dialogid, Time::now())).await },
        )
    }

    fn remind(&self, dialogid: DialogId, whom: ReminderTarget, asked: Time) -> Pending<Reminding> {
        let app = self.clone();
        Box::pin(async move {
            if !app.does_chores() {
                return Ok(Reminding::Elsewhere);
            }
            app.write(move |tx| duty_reminders::remind(tx, &dialogid, whom, asked)).await?;
            Ok(Reminding::Done)
        })
    }
}
