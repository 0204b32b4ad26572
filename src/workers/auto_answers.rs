//! Has residents who ask out of hours told so, a moment after: no message waits for it. Of several nodes each does so that
//! has heard of the question; the first tells.

use super::job::{self, Next};
use crate::app::App;
use crate::model::Time;
use crate::service::auto_answers;

/// Starts telling. Where it does not come to it, as the server ends, nobody is told.
pub fn start(app: App) {
    job::spawn("answering out of hours", async move || {
        let rooms = app.desk().gather_asked().await;
        let due = app.read(move |store| auto_answers::list_due(store, &rooms, Time::now())).await?;
        for roomid in due {
            if let Err(error) = app.write(move |tx| auto_answers::tell(tx, &roomid)).await {
                log::warn!("a resident was not told that it is out of hours: {error}");
            }
        }
        Ok(Next::Continue)
    });
}
