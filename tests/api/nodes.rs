//! Two processes over one PostgreSQL: what one has set the other does not set back.

use crate::app::{Database, TestApp};
use crate::people::Person;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use jiayi::db::connection::{Address, AnyConnection};
use jiayi::model::{AlertKind, Time, Uid};
use jiayi::service::receipts;
use jiayi::store::{mailbox, notice};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

pub const OWN_PID: &str = "SELECT pg_backend_pid()::bigint AS number";

#[derive(QueryableByName)]
pub struct Number {
    #[diesel(sql_type = BigInt)]
    pub number: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

impl TestApp {
    /// Another node over the same database.
    pub async fn second(&self) -> TestApp {
        let url = self.app.config().database_url.clone();
        TestApp::start_with(Database::Postgres, |config| config.database_url = url).await
    }

    /// A connection to the database beside those of the server.
    pub fn store(&self) -> AnyConnection {
        Address::parse(&self.app.config().database_url).unwrap().connect().unwrap()
    }

    pub fn number(&self, query: String) -> i64 {
        diesel::sql_query(query).get_result::<Number>(&mut self.store()).unwrap().number
    }

    /// Until somebody waits for what this connection to PostgreSQL holds, which names itself by [`OWN_PID`].
    pub async fn waits_for(&self, pid: i64) {
        let waiting = format!(
            "SELECT count(*) AS number FROM pg_stat_activity WHERE {pid} = ANY(pg_blocking_pids(pid))"
        );
        while self.number(waiting.clone()) == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn uid(person: &Person) -> Uid {
    person.uid.clone().try_into().unwrap()
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn how_far_old_pushes_are_gone_never_goes_back() {
    let app = TestApp::start(Database::Postgres).await;
    let somebody = uid(&app.login("resident1").await);
    for pruned in [5, 3] {
        let last = BTreeMap::from([(somebody.clone(), pruned)]);
        app.app.write(move |tx| mailbox::set_pruned(tx, &last)).await.unwrap();
    }
    let found = app.app.read(move |store| mailbox::find(store, &somebody)).await.unwrap();
    assert_eq!(found.pruned, 5);
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_notice_is_sent_under_one_id_alone() {
    let app = TestApp::start(Database::Postgres).await;
    let somebody = app.login("resident1").await.uid;
    app.store()
        .batch_execute(&format!(
            "INSERT INTO notice (noticeid, kind, title, content, extras, createtime, due) \
             VALUES ('n', 'message', '', '', '{{}}', 0, 0); \
             INSERT INTO alert (uid, seq, kind, title, content, extras, createtime, due, noticeid) \
             VALUES ('{somebody}', 1, 'message', '', '', '{{}}', 0, 0, 'n')"
        ))
        .unwrap();
    let seen = |store: &mut AnyConnection| notice::list_due(store, &[AlertKind::Message], Time::now(), 1);
    // Both nodes have seen it before one of them names it.
    let (one, other) = (app.app.read(seen).await.unwrap(), app.app.read(seen).await.unwrap());
    let name = async |seen: Vec<notice::Outgoing>, cid: &str| {
        let named: Vec<_> = seen.into_iter().map(|seen| (seen, cid.to_owned())).collect();
        app.app.write(move |tx| notice::set_cids(tx, &named)).await.unwrap().len()
    };
    assert_eq!((name(one, "first").await, name(other, "second").await), (1, 0));
    let cid = diesel::sql_query("SELECT cid AS word FROM notice").get_result::<Word>(&mut app.store());
    assert_eq!(cid.unwrap().word, "first");
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_one_node_has_told_the_other_does_not_untell() {
    let app = TestApp::start(Database::Postgres).await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    for number in 1..=3 {
        doctor.writes(&resident, &number.to_string()).await;
    }
    let reader = uid(&resident);
    let (acknowledged, of) = (reader.clone(), reader.clone());
    app.app.write(move |tx| mailbox::acknowledge(tx, &acknowledged, 1)).await.unwrap();
    let mut other = app.store();
    other
        .batch_execute(&format!("BEGIN; UPDATE mailbox SET told = 3, acked = 3 WHERE uid = '{reader}'"))
        .unwrap();
    let report = tokio::spawn({
        let app = app.app.clone();
        async move { app.write(move |tx| receipts::report(tx, &of)).await.unwrap() }
    });
    // It has seen that nobody is told of the first, and waits for the other one, who is telling of all.
    let own = diesel::sql_query(OWN_PID).get_result::<Number>(&mut other).unwrap().number;
    app.waits_for(own).await;
    other.batch_execute("COMMIT").unwrap();
    assert!(report.await.unwrap(), "it looks again");
    assert_eq!(app.number(format!("SELECT told AS number FROM mailbox WHERE uid = '{reader}'")), 3);
    let again = app.app.write(move |tx| receipts::report(tx, &reader)).await.unwrap();
    assert!(!again, "nothing is left to tell");
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_starts_ends_the_calls_of_the_dead_and_not_those_of_the_living() {
    let app = TestApp::start(Database::Postgres).await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    let (_phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
    let call = resident.posts("videoCall/invite", json!({ "touid": doctor.uid })).await;
    desk.hear("S2C_VIDEOCALL_INVITE").await;
    let node = "INSERT INTO node VALUES (0, 7, 'a', '1', FALSE, \
                (extract(epoch FROM clock_timestamp()) * 1000)::bigint + 60000); UPDATE video_call SET owner = 7";
    app.store().batch_execute(node).unwrap();

    let second = app.second().await;
    second.has_cleared_up().await;
    doctor.posts("videoCall/accept", json!({ "callid": call["callid"] })).await;
    app.store().batch_execute("UPDATE node SET until = 0").unwrap();
    let third = app.second().await;
    third.has_cleared_up().await;
    let open = "SELECT count(*) AS number FROM video_call WHERE status <> 'ended'".to_owned();
    assert_eq!(app.number(open), 0);
}

impl TestApp {
    /// Nobody calls before what the dead have left is ended.
    pub async fn has_cleared_up(&self) {
        let (resident, doctor) = (self.login("resident3").await, self.login("doctor2").await);
        let call = resident.posts("videoCall/invite", json!({ "touid": doctor.uid })).await;
        resident.posts("videoCall/disconnect", json!({ "callid": call["callid"] })).await;
    }
}
