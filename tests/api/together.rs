//! Messages that are sent at the same time, and so together: each fares as it would by itself.

use crate::app::{Database, TestApp, verdict};
use crate::on_both_databases;
use crate::people::Person;
use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use jiayi::db::transaction::Tx;
use jiayi::error::Error;
use jiayi::model::RoomId;
use jiayi::store::room;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, mpsc};

/// As many as wait while one batch is committed, several times over.
const AT_ONCE: usize = 150;

/// All that is in a room, oldest first: no more than a page holds.
async fn history(who: &Person, roomid: &Value) -> Vec<Value> {
    let page = who.gets(&format!("dialog/list?limit=200&roomid={}", roomid.as_str().unwrap())).await;
    assert_eq!(page["next"], Value::Null);
    page["items"].as_array().unwrap().iter().rev().cloned().collect()
}

on_both_databases! {
    async fn who_is_refused_is_refused_alone(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let stranger = app.login("resident2").await;
        let void = app.login("resident1").await;
        void.posts("logout", json!({})).await;
        let send = |n: usize| {
            let who = [&resident, &stranger, &void][n % 3];
            who.post("alonechat/send", json!({ "touid": doctor.uid, "body": n.to_string() }))
        };
        let answers = join_all((0..AT_ONCE).map(send)).await;
        let of = |rest: usize| answers.iter().skip(rest).step_by(3);
        assert!(of(0).all(|answer| answer.0 == 200), "{answers:?}");
        assert!(of(1).all(|answer| verdict(answer) == (403, "FA_PERMISSION")), "{answers:?}");
        assert!(of(2).all(|answer| verdict(answer) == (401, "FA_AUTH")), "{answers:?}");
        let numbers = of(0).map(|answer| answer.1["roomseq"].as_u64().unwrap());
        let mut numbers: Vec<_> = numbers.collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
        assert_eq!(history(&doctor, &answers[0].1["roomid"]).await.len(), numbers.len());
    }

    async fn one_clientid_is_one_message_however_often_it_is_sent_at_once(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let send = |n: usize| {
            let body = json!({ "touid": doctor.uid, "body": "一样", "clientid": format!("c-{}", n % 10) });
            resident.post("alonechat/send", body)
        };
        let answers = join_all((0..AT_ONCE).map(send)).await;
        for (n, answer) in answers.iter().enumerate() {
            assert_eq!(answer, &answers[n % 10], "{n}");
            assert_eq!(answer.0, 200);
        }
        assert_eq!(history(&doctor, &answers[0].1["roomid"]).await.len(), 10);
        assert_eq!(doctor.all_pushes().await.len(), 10);
    }

    async fn an_answer_settles_what_was_asked_before_it_and_nothing_after(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let send = |n: usize| {
            let (from, to) = if n % 5 == 4 { (&doctor, &resident) } else { (&resident, &doctor) };
            from.post("alonechat/send", json!({ "touid": to.uid, "body": n.to_string() }))
        };
        let answers = join_all((0..AT_ONCE).map(send)).await;
        assert!(answers.iter().all(|answer| answer.0 == 200), "{answers:?}");
        let messages = history(&doctor, &answers[0].1["roomid"]).await;
        assert_eq!(messages.len(), AT_ONCE);
        let last_answer = messages.iter().rposition(|message| message["from"]["uid"] == *doctor.uid).unwrap();
        for (n, message) in messages.iter().enumerate() {
            let is_question = message["from"]["uid"] == *resident.uid;
            let process = if n < last_answer { 2 } else { 0 };
            let expected = if is_question { json!(process) } else { Value::Null };
            assert_eq!(message["dutyinfo"]["process"], expected, "{n} of {messages:?}");
        }
    }

    async fn a_group_hears_all_that_is_said_at_once_in_one_order(app: TestApp) {
        let (one, other) = (app.login("doctor1").await, app.login("doctor2").await);
        let friend = app.login("doctor3").await;
        let group = json!({ "name": "会诊", "members": [other.uid, friend.uid] });
        let roomid = one.posts("discussion/create", group).await["roomid"].clone();
        let mut desk = friend.connect("desk").await;
        let send = |n: usize| [&one, &other][n % 2].post("send", json!({ "roomid": roomid, "body": n.to_string() }));
        let answers = join_all((0..AT_ONCE).map(send)).await;
        assert!(answers.iter().all(|answer| answer.0 == 200), "{answers:?}");
        for (n, message) in history(&one, &roomid).await.iter().enumerate() {
            let heard = desk.hear("S2C_TEAMCHAT_PUSH").await;
            assert_eq!(heard["data"]["data"]["dialogid"], message["dialogid"], "{n}");
            assert_eq!((heard["data"]["unread"].as_u64(), message["roomseq"].as_u64()), (Some(n as u64 + 1), Some(n as u64 + 1)));
        }
    }
}

/// Locks a room until the sender is dropped; returns once it is locked.
async fn hold(app: &TestApp, roomid: &Value) -> mpsc::Sender<()> {
    let roomid = RoomId::try_from(roomid.as_str().unwrap().to_owned()).unwrap();
    let (release, released) = mpsc::channel::<()>();
    let (locked, is_locked) = tokio::sync::oneshot::channel();
    let (released, locked) = (Arc::new(Mutex::new(released)), Mutex::new(Some(locked)));
    let app = app.app.clone();
    actix_web::rt::spawn(async move {
        let work = move |tx: &mut Tx<'_>| {
            room::lock(tx, &roomid)?.ok_or(Error::NotFound("room"))?;
            locked.lock().unwrap().take().unwrap().send(()).unwrap();
            let _dropped = released.lock().unwrap().recv();
            Ok(())
        };
        app.write(work).await.unwrap();
    });
    is_locked.await.unwrap();
    release
}

/// SQLite has one writer, and nobody who holds a lock.
#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_room_that_is_held_holds_up_no_other_on_postgres() {
    let app = TestApp::start(Database::Postgres).await;
    let (held, doctor1) = (app.login("resident1").await, app.login("doctor1").await);
    let (free, doctor2) = (app.login("resident3").await, app.login("doctor2").await);
    let roomid = held.writes(&doctor1, "第一条").await["roomid"].clone();
    let release = hold(&app, &roomid).await;
    let writers = 30;
    let held = Arc::new(held);
    let waiting = (0..writers).map(|_| {
        let (held, body) = (held.clone(), json!({ "touid": doctor1.uid, "body": "等一等" }));
        actix_web::rt::spawn(async move { held.post("alonechat/send", body).await })
    });
    let waiting: Vec<_> = waiting.collect();
    // A batch waits for 200 ms; this is as long as several of them do.
    let (begun, mut least) = (std::time::Instant::now(), usize::MAX);
    while begun.elapsed().as_millis() < 1000 {
        join_all((0..8).map(|_| free.writes(&doctor2, "别人的房间"))).await;
        least = least.min(app.app.store_load().busy);
    }
    assert!(waiting.iter().all(|one| !one.is_finished()), "the held room was written in");
    assert!(least <= 2, "{least} connections: one holds the room, and one waits for it");
    drop(release);
    let receipts = join_all(waiting).await.into_iter().map(|answer| answer.unwrap());
    let mut numbers: Vec<_> = receipts.map(|(_, receipt)| receipt["roomseq"].as_i64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (2..2 + writers).collect::<Vec<_>>());
}

/// Where a message costs as much as sixty, none to a few waits in its transaction.
#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn messages_to_many_and_to_few_share_no_transaction_on_postgres() {
    let app = TestApp::start(Database::Postgres).await;
    let (one, other) = (app.login("doctor1").await, app.login("doctor2").await);
    let resident = app.login("resident1").await;
    let group = json!({ "name": "会诊", "members": [other.uid] });
    let roomid = one.posts("discussion/create", group).await["roomid"].as_str().unwrap().to_owned();
    let send = || one.post("send", json!({ "roomid": roomid, "body": "大家好" }));
    let ask = || resident.post("alonechat/send", json!({ "touid": one.uid, "body": "您好" }));
    let at_once = async || {
        let (sent, asked) = tokio::join!(join_all((0..30).map(|_| send())), join_all((0..30).map(|_| ask())));
        assert!(sent.iter().chain(&asked).all(|answer| answer.0 == 200));
    };
    let shared = || {
        app.number(format!(
            "SELECT count(*) AS number FROM (SELECT xmin::text FROM social_dialog GROUP BY xmin::text \
             HAVING count(DISTINCT roomid = '{roomid}') = 2) AS shared"
        ))
    };
    // Where the first batch has messages to one of the rooms alone, those to the other keep to themselves.
    for _ in 0..20 {
        at_once().await;
        if shared() > 0 {
            break;
        }
    }
    assert!(shared() > 0, "what few hear is written together");
    app.crowd(60).await;
    let join = format!(
        "INSERT INTO room_member (roomid, uid, messageid, joined_seq, read_seq) \
         SELECT '{roomid}', uid, md5(uid), 30, 30 FROM account WHERE login LIKE 'crowd%'; DELETE FROM social_dialog"
    );
    app.store().batch_execute(&join).unwrap();
    // The first shows what the others weigh.
    assert_eq!(send().await.0, 200);
    at_once().await;
    assert_eq!(shared(), 0);
}
