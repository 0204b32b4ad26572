//! What nodes did not hear, or did not hear to the end, is found in the store.
//!
//! Once a minute, over the whole of it, everybody who is connected is compared with the store, on PostgreSQL: what
//! another process has committed, or a commit of which nobody knew how it ended, is heard a minute later at the most.
//! Whose token has become void meanwhile is closed.
//!
//! On one of several nodes each connection is looked for in the store, too: which has lost its place to another closes,
//! which has lost it to none, as with the life of its node, gets it back; and places of connections that are gone are
//! given up. SQLite has one writer, who knows what became of each commit.

use super::job::{self, Next};
use crate::app::App;
use crate::db::connection::AnyConnection;
use crate::error::Result;
use crate::metrics::SweepCause;
use crate::model::{SessionId, Time};
use crate::realtime::registry::sweep::{Found, Part, Told};
use crate::service::places;
use crate::store::connection::online::{self, Theirs};
use crate::store::connection::review::{self, Missing};
use crate::store::{sweep, token};
use std::time::Duration;

/// How long it takes to come round.
const PERIOD: Duration = Duration::from_secs(60);
/// About how many people are compared by one statement.
const PAGE: usize = 2000;
/// How many connections get their places back in one transaction.
const ENTERED: usize = 200;

/// Starts comparing.
pub fn start(app: App) {
    let mut next = Part { number: 0, of: 1 };
    job::spawn("sweeping the store", async move || {
        if next.number == 0 {
            next.of = parts(&app).await?;
            app.metrics().cluster.sweeps(SweepCause::Round);
            give_up_places(&app).await?;
        }
        compare(&app, next).await?;
        next.number = (next.number + 1) % next.of;
        Ok(Next::Wait(PERIOD / next.of as u32))
    });
}

/// Compares everybody at once.
pub async fn sweep(app: &App) -> Result<()> {
    let of = parts(app).await?;
    for number in 0..of {
        compare(app, Part { number, of }).await?;
    }
    Ok(())
}

async fn parts(app: &App) -> Result<usize> {
    Ok(app.count_connections().await?.div_ceil(PAGE).max(1))
}

async fn compare(app: &App, part: Part) -> Result<()> {
    close_void(app, part).await?;
    review(app, part).await?;
    let told: Vec<_> = app.list_told(part).await?.into_iter().map(|told| (told.uid, told.seq)).collect();
    if told.is_empty() {
        return Ok(());
    }
    let differing = app.read(move |store| sweep::list_differing(store, &told)).await?;
    app.metrics().cluster.found(differing.len(), 0);
    let found = |sweep::Differing { uid, told, seq }| Found { told: Told { uid, seq: told }, newest: seq };
    let closed = app.tell_newest(differing.into_iter().map(found).collect()).await?;
    if closed > 0 {
        log::error!("the database has lost pushes that were heard: {closed} connections begin anew");
    }
    Ok(())
}

/// Before the pushes are compared, so that whatever comes later is told to this node.
async fn review(app: &App, part: Part) -> Result<()> {
    let Some(node) = app.node() else { return Ok(()) };
    let (held, policy) = (app.list_held(part).await?, app.config().connections);
    let query = move |store: &mut AnyConnection| review::list_missing(store, Some(node), policy, &held);
    let (displaced, lost): (Vec<_>, Vec<_>) =
        app.read(query).await?.into_iter().partition(|missing| missing.newer.is_some());
    for Missing { held, newer } in displaced {
        app.displace(&held.uid, newer.as_ref()).await;
    }
    let lost: Vec<_> = lost.into_iter().map(|missing| missing.held).collect();
    for some in lost.chunks(ENTERED) {
        let some = some.to_vec();
        app.write(move |tx| places::enter_again(tx, node, &some)).await?;
    }
    Ok(())
}

/// Of connections that are gone the places that could not be given up when they went.
pub async fn give_up_places(app: &App) -> Result<()> {
    let Some(node) = app.node() else { return Ok(()) };
    let mut after = String::new();
    loop {
        // Those that have just come are not in the registry yet.
        let (before, from) = (Time::now() - PERIOD, after);
        let query =
            move |store: &mut AnyConnection| online::list_of_node(store, node, before, &from, PAGE as i64);
        let page = app.read(query).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.uid.to_string();
        let sessions = |Theirs { uid, sessions }| {
            sessions.into_iter().map(move |number| (uid.clone(), SessionId::of_number(number)))
        };
        for (uid, session) in app.list_unknown(page.into_iter().flat_map(sessions).collect()).await? {
            app.leave(uid, session).await;
        }
    }
}

async fn close_void(app: &App, part: Part) -> Result<()> {
    let tokens = app.list_tokens(part).await?;
    if tokens.is_empty() {
        return Ok(());
    }
    match app.read(move |store| token::list_void(store, tokens)).await? {
        void if void.is_empty() => Ok(()),
        void => {
            app.metrics().cluster.found(0, void.len());
            app.close_void(part, void).await
        }
    }
}
