//! Tells authors how far their messages have come: `S2C_DELIVERY_PUSH`.
//!
//! An acknowledgement only leaves a name in `App::acknowledged`. A little later everybody who left
//! theirs is looked at together, so that a burst of acknowledgements is one push to each author. What
//! was not told when the server ended is told at its next start.

use super::job::{self, Next};
use crate::app::App;
use crate::error::Result;
use crate::model::Uid;
use crate::service::receipts;
use crate::store::receipts::list_unreported_uids;

/// How many people's acknowledgements share a transaction.
const BATCH: usize = 100;

/// Starts telling.
pub fn start(app: App) {
    let mut caught_up = false;
    job::spawn("telling of deliveries", async move || {
        if !caught_up {
            note_all(&app, app.read(list_unreported_uids).await?);
            caught_up = true;
        }
        let people = app.acknowledged().gather().await;
        let mut batches = people.chunks(BATCH);
        while let Some(batch) = batches.next() {
            if let Err(error) = tell(&app, batch.to_vec()).await {
                // They are looked at again in the next round.
                note_all(&app, [batch].into_iter().chain(batches).flatten().cloned());
                return Err(error);
            }
        }
        Ok(Next::Continue)
    });
}

fn note_all(app: &App, people: impl IntoIterator<Item = Uid>) {
    people.into_iter().for_each(|uid| app.acknowledged().note(uid));
}

async fn tell(app: &App, uids: Vec<Uid>) -> Result<()> {
    let unfinished = app.write(move |tx| {
        let mut unfinished = Vec::new();
        for uid in &uids {
            if receipts::report(tx, uid)? {
                unfinished.push(uid.clone());
            }
        }
        Ok(unfinished)
    });
    note_all(app, unfinished.await?);
    Ok(())
}
