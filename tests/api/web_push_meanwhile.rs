//! Web push: what changes while something is gathered, made, sent or waits to be sent again.

use crate::alerts::until;
use crate::app::{Database, TestApp, answer};
use crate::nodes::{Number, OWN_PID};
use crate::people::Person;
use crate::push_service::{Browser, Posted, PushService};
use crate::run_on_both;
use crate::web_push::{
    browsers, nothing_waits, subscribes, ten_browsers, told, waiting, with, with_a_service,
};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use jiayi::config::Config;
use jiayi::config::push::PushSettings;
use jiayi::db::transaction::Tx;
use jiayi::error::Result;
use jiayi::model::{AlertKind, Time, Uid};
use jiayi::store::alert::{self, Pending};
use jiayi::store::web_push::{self, Item, NewWebPush};
use jiayi::store::web_subscription;
use serde_json::{Value, json};
use std::sync::{Mutex, mpsc};

/// What was posted for a browser of one call: all with the topic of what was posted first.
fn of_call(service: &PushService, browser: &Browser) -> Vec<Posted> {
    let posted = service.posted(browser);
    let topic = posted.first().map(|first| first.headers["topic"].clone());
    posted.into_iter().filter(|posted| Some(&posted.headers["topic"]) == topic.as_ref()).collect()
}

/// That a call rings no more, with the words for it.
async fn end_of_call(service: &PushService, browser: Browser, callid: &Value, words: &str) {
    until("the end is told", || of_call(service, &browser).len() == 2).await;
    let end = of_call(service, &browser).remove(1);
    assert_eq!(&*end.headers["urgency"], "high");
    let said = browser.read(&end);
    assert_eq!(said["tag"], format!("user {}", callid.as_str().unwrap()));
    assert_eq!(
        (&said["urgent"], &said["quiet"], &said["body"]),
        (&json!(false), &json!(true), &json!(words))
    );
}

async fn calls(doctor: &Person, resident: &Person) -> Value {
    doctor.posts("videoCall/invite", json!({ "touid": resident.uid })).await["callid"].clone()
}

with_a_service! {
    async fn what_is_recalled_or_read_while_others_are_sent_is_not_sent(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        ten_browsers(app, service, "resident1").await;
        for recalls in [true, false] {
            let before = service.count();
            service.hold(true);
            let sent = doctor.writes(&resident, "在吗").await;
            // So many are sent at a time.
            until("some are sent", || service.count() == before + 8).await;
            match recalls {
                true => doctor.posts("dialog/recall", json!({ "dialogid": sent["dialogid"] })).await,
                false => resident.posts("message/read", json!({ "roomid": sent["roomid"], "roomseq": sent["roomseq"] })).await,
            };
            service.hold(false);
            nothing_waits(app).await;
            assert_eq!(service.count(), before + 8);
        }
    }

    async fn a_message_does_not_wait_for_an_announcement_to_many(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let browser = Browser::at(service);
        subscribes(&doctor, &browser, json!({})).await;
        ten_browsers(app, service, "resident1").await;
        service.hold(true);
        let notice = json!({ "title": "停机", "content": "今晚。", "audience": "user" });
        app.login("admin").await.posts("platform/push", notice).await;
        until("it is sent to some", || service.count() == 8).await;
        resident.writes(&doctor, "在吗").await;
        told(service, &browser).await;
        assert_eq!(service.count(), 9);
        service.hold(false);
        nothing_waits(app).await;
    }

    async fn a_call_that_its_caller_gives_up_rings_no_more(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (browser, _caller) = (Browser::at(service), doctor.connect("desk").await);
        subscribes(&resident, &browser, json!({})).await;
        let callid = calls(&doctor, &resident).await;
        told(service, &browser).await;
        nothing_waits(app).await;
        doctor.posts("videoCall/disconnect", json!({ "callid": callid })).await;
        end_of_call(service, browser, &callid, "您有一个未接视频通话。").await;
    }

    async fn a_call_that_is_given_up_while_it_begins_to_ring_rings_no_more(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (browser, _caller) = (Browser::at(service), doctor.connect("desk").await);
        subscribes(&resident, &browser, json!({})).await;
        service.hold(true);
        let callid = calls(&doctor, &resident).await;
        told(service, &browser).await;
        doctor.posts("videoCall/disconnect", json!({ "callid": callid })).await;
        service.hold(false);
        end_of_call(service, browser, &callid, "您有一个未接视频通话。").await;
        nothing_waits(app).await;
    }

    async fn a_call_that_is_answered_elsewhere_is_not_missed(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (browser, _caller) = (Browser::at(service), doctor.connect("desk").await);
        subscribes(&resident, &browser, json!({ "language": "en" })).await;
        let callid = calls(&doctor, &resident).await;
        told(service, &browser).await;
        nothing_waits(app).await;
        let _phone = resident.connect("phone").await;
        resident.posts("videoCall/accept", json!({ "callid": callid })).await;
        end_of_call(service, browser, &callid, "The video call was answered or declined.").await;
    }

    async fn a_call_that_is_over_before_it_is_sent_does_not_ring(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (browser, _caller) = (Browser::at(service), doctor.connect("desk").await);
        subscribes(&resident, &browser, json!({})).await;
        service.answer_later(503, "2");
        doctor.writes(&resident, "在吗").await;
        told(service, &browser).await;
        let callid = calls(&doctor, &resident).await;
        while !waiting(app).await.iter().any(|push| push.rings()) {
            tokio::task::yield_now().await;
        }
        doctor.posts("videoCall/disconnect", json!({ "callid": callid })).await;
        nothing_waits(app).await;
        assert!(service.posted(&browser).iter().all(|posted| posted.headers["urgency"] == "normal"));
    }
}

/// Starts a server that gathers for so long what browsers are told.
async fn gathering(database: Database, service: &PushService, seconds: u32) -> TestApp {
    let push = PushSettings { gather_seconds: seconds, ..with(service) };
    TestApp::start_with(database, |config| config.push = push).await
}

/// What the worker makes of alerts that it has read.
fn push_of(read: &[Pending], token: Vec<u8>) -> NewWebPush {
    let item = |Pending { alertid, seq, alert, .. }: &Pending| {
        let (title, text) = (alert.title.clone(), alert.content.clone());
        (*alertid, Item { seq: *seq, roomseq: alert.topicseq, author: alert.author.clone(), title, text })
    };
    NewWebPush {
        uid: read[0].uid.clone(),
        kind: AlertKind::Message,
        tag: read[0].alert.topic.clone().unwrap(),
        place: None,
        items: read.iter().map(item).collect(),
        expires: Time::from_millis(i64::MAX / 2),
        tokens: vec![token],
    }
}

/// The alerts of somebody that wait, in the order in which they came, and the token of their browser.
async fn alerts(app: &TestApp, person: &Person) -> (Vec<Pending>, Vec<u8>) {
    let (far, uid) = (Time::from_millis(i64::MAX / 2), Uid::try_from(person.uid.clone()).unwrap());
    let read = app.app.read(move |store| {
        let alerts = alert::list_due(store, AlertKind::Message, far, 10)?;
        Ok((alerts, web_subscription::list_of(store, &[uid])?))
    });
    let (alerts, mut tokens) = read.await.unwrap();
    (alerts, tokens.drain().next().unwrap().1.remove(0))
}

/// By what PostgreSQL knows a transaction; there is one writer on SQLite, for whom everybody waits.
fn pid_of(tx: &mut Tx<'_>) -> Option<i64> {
    let connection = tx.postgres().ok()?;
    Some(diesel::sql_query(OWN_PID).get_result::<Number>(connection).unwrap().number)
}

run_on_both! {
    async fn what_is_read_while_it_is_gathered_is_not_sent(database) {
        let service = PushService::start();
        let app = gathering(database, &service, 2).await;
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let browser = Browser::at(&service);
        subscribes(&resident, &browser, json!({})).await;
        let sent = doctor.writes(&resident, "在吗").await;
        resident.posts("message/read", json!({ "roomid": sent["roomid"], "roomseq": sent["roomseq"] })).await;
        nothing_waits(&app).await;
        doctor.writes(&resident, "还在吗").await;
        told(&service, &browser).await;
        nothing_waits(&app).await;
        let posted = service.posted(&browser);
        assert_eq!((posted.len(), browser.read(&posted[0])["body"].clone()), (1, json!("您有一条新消息。")));
    }

    async fn what_is_withdrawn_while_a_push_is_made_is_not_in_it(database) {
        let service = PushService::start();
        let app = gathering(database, &service, 3_600).await;
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let browser = Browser::at(&service);
        subscribes(&resident, &browser, json!({})).await;
        let both = [doctor.writes(&resident, "第一条").await, doctor.writes(&resident, "第二条").await];
        let (read, token) = alerts(&app, &resident).await;
        let push = push_of(&read, token);
        doctor.posts("dialog/recall", json!({ "dialogid": both[1]["dialogid"] })).await;
        let same = push.clone();
        app.app.write(move |tx| web_push::insert(tx, &same)).await.unwrap();
        let posted = told(&service, &browser).await;
        assert_eq!(browser.read(&posted)["body"], "您有一条新消息。");
        while !waiting(&app).await.is_empty() {
            tokio::task::yield_now().await;
        }
        // None of them is there any more, or not told of.
        app.app.write(move |tx| web_push::insert(tx, &push)).await.unwrap();
        assert!(waiting(&app).await.is_empty());
    }

    async fn what_is_recalled_while_something_new_joins_it_is_not_counted(database) {
        let service = PushService::start();
        let app = gathering(database, &service, 3_600).await;
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let browser = Browser::at(&service);
        subscribes(&resident, &browser, json!({})).await;
        let first = doctor.writes(&resident, "第一条").await;
        doctor.writes(&resident, "第二条").await;
        let (read, token) = alerts(&app, &resident).await;
        let [earlier, later] = [&read[..1], &read[1..]].map(|read| push_of(read, token.clone()));
        service.answer_later(429, "60");
        app.app.write(move |tx| web_push::insert(tx, &earlier)).await.unwrap();
        until("it waits to be sent again", || app.app.metrics().web_pushes.retried.get() == 1).await;

        let (begun, mut begins) = tokio::sync::mpsc::unbounded_channel();
        let (go_on, goes_on) = mpsc::channel();
        let goes_on = Mutex::new(goes_on);
        let joined = app.app.write(move |tx: &mut Tx<'_>| -> Result<()> {
            web_push::insert(tx, &later)?;
            begun.send(pid_of(tx)).unwrap();
            goes_on.lock().unwrap().recv().unwrap();
            Ok(())
        });
        let recalled = async {
            let pid = begins.recv().await.unwrap();
            let recall = doctor.posts("dialog/recall", json!({ "dialogid": first["dialogid"] }));
            let waits = async {
                if let Some(pid) = pid {
                    app.waits_for(pid).await;
                }
                go_on.send(()).unwrap();
            };
            tokio::join!(recall, waits)
        };
        let (joined, _) = tokio::join!(joined, recalled);
        joined.unwrap();
        let waiting = waiting(&app).await;
        let told: Vec<_> = waiting.iter().flat_map(|push| &push.items).map(|item| item.seq).collect();
        assert_eq!(told, [read[1].seq]);
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_log_in_is_one_with_the_end_of_what_was_there_before() {
    let service = PushService::start();
    let app = gathering(Database::Postgres, &service, 0).await;
    let (resident, browser) = (app.login("resident1").await, Browser::at(&service));
    subscribes(&resident, &browser, json!({})).await;
    let tokens = || app.number("SELECT count(*) AS number FROM token".to_owned());
    let before = tokens();
    let mut other = app.store();
    other.batch_execute("BEGIN; SELECT 1 FROM web_subscription FOR UPDATE").unwrap();
    let pid = diesel::sql_query(OWN_PID).get_result::<Number>(&mut other).unwrap().number;
    let login = reqwest::Client::new().post(app.url("/user/login"));
    let login = login.header("cookie", format!("jiayi_user={}", resident.token));
    let login = login.json(&json!({ "account": "resident2", "password": jiayi::cli::demo::PASSWORD }));
    let waits = async {
        app.waits_for(pid).await;
        assert_eq!(tokens(), before, "it has no token yet");
        other.batch_execute("COMMIT").unwrap();
    };
    let (logged_in, ()) = tokio::join!(answer(login), waits);
    assert_eq!((logged_in.0, tokens(), browsers(&app, &resident).await), (200, before + 1, 0));
}
