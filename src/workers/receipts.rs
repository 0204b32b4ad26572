//! Tells authors how far their messages have come: `S2C_DELIVERY_PUSH`.
//!
//! Acknowledgements only leave a name here. A little later all who left theirs are looked at
//! together, so that a burst of acknowledgements is one word to each author. Which messages are
//! meant is found in `store::ladder`; what was not told when the server ended is told at its start.

use crate::app::App;
use crate::error::{Error, Result};
use crate::model::{DeliveryState, Uid};
use crate::protocol::reply::Reply;
use crate::store::receipts;
pub use crate::store::receipts::Rung;

/// How many people's acknowledgements share a transaction.
const TOGETHER: usize = 100;

/// Starts telling; it ends with the server.
pub fn start(app: App) {
    actix::spawn(async move {
        match app.read(receipts::list_untold).await {
            Ok(uids) => uids.into_iter().for_each(|uid| app.acknowledged().note(uid)),
            Err(error) => complain(&error),
        }
        loop {
            for uids in app.acknowledged().gather().await.chunks(TOGETHER) {
                if let Err(error) = tell(&app, uids.to_vec()).await {
                    complain(&error);
                }
            }
        }
    });
}

async fn tell(app: &App, uids: Vec<Uid>) -> Result<()> {
    let climbed = app.write(move |tx| {
        let climb = |uid: &Uid| receipts::climb(tx, uid).map(|climbed| (uid.clone(), climbed));
        uids.iter().map(climb).collect::<Result<Vec<_>>>()
    });
    for (uid, (rungs, more)) in climbed.await? {
        say(app, rungs, DeliveryState::Delivered);
        if more {
            app.acknowledged().note(uid);
        }
    }
    Ok(())
}

/// Tells each author, as far as they are connected.
pub fn say(app: &App, rungs: Vec<Rung>, state: DeliveryState) {
    for Rung { author, roomid, roomseq, uid } in rungs {
        app.whisper(vec![author], Reply::Delivery { roomid, roomseq, uid, state });
    }
}

fn complain(error: &Error) {
    error.log("telling of deliveries failed");
}
