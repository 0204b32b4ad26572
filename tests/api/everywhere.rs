//! Two nodes over one PostgreSQL: what follows a commit besides its pushes follows on both, so does what people say to
//! each other without keeping it; and good tokens are remembered by who hears all.

use crate::across::hear_each_other;
use crate::app::{TestApp, verdict};
use crate::cluster::Two;
use crate::people::{Connection, Person};
use crate::placed::per_device;
use diesel::connection::SimpleConnection;
use jiayi::cluster::bus::Bus;
use jiayi::error::Error;
use jiayi::model::{Slot, Uid};
use jiayi::protocol::effect::Effect;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

impl Two {
    /// Waits until both hear each other.
    pub async fn hear_each_other(&self) {
        hear_each_other(&[&self.one.app, &self.other.app]).await;
    }

    /// Somebody who is logged in on both nodes with one token.
    pub async fn on_both(&self, account: &str) -> (Person, Person) {
        let (here, mut there) = (self.one.login(account).await, self.other.login(account).await);
        there.token = here.token.clone();
        (here, there)
    }

    /// Makes all tokens void so that no node is told of it.
    fn forget_tokens(&self) {
        self.one.store().batch_execute("DELETE FROM token").unwrap();
    }
}

/// Waits until somebody is refused; returns how long it took.
async fn is_refused(person: &Person) -> Duration {
    let begun = Instant::now();
    while person.get("me").await.0 != 401 {
        assert!(begun.elapsed() < Duration::from_secs(20), "still served");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    begun.elapsed()
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_becomes_void_on_one_node_is_refused_and_closed_on_the_other() {
    let two = Two::start().await;
    two.hear_each_other().await;
    let admin = two.one.login("admin").await;
    let (here, there) = two.on_both("resident1").await;
    let mut bystander = two.other.login("resident2").await.connect("phone").await;
    let mut phone = there.connect("phone").await;
    assert_eq!(there.get("me").await.0, 200);
    here.posts("logout", json!({})).await;
    assert_eq!(phone.close_code().await, Some(4003));
    assert_eq!(there.get("me").await.0, 401);

    let there = two.other.login("resident1").await;
    let mut phone = there.connect("phone").await;
    admin.posts("/admin/session/kick", json!({ "uid": there.uid })).await;
    assert_eq!(phone.close_code().await, Some(4003));
    assert_eq!(there.get("me").await.0, 401);
    bystander.hears_nothing().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_hears_all_remembers_good_tokens_and_who_does_not_asks_for_each() {
    let two = Two::start().await;
    let (_, there) = two.on_both("resident1").await;
    two.hear_each_other().await;
    assert_eq!(there.get("me").await.0, 200);
    two.forget_tokens();
    for _ in 0..3 {
        assert_eq!(there.get("me").await.0, 200, "the store is not asked");
    }
    two.part();
    let took = is_refused(&there).await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(!two.other.app.trusts_memory());
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_has_missed_something_forgets_what_it_remembered() {
    let two = Two::start().await;
    let (_, there) = two.on_both("resident1").await;
    two.hear_each_other().await;
    assert_eq!(there.get("me").await.0, 200);
    two.forget_tokens();
    assert_eq!(there.get("me").await.0, 200);
    // The first word of a new life: there may have been others before it.
    let slot = |number: u8| Slot::try_from(number).unwrap();
    let (bus, _incoming) = two.network.join(slot(9));
    let word = r#"{"version":1,"from":9,"incarnation":99,"number":1,"kind":"beat","body":{"connections":0,"version":""}}"#;
    for to in [0, 1] {
        Bus::send(&*bus, slot(to), word.into());
    }
    assert!(is_refused(&there).await < Duration::from_secs(2));
    assert!(two.other.app.trusts_memory(), "it hears all who live");
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_has_changed_about_an_account_is_forgotten_on_the_other_node() {
    let two = Two::start().await;
    let (_, there) = two.on_both("resident1").await;
    two.hear_each_other().await;
    assert_eq!(there.get("me").await.0, 200);
    two.forget_tokens();
    assert_eq!(there.get("me").await.0, 200);
    let uid = Uid::try_from(there.uid.clone()).unwrap();
    let change = two.one.app.write(move |tx| {
        tx.effect(Effect::AccountChanged(uid.clone()));
        Ok::<_, Error>(())
    });
    change.await.unwrap();
    assert!(is_refused(&there).await < Duration::from_secs(2));
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_becomes_void_while_the_nodes_are_split_is_refused_and_closed_within_seconds() {
    let two = Two::start().await;
    let (here, there) = two.on_both("resident1").await;
    let mut phone = there.connect("phone").await;
    two.hear_each_other().await;
    assert_eq!(there.get("me").await.0, 200);
    two.part();
    here.posts("logout", json!({})).await;
    let void = Instant::now();
    assert_eq!(phone.close_code().await, Some(4003));
    assert!(void.elapsed() < Duration::from_secs(6), "{:?}", void.elapsed());
    assert_eq!(there.get("me").await.0, 401);
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_types_and_how_far_a_message_has_come_is_heard_on_the_other_node() {
    let two = Two::start().await;
    let (_, mut phone, doctor) = two.people().await;
    let mut desk = doctor.connect("desk").await;
    two.hear_each_other().await;
    let resident = two.other.login("resident1").await;
    let sent = doctor.writes(&resident, "您好").await;
    let heard = phone.hear("S2C_ALONECHAT_PUSH").await;
    phone.say("C2S_TYPING", json!({ "roomid": sent["roomid"] })).await;
    let told = desk.hear("S2C_TYPING_PUSH").await;
    let data = json!({ "roomid": sent["roomid"], "uid": resident.uid });
    assert_eq!(told, json!({ "type": "S2C_TYPING_PUSH", "data": data }), "as if it were typed here");
    phone.say("C2S_ACK", json!({ "seq": heard["seq"] })).await;
    let told = desk.hear("S2C_DELIVERY_PUSH").await["data"].clone();
    assert_eq!((&told["roomseq"], &told["uid"]), (&sent["roomseq"], &json!(resident.uid)));
    for somebody in [&mut phone, &mut desk] {
        somebody.hears_nothing().await;
    }
}

/// What both hear next of the duty desk, which must be the same.
async fn hear_of_the_desk(desks: &mut [Connection]) -> Value {
    let mut heard = Vec::new();
    for desk in desks {
        heard.push(desk.hear("S2C_DUTY_PUSH").await["data"].clone());
    }
    assert!(heard.iter().all(|one| *one == heard[0]), "{heard:?}");
    heard.remove(0)
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_sits_at_the_duty_desk_hears_on_each_node_how_a_question_stands() {
    let two = Two::start_with(per_device).await;
    let (resident, doctor) = (two.one.login("resident1").await, two.one.login("doctor1").await);
    let (duty, admin) = (two.one.login("doctor3").await, two.one.login("admin").await);
    let far_duty = two.other.login("doctor3").await.connect("far").await;
    let office = two.other.login("admin").await.connect("office").await;
    two.hear_each_other().await;
    admin.gets("/admin/duty/list").await;
    let desks = [duty.connect("near").await, far_duty, office];
    let mut desks = desks.map(Connection::at_the_desk);
    let question = resident.writes(&doctor, "我头疼").await;
    let heard = hear_of_the_desk(&mut desks).await;
    assert_eq!((&heard["dialogid"], &heard["process"]), (&question["dialogid"], &json!(0)));
    let claimed = duty.posts("/admin/duty/claim", json!({ "dialogid": question["dialogid"] })).await;
    let heard = hear_of_the_desk(&mut desks).await;
    assert_eq!((&heard["claim"]["uid"], &heard["claim"]["until"]), (&json!(duty.uid), &claimed["until"]));
    doctor.writes(&resident, "多喝水").await;
    assert_eq!(hear_of_the_desk(&mut desks).await["process"], 2);
    // What changes is told a moment later, and once.
    tokio::time::sleep(Duration::from_millis(300)).await;
    desks[1].hears_nothing().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_goes_on_duty_hears_it_on_the_other_node() {
    let two = Two::start().await;
    let (admin, doctor) = (two.one.login("admin").await, two.other.login("doctor2").await);
    let mut desk = doctor.connect("desk").await.at_the_desk();
    two.hear_each_other().await;
    let turn = admin.posts("/admin/duty/roster", json!({ "uid": doctor.uid })).await;
    assert_eq!(desk.hear("S2C_ONDUTY_PUSH").await["data"], json!({ "onduty": true }));
    admin.posts("/admin/duty/roster", json!({ "rosterid": turn["rosterid"], "remove": true })).await;
    assert_eq!(desk.hear("S2C_ONDUTY_PUSH").await["data"], json!({ "onduty": false }));
    desk.hears_nothing().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_guesses_passwords_is_slowed_on_all_nodes_together() {
    let two = Two::start().await;
    let guess = async |node: &TestApp, account: &str, password: &str| {
        let body = json!({ "account": account, "password": password });
        let answer = node.post("/doctor/login", body).await;
        let (status, code) = verdict(&answer);
        (status, code.to_owned())
    };
    for node in [&two.one, &two.other, &two.one, &two.other, &two.one] {
        assert_eq!(guess(node, "nobody", "not this one").await, (401, "FA_AUTH".to_owned()));
    }
    for node in [&two.one, &two.other] {
        assert_eq!(guess(node, "nobody", "not this one").await, (429, "FA_LIMIT".to_owned()));
    }
    // A right one costs nothing, and earlier failures are forgotten.
    for _ in 0..3 {
        for wrong in 0..4 {
            let node = if wrong % 2 == 0 { &two.one } else { &two.other };
            assert_eq!(guess(node, "doctor2", "not this one").await.0, 401);
        }
        assert_eq!(guess(&two.other, "doctor2", "jiayi-demo").await.0, 200);
    }
}
