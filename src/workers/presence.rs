//! Tells contacts who comes online and who goes. When it is told is in `realtime::presence`, and
//! who is a contact in `store::contact`.

use crate::app::App;
use crate::error::Result;
use crate::model::Uid;
use crate::protocol::reply::Reply;
use crate::realtime::connection_events::{ConnectionEvent, Watch};
use crate::realtime::presence::Presence;
use crate::store::contact;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;

/// Between the rounds in which changes are told.
const BEAT: Duration = Duration::from_millis(500);
/// Of how many people a round tells, so that the store has time for others.
const AT_A_TIME: usize = 200;

/// Starts telling; it ends with the registry.
pub fn start(app: App, mut watch: Watch) {
    let mut presence = Presence::new(app.config().presence_grace());
    let mut beats = tokio::time::interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    actix::spawn(async move {
        loop {
            let outcome = tokio::select! {
                event = watch.recv() => match event {
                    Ok(event) => {
                        note(&mut presence, event);
                        Ok(())
                    }
                    Err(RecvError::Lagged(_)) => look_again(&app, &mut presence).await,
                    Err(RecvError::Closed) => return,
                },
                _ = beats.tick() => tell(&app, &mut presence).await,
            };
            if let Err(error) = outcome {
                error.log("telling who is online failed");
            }
        }
    });
}

fn note(presence: &mut Presence, event: ConnectionEvent) {
    match event {
        ConnectionEvent::Connected { uid, .. } => presence.came(uid, Instant::now()),
        ConnectionEvent::Disconnected { uid, others_left: false, .. } => presence.went(uid, Instant::now()),
        ConnectionEvent::Disconnected { others_left: true, .. } => {}
    }
}

/// Some changes were missed: who is said to be there may have gone. Who came unheard is told of
/// when they come again; their contacts' lists are right meanwhile.
async fn look_again(app: &App, presence: &mut Presence) -> Result<()> {
    let told = presence.list_told();
    let online: HashSet<Uid> = app.who_is_online(told.clone()).await?.into_iter().collect();
    for uid in told.into_iter().filter(|uid| !online.contains(uid)) {
        presence.went(uid, Instant::now());
    }
    Ok(())
}

async fn tell(app: &App, presence: &mut Presence) -> Result<()> {
    let changes = presence.take_due(Instant::now(), AT_A_TIME);
    if changes.is_empty() {
        return Ok(());
    }
    let people: Vec<Uid> = changes.iter().map(|(uid, _)| uid.clone()).collect();
    let mut contacts = HashMap::<Uid, Vec<Uid>>::new();
    for (uid, contact) in app.read(move |store| contact::list_present(store, &people)).await? {
        contacts.entry(uid).or_default().push(contact);
    }
    for (uid, online) in changes {
        if let Some(contacts) = contacts.remove(&uid) {
            app.whisper(contacts, Reply::Presence { uid, online });
        }
    }
    Ok(())
}
