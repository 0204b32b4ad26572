//! Tells contacts who comes online and who goes, where there is one process alone. When they are told is decided in
//! `realtime::presence`; who is a contact is in `store::contact`.

use super::job::{self, Next};
use crate::app::App;
use crate::error::Result;
use crate::model::Uid;
use crate::protocol::replies::Reply;
use crate::realtime::connection_events::{ConnectionEvent, Watch};
use crate::realtime::presence::Presence;
use crate::store::contact;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;

/// How often changes are told.
const PERIOD: Duration = Duration::from_millis(500);
/// Of how many people a round tells, so that the store has time for others.
const BATCH: usize = 200;

/// Starts telling; it ends with the registry.
pub fn start(app: App, mut watch: Watch) {
    let mut presence = Presence::new(app.config().presence_grace());
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    job::spawn("telling who is online", async move || {
        tokio::select! {
            change = watch.recv() => match change {
                Ok(change) => note(&mut presence, change),
                Err(RecvError::Lagged(_)) => recheck(&app, &mut presence).await?,
                Err(RecvError::Closed) => return Ok(Next::End),
            },
            _ = ticks.tick() => tell(&app, &mut presence).await?,
        }
        Ok(Next::Continue)
    });
}

fn note(presence: &mut Presence, event: ConnectionEvent) {
    match event {
        ConnectionEvent::Connected { uid, .. } => presence.connected(uid, Instant::now()),
        ConnectionEvent::Disconnected { uid, others_left: false, .. } => {
            presence.disconnected(uid, Instant::now())
        }
        ConnectionEvent::Disconnected { others_left: true, .. } => {}
    }
}

/// Some changes were missed: people who were said to be online may have gone. Those who came unnoticed
/// are told of when they come again; their contacts' lists are right meanwhile.
async fn recheck(app: &App, presence: &mut Presence) -> Result<()> {
    let told = presence.list_announced();
    let online: HashSet<Uid> = app.who_is_online_here(told.clone()).await?.into_iter().collect();
    for uid in told.into_iter().filter(|uid| !online.contains(uid)) {
        presence.disconnected(uid, Instant::now());
    }
    Ok(())
}

/// Tells the contacts of those whose presence has changed.
async fn tell(app: &App, presence: &mut Presence) -> Result<()> {
    tell_contacts(app, presence.take_due(Instant::now(), BATCH)).await
}

/// Tells the contacts of people who, and whether they are online.
pub(super) async fn tell_contacts(app: &App, changes: Vec<(Uid, bool)>) -> Result<()> {
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
            app.send_ephemeral(contacts, &Reply::Presence { uid, online });
        }
    }
    Ok(())
}
