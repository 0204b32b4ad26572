//! Tells contacts who comes online and who goes, where there are several nodes: `mailbox.present` is what contacts were
//! told, so that each change is told once, by whoever makes it.
//!
//! A node tells who comes to it. Who goes is told by one node for all, when they have been away for a while.

use super::job::{self, Next};
use super::presence::tell_contacts;
use crate::app::App;
use crate::error::Result;
use crate::model::Uid;
use crate::realtime::connection_events::{ConnectionEvent, Watch};
use crate::realtime::registry::sweep::Part;
use crate::store::connection::online;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;

/// How often who has come is told, and how often it is looked who has gone.
const PERIOD: Duration = Duration::from_millis(500);
/// Of how many people a round tells, so that the store has time for others.
const BATCH: usize = 200;
/// How many who have gone are waited for at a time.
const MOST_LEFT: i64 = 20_000;
/// After how long without a look nobody knows any more since when people are away.
const STALE: Duration = Duration::from_secs(5);

/// Starts telling.
pub fn start(app: App, watch: Watch) {
    tell_who_comes(app.clone(), watch);
    tell_who_goes(app);
}

fn tell_who_comes(app: App, mut watch: Watch) {
    let mut come = HashSet::new();
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    job::spawn("telling who comes online", async move || {
        tokio::select! {
            event = watch.recv() => match event {
                Ok(ConnectionEvent::Connected { uid, .. }) => come.extend([uid]),
                Ok(ConnectionEvent::Disconnected { .. }) => {}
                Err(RecvError::Lagged(_)) => come.extend(list_here(&app).await?),
                Err(RecvError::Closed) => return Ok(Next::End),
            },
            _ = ticks.tick(), if !come.is_empty() => has_come(&app, &mut come).await?,
        }
        Ok(Next::Continue)
    });
}

async fn list_here(app: &App) -> Result<Vec<Uid>> {
    let here = app.list_told(Part { number: 0, of: 1 }).await?;
    Ok(here.into_iter().map(|told| told.uid).collect())
}

async fn has_come(app: &App, come: &mut HashSet<Uid>) -> Result<()> {
    let people: Vec<_> = come.iter().take(BATCH).cloned().collect();
    let changed = {
        let people = people.clone();
        app.write(move |tx| online::set_present(tx, &people)).await?
    };
    come.retain(|uid| !people.contains(uid));
    tell_contacts(app, changed.into_iter().map(|uid| (uid, true)).collect()).await
}

/// Since when those have been away whose contacts do not know it.
struct Left {
    since: HashMap<Uid, Instant>,
    looked: Instant,
}

fn tell_who_goes(app: App) {
    let mut left = Left { since: HashMap::new(), looked: Instant::now() };
    job::spawn_every_once(app.clone(), "telling who goes offline", PERIOD, async move || {
        let found = app.read(|store| online::list_left(store, MOST_LEFT)).await?;
        let due = left.look(found, Instant::now(), app.config().presence_grace());
        has_left(&app, due).await
    });
}

impl Left {
    /// Who has been away for the grace, of those who are.
    fn look(&mut self, found: Vec<Uid>, now: Instant, grace: Duration) -> Vec<Uid> {
        if now.saturating_duration_since(self.looked) > STALE {
            self.since.clear();
        }
        self.looked = now;
        let since = |uid: Uid| {
            let since = self.since.get(&uid).copied().unwrap_or(now);
            (uid, since)
        };
        self.since = found.into_iter().map(since).collect();
        let due = self.since.iter().filter(|(_, since)| now.saturating_duration_since(**since) >= grace);
        due.map(|(uid, _)| uid.clone()).take(BATCH).collect()
    }
}

async fn has_left(app: &App, due: Vec<Uid>) -> Result<()> {
    if due.is_empty() {
        return Ok(());
    }
    let changed = app.write(move |tx| online::set_absent(tx, &due)).await?;
    tell_contacts(app, changed.into_iter().map(|uid| (uid, false)).collect()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stays_away_for_the_grace_has_left_and_who_comes_back_begins_anew() {
        let uid = |name: &str| Uid::try_from(name.to_owned()).unwrap();
        let (begun, grace) = (Instant::now(), Duration::from_secs(3));
        let after = |seconds| begun + Duration::from_secs(seconds);
        let mut left = Left { since: HashMap::new(), looked: begun };
        let both = || vec![uid("ann"), uid("bob")];
        assert!(left.look(both(), begun, grace).is_empty());
        assert!(left.look(vec![uid("ann")], after(1), grace).is_empty());
        assert!(left.look(both(), after(2), grace).is_empty());
        assert_eq!(left.look(both(), after(3), grace), [uid("ann")]);
        assert!(left.look(both(), after(20), grace).is_empty(), "nobody looked meanwhile");
        assert_eq!(left.look(both(), after(23), grace).len(), 2);
    }
}
