//! What one of several nodes does for all: it is done by one at a time, and by another one when that is gone.

use crate::app::TestApp;
use crate::cluster::Two;
use diesel::connection::SimpleConnection;
use jiayi::workers::job;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How often something was done, and whether it is being done.
#[derive(Default)]
struct Done {
    rounds: AtomicUsize,
    at_once: AtomicUsize,
}

/// A round that is under way.
struct UnderWay(Arc<Done>);

impl UnderWay {
    fn begin(done: &Arc<Done>) -> Self {
        assert_eq!(done.at_once.fetch_add(1, Ordering::SeqCst), 0, "two do it at once");
        Self(done.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.at_once.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Has a node do something long, again and again, when it is its turn.
fn works(node: &TestApp, all: &Arc<Done>) -> Arc<Done> {
    let (own, all) = (Arc::new(Done::default()), all.clone());
    let done = own.clone();
    let round = async move || {
        let _under_way = UnderWay::begin(&all);
        done.rounds.fetch_add(1, Ordering::SeqCst);
        sleep(Duration::from_millis(100)).await;
        Ok(job::Next::Continue)
    };
    job::spawn_once(node.app.clone(), "testing", round);
    own
}

async fn does_one_more(done: &Done) {
    let before = done.rounds.load(Ordering::SeqCst);
    let begun = Instant::now();
    while done.rounds.load(Ordering::SeqCst) == before {
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody does it");
        sleep(Duration::from_millis(20)).await;
    }
}

/// What a process leaves that was killed just after it had renewed its leases: it did what is done once.
pub fn leave_a_dead_holder(node: &TestApp) {
    let soon = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint + 10000";
    let left = format!(
        "INSERT INTO node VALUES (40, 7000, 'dead', '1', FALSE, {soon}); \
         UPDATE chore SET holder = 7000, term = term + 1, until = {soon}; \
         UPDATE video_call SET owner = 7000"
    );
    node.store().batch_execute(&left).unwrap();
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn one_node_does_it_and_when_that_ends_another_one() {
    let two = Two::start().await;
    let all = Arc::new(Done::default());
    let (by_one, by_other) = (works(&two.one, &all), works(&two.other, &all));
    tokio::select! {
        () = does_one_more(&by_one) => {}
        () = does_one_more(&by_other) => {}
    }
    assert_ne!(two.one.app.does_chores(), two.other.app.does_chores());
    let (holder, next) = match two.one.app.does_chores() {
        true => (&two.one, by_other),
        false => (&two.other, by_one),
    };
    assert_eq!(next.rounds.load(Ordering::SeqCst), 0);
    let ended = Instant::now();
    holder.stop().await;
    does_one_more(&next).await;
    assert!(ended.elapsed() < Duration::from_secs(9), "{:?}", ended.elapsed());
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_a_killed_node_did_another_does_within_12_seconds_and_ends_its_calls() {
    let two = Two::start().await;
    let (resident, doctor) = (two.one.login("resident1").await, two.one.login("doctor1").await);
    let (_phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
    resident.posts("videoCall/invite", json!({ "touid": doctor.uid })).await;
    desk.hear("S2C_VIDEOCALL_INVITE").await;
    let all = Arc::new(Done::default());
    let (by_one, by_other) = (works(&two.one, &all), works(&two.other, &all));
    tokio::select! {
        () = does_one_more(&by_one) => {}
        () = does_one_more(&by_other) => {}
    }
    leave_a_dead_holder(&two.one);
    let killed = Instant::now();
    // Whoever did it learns at its next renewal that it no longer does.
    while two.one.app.does_chores() || two.other.app.does_chores() {
        assert!(killed.elapsed() < Duration::from_secs(4), "it goes on");
        sleep(Duration::from_millis(20)).await;
    }
    tokio::select! {
        () = does_one_more(&by_one) => {}
        () = does_one_more(&by_other) => {}
    }
    assert!(killed.elapsed() > Duration::from_secs(9), "the dead have their time");
    assert!(killed.elapsed() < Duration::from_secs(13), "{:?}", killed.elapsed());
    let ended = desk.hear("S2C_VIDEOCALL_END").await;
    assert_eq!(ended["data"]["reason"], "offline", "{ended}");
    assert!(killed.elapsed() < Duration::from_secs(15), "{:?}", killed.elapsed());
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_only_the_dead_would_do_is_done_although_the_clock_went_back() {
    let two = Two::start().await;
    let all = Arc::new(Done::default());
    let (by_one, by_other) = (works(&two.one, &all), works(&two.other, &all));
    let later = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint + 300000";
    two.one.store().batch_execute(&format!("UPDATE chore SET holder = 7000, until = {later}")).unwrap();
    tokio::select! {
        () = does_one_more(&by_one) => {}
        () = does_one_more(&by_other) => {}
    }
    let holder = two.one.number("SELECT count(*) AS number FROM chore WHERE holder = 7000".to_owned());
    assert_eq!(holder, 0);
}
