//! What becomes of pushes that are older than they are kept, and how PostgreSQL keeps them by the day.

use crate::app::{Database, TestApp};
use crate::on_both_databases;
use crate::people::Person;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use jiayi::db::connection::{Address, AnyConnection};
use jiayi::db::partitions;
use jiayi::error::Error;
use jiayi::model::{DialogId, RoomId, Time, Uid};
use jiayi::protocol::pushes::{Push, ReadMark};
use jiayi::workers::age_clock::AgeClock;
use jiayi::workers::old_pushes;
use serde_json::json;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The tables of the days of pushes and bodies, on PostgreSQL.
const PARTITIONS: &str = "SELECT relname::text AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid \
     WHERE inhparent IN ('push_log'::regclass, 'push_body'::regclass) ORDER BY relname";

impl TestApp {
    async fn count(&self, what: &'static str) -> i64 {
        let count = move |store: &mut AnyConnection| {
            let number = diesel::sql_query(format!("SELECT count(*) AS number FROM {what}"));
            Ok(number.get_result::<Number>(store)?.number)
        };
        self.app.read(count).await.unwrap()
    }

    async fn change(&self, statements: String) {
        let change = self.app.write(move |tx| tx.batch_execute(&statements).map_err(Error::from));
        change.await.unwrap();
    }

    /// A push that several hear.
    async fn push_to(&self, people: &[&Person]) {
        let uids: Vec<Uid> = people.iter().map(|who| who.uid.clone().try_into().unwrap()).collect();
        let mark = ReadMark::Room { roomid: RoomId::new(), uid: uids[0].clone(), roomseq: 1 };
        let pushed = self.app.write(move |tx| {
            tx.push(Push::Read(uids.clone(), mark.clone()));
            Ok(())
        });
        pushed.await.unwrap();
    }

    /// Makes all pushes that there are, and what they share, so old.
    async fn age_pushes(&self, age: Duration) {
        let then = Time::now() - age;
        let made = self.app.write(move |tx| match &mut **tx {
            AnyConnection::Postgres(store) => Ok(partitions::make(store, then)?),
            AnyConnection::Sqlite(_) => Ok(()),
        });
        made.await.unwrap();
        let (millis, least) = (then.millis(), DialogId::least_from(then));
        let least = &least.as_str()[..10];
        self.change(format!(
            "UPDATE push_log SET createtime = {millis}, bodyid = '{least}' || substr(bodyid, 11); \
             UPDATE push_body SET bodyid = '{least}' || substr(bodyid, 11)"
        ))
        .await;
    }

    async fn partitions(&self) -> Vec<String> {
        let names = |store: &mut AnyConnection| Ok(diesel::sql_query(PARTITIONS).load::<Name>(store)?);
        self.app.read(names).await.unwrap().into_iter().map(|row| row.name).collect()
    }
}

on_both_databases! {
    async fn what_is_older_than_it_is_kept_goes_and_is_not_recovered(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        for _ in 0..70 {
            app.push_to(&[&resident]).await;
        }
        app.push_to(&[&resident, &doctor]).await;
        app.age_pushes(32 * DAY).await;
        app.push_to(&[&resident, &doctor]).await;
        assert_eq!((app.count("push_log").await, app.count("push_body").await), (74, 2));
        // As two nodes do it at once.
        let (one, other) = tokio::join!(old_pushes::delete(&app.app, Time::now()), old_pushes::delete(&app.app, Time::now()));
        one.unwrap();
        other.unwrap();
        assert_eq!((app.count("push_log").await, app.count("push_body").await), (2, 1));

        let (_, answer) = resident.connect_since("phone", Some(70)).await;
        assert_eq!((&answer["seq"], &answer["recovered"]), (&json!(72), &json!(false)));
        let (mut phone, answer) = resident.connect_since("phone", Some(71)).await;
        assert_eq!(answer["recovered"], true);
        assert_eq!(phone.hear("S2C_READ_PUSH").await["seq"], 72);
        let (_, answer) = doctor.connect_since("desk", Some(0)).await;
        assert_eq!(answer["recovered"], false);
    }

    async fn what_is_as_old_as_it_may_be_stays(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        app.push_to(&[&resident, &doctor]).await;
        app.age_pushes(29 * DAY).await;
        app.push_to(&[&resident, &doctor]).await;
        old_pushes::delete(&app.app, Time::now()).await.unwrap();
        let (mut phone, answer) = resident.connect_since("phone", Some(0)).await;
        assert_eq!(answer["recovered"], true);
        let (old, new) = (phone.hear("S2C_READ_PUSH").await, phone.hear("S2C_READ_PUSH").await);
        assert_eq!((&old["seq"], &new["seq"]), (&json!(1), &json!(2)));
        assert!(old["data"]["roomid"].is_string(), "what both share is there: {old}");
    }

    async fn a_clock_that_is_ahead_at_the_start_throws_nothing_away(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        app.push_to(&[&resident, &doctor]).await;
        // As if the computer's clock had gone 40 days ahead while the server was off.
        app.age_pushes(40 * DAY).await;
        let mut clock = AgeClock::default();
        let start = clock.now(&app.app).await.unwrap();
        if !app.app.config().database_url.starts_with("sqlite") {
            assert!(start <= Time::now() && start > Time::now() - DAY, "the database's: {start}");
            return;
        }
        assert!(start <= Time::now() - 38 * DAY, "{start}");
        app.push_to(&[&resident, &doctor]).await;
        // By now the clock of the computer is the newest push's.
        let now = clock.now(&app.app).await.unwrap();
        assert!(now >= start && now <= Time::now() - 38 * DAY, "it goes on: {now}");
        old_pushes::delete(&app.app, now).await.unwrap();
        let (_, answer) = resident.connect_since("phone", Some(0)).await;
        assert_eq!(answer["recovered"], true);
        assert!(AgeClock::default().now(&app.app).await.unwrap() > Time::now() - DAY, "a new one believes it");
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn todays_and_tomorrows_tables_are_there_and_old_ones_go() {
    let app = TestApp::start(Database::Postgres).await;
    let resident = app.login("resident1").await;
    let now = app.partitions().await;
    assert_eq!(now.len(), 6, "of yesterday, today and tomorrow: {now:?}");
    app.push_to(&[&resident]).await;
    app.age_pushes(40 * DAY).await;
    assert_eq!(app.partitions().await.len(), 12);
    let mut reader = Address::parse(&app.app.config().database_url).unwrap().connect().unwrap();
    reader.batch_execute("BEGIN; SELECT count(*) FROM push_log").unwrap();
    old_pushes::delete(&app.app, Time::now()).await.unwrap();
    assert!(app.partitions().await.len() > 6, "what is in use stays");
    reader.batch_execute("COMMIT").unwrap();
    old_pushes::delete(&app.app, Time::now()).await.unwrap();
    assert_eq!(app.partitions().await, now);
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_day_without_its_tables_gets_them_and_no_message_is_lost() {
    let app = TestApp::start(Database::Postgres).await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    let mut phone = resident.connect("phone").await;
    let there = app.partitions().await;
    app.change(format!("DROP TABLE {}", there.join(", "))).await;
    doctor.writes(&resident, "1").await;
    assert_eq!(phone.hear("S2C_ALONECHAT_PUSH").await["seq"], 1);
    app.push_to(&[&resident, &doctor]).await;
    assert_eq!(phone.hear("S2C_READ_PUSH").await["seq"], 2);
    assert_eq!(app.partitions().await, there);
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_store_from_before_days_were_kept_keeps_its_pushes() {
    let app = TestApp::start(Database::Postgres).await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    app.push_to(&[&resident, &doctor]).await;
    doctor.writes(&resident, "2").await;
    let down = std::fs::read_to_string("migrations/postgres/0016_growth/down.sql").unwrap();
    app.change(format!("{down}; DELETE FROM __diesel_schema_migrations WHERE version = '0016'")).await;
    assert_eq!(app.count("push_log").await, 3);
    let url = app.app.config().database_url.clone();
    let migrate = || {
        let address = Address::parse(&url).unwrap();
        tokio::task::spawn_blocking(move || address.migrate().unwrap().len())
    };
    let (one, other) = tokio::join!(migrate(), migrate());
    assert_eq!(one.unwrap() + other.unwrap(), 1, "one of two nodes migrates, and the other waits");
    doctor.writes(&resident, "3").await;
    let (mut phone, answer) = resident.connect_since("phone", Some(0)).await;
    assert_eq!((&answer["seq"], &answer["recovered"]), (&json!(3), &json!(true)));
    for (seq, push) in [(1, "S2C_READ_PUSH"), (2, "S2C_ALONECHAT_PUSH"), (3, "S2C_ALONECHAT_PUSH")] {
        assert_eq!(phone.hear(push).await["seq"], seq);
    }
    let whole = app.partitions().await;
    assert!(whole.iter().any(|name| name.starts_with("push_log_before_")), "nothing is copied: {whole:?}");
    old_pushes::delete(&app.app, Time::now()).await.unwrap();
    assert_eq!(app.partitions().await, whole, "it is kept as long as its last day");
}
