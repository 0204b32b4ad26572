//! Questions as the duty room asks for them.

use crate::app::App;
use crate::db::paging::Cursor;
use crate::model::DialogId;
use crate::realtime::duty::rounds::{Due, PAGE, Reminder, Search};
use crate::realtime::duty::store::{DutyStore, Pending};
use crate::service::duty_reminders;
use crate::store::question;

impl DutyStore for App {
    fn list_due(&self, Search { reminder: Reminder { whom, asked }, after }: Search) -> Pending<Vec<Due>> {
        let (app, after) = (self.clone(), after.map(|(asked, dialogid)| Cursor(asked, dialogid)));
        let due = move |store: &mut _| question::list_due(store, whom, asked, after.as_ref(), PAGE as i64);
        Box::pin(async move { app.read(due).await })
    }

    fn remind(&self, dialogid: DialogId, Reminder { whom, asked }: Reminder) -> Pending<()> {
        let app = self.clone();
        Box::pin(async move { app.write(move |tx| duty_reminders::remind(tx, &dialogid, whom, asked)).await })
    }
}
