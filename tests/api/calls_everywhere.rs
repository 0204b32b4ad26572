//! Video calls between people who are connected to different nodes, and what becomes of a call whose node dies, or
//! is cut off.

use crate::app::verdict;
use crate::call::{accept, hang_up, hears_end, hears_signal, patient_with_rings, per_device, signal};
use crate::cluster::Two;
use crate::people::{Connection, Heard, Person};
use diesel::connection::SimpleConnection;
use jiayi::cluster::memory::Faults;
use jiayi::config::Config;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Two who may call each other, connected to different nodes.
struct Apart {
    nodes: Two,
    /// On the one node, which leads the calls that they make.
    resident: Person,
    phone: Connection,
    /// On the other.
    doctor: Person,
    desk: Connection,
}

impl Apart {
    async fn meet(settle: fn(&mut Config)) -> Self {
        let nodes = Two::start_with(settle).await;
        let (resident, doctor) = (nodes.one.login("resident1").await, nodes.other.login("doctor1").await);
        let (phone, desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        nodes.hear_each_other().await;
        Self { nodes, resident, phone, doctor, desk }
    }

    async fn ring(&mut self) -> Value {
        let call = self.resident.posts("videoCall/invite", json!({ "touid": self.doctor.uid })).await;
        assert_eq!(self.desk.hear("S2C_VIDEOCALL_INVITE").await["data"]["callid"], call["callid"]);
        call
    }

    async fn talk(&mut self) -> Value {
        let call = self.ring().await;
        self.doctor.posts("videoCall/accept", json!({ "callid": call["callid"] })).await;
        self.phone.hear("S2C_VIDEOCALL_ACCEPT").await;
        call
    }

    /// Signals pass both ways.
    async fn signal(&mut self, call: &Value) {
        signal(&mut self.phone, call, json!({ "candidate": "there" })).await;
        hears_signal(&mut self.desk, &self.resident, json!({ "candidate": "there" })).await;
        signal(&mut self.desk, call, json!({ "candidate": "back" })).await;
        hears_signal(&mut self.phone, &self.doctor, json!({ "candidate": "back" })).await;
    }

    async fn hear_the_notice(&mut self) {
        let notice = self.phone.hear("S2C_ALONECHAT_PUSH").await;
        assert_eq!(notice["data"]["data"], self.desk.hear("S2C_ALONECHAT_PUSH").await["data"]["data"]);
    }

    async fn hear_nothing(&mut self) {
        self.phone.hears_nothing().await;
        self.desk.hears_nothing().await;
    }

    /// The call is over for both, on whichever node.
    async fn is_over(&mut self, call: &Value) {
        is_over(&mut self.phone, call).await;
        is_over(&mut self.desk, call).await;
        self.phone = self.resident.connect("phone").await;
        self.desk = self.doctor.connect("desk").await;
    }

    /// Which node's life leads the call.
    fn owner(&self) -> i64 {
        self.nodes.one.number("SELECT owner AS number FROM video_call WHERE status <> 'ended'".to_owned())
    }
}

/// What is refused next, whatever the other one signals.
async fn hear_beside_signals(connection: &mut Connection) -> Value {
    loop {
        match connection.next().await {
            Heard::Envelope(envelope) if envelope["type"] == "S2C_VIDEOCALL_SIGNAL" => {}
            Heard::Envelope(envelope) => {
                assert_eq!(envelope["type"], "S2C_ERROR", "{envelope}");
                return envelope;
            }
            Heard::Closed(frame) => panic!("closed with {frame:?}"),
        }
    }
}

/// Waits until the call is over for who signals; what they said before may be refused later.
async fn is_over(connection: &mut Connection, call: &Value) {
    let mut is_over = false;
    while !is_over {
        signal(connection, call, json!({ "candidate": "late" })).await;
        connection.say("C2S_SYNC_REQ", json!({ "since": -1, "limit": 1 })).await;
        loop {
            match hear_beside_signals(connection).await["data"]["code"].as_str() {
                Some("FA_PARAM") => break,
                code => is_over |= code == Some("FA_NOTFOUND"),
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_call_between_two_nodes_is_as_one_within_a_node() {
    let mut apart = Apart::meet(|_| {}).await;
    let mut strange = apart.nodes.other.login("doctor2").await.connect("strange").await;
    let call = apart.ring().await;
    // What the caller says ahead waits for whoever accepts.
    signal(&mut apart.phone, &call, json!({ "description": { "type": "offer" } })).await;
    signal(&mut apart.desk, &call, json!({ "description": {} })).await;
    apart.desk.refused("FA_STATE").await;
    signal(&mut strange, &call, json!({ "candidate": "x" })).await;
    strange.refused("FA_NOTFOUND").await;
    for _ in 0..2 {
        assert_eq!(accept(&apart.doctor, &call).await, (200, json!({})), "as after a lost answer");
    }
    assert_eq!(apart.phone.hear("S2C_VIDEOCALL_ACCEPT").await["data"]["by"], *apart.doctor.uid);
    hears_signal(&mut apart.desk, &apart.resident, json!({ "description": { "type": "offer" } })).await;
    for number in 0..20 {
        signal(&mut apart.phone, &call, json!({ "candidate": number })).await;
        signal(&mut apart.desk, &call, json!({ "candidate": number })).await;
    }
    for number in 0..20 {
        hears_signal(&mut apart.desk, &apart.resident, json!({ "candidate": number })).await;
        hears_signal(&mut apart.phone, &apart.doctor, json!({ "candidate": number })).await;
    }
    assert_eq!(hang_up(&apart.doctor, &call).await, (200, json!({})));
    hears_end(&mut apart.phone, &call, "hangup", json!(apart.doctor.uid)).await;
    apart.hear_the_notice().await;
    for connection in [&mut apart.desk, &mut apart.phone] {
        signal(connection, &call, json!({ "candidate": "late" })).await;
        connection.refused("FA_NOTFOUND").await;
    }
    assert_eq!(verdict(&hang_up(&apart.doctor, &call).await), (409, "FA_STATE"));
    // And once more, where who called hangs up.
    let call = apart.talk().await;
    apart.signal(&call).await;
    assert_eq!(hang_up(&apart.resident, &call).await, (200, json!({})));
    hears_end(&mut apart.desk, &call, "hangup", json!(apart.resident.uid)).await;
    apart.hear_the_notice().await;
    apart.hear_nothing().await;
    strange.hears_nothing().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_call_may_be_led_where_nobody_of_the_two_is_connected() {
    let mut apart = Apart::meet(|_| {}).await;
    // Whatever they ask for comes to the other node's neighbour.
    let at = |mut person: Person, token: &str| {
        token.clone_into(&mut person.token);
        person
    };
    let resident = at(apart.nodes.other.login("resident1").await, &apart.resident.token);
    let doctor = at(apart.nodes.one.login("doctor1").await, &apart.doctor.token);
    let call = resident.posts("videoCall/invite", json!({ "touid": doctor.uid })).await;
    apart.desk.hear("S2C_VIDEOCALL_INVITE").await;
    assert_eq!(accept(&doctor, &call).await.0, 200);
    apart.phone.hear("S2C_VIDEOCALL_ACCEPT").await;
    apart.signal(&call).await;
    assert_eq!(hang_up(&doctor, &call).await.0, 200);
    hears_end(&mut apart.phone, &call, "hangup", json!(doctor.uid)).await;
    apart.hear_the_notice().await;
    apart.hear_nothing().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_is_busy_on_one_node_is_so_on_the_other() {
    let mut apart = Apart::meet(|_| {}).await;
    let call = apart.talk().await;
    for node in [&apart.nodes.one, &apart.nodes.other] {
        let friend = node.login("doctor3").await;
        let refusal = friend.post("videoCall/invite", json!({ "touid": apart.doctor.uid })).await;
        assert_eq!(verdict(&refusal), (409, "FA_BUSY"));
        let missed = apart.desk.hear("S2C_DOCTORFRIENDCHAT_PUSH").await;
        assert_eq!(missed["data"]["content"], "[视频通话] 未接听");
        let refusal = apart.doctor.post("videoCall/invite", json!({ "touid": friend.uid })).await;
        assert_eq!(verdict(&refusal), (409, "FA_BUSY"));
    }
    hang_up(&apart.resident, &call).await;
    hears_end(&mut apart.desk, &call, "hangup", json!(apart.resident.uid)).await;
    apart.hear_the_notice().await;
    apart.talk().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn the_caller_cancels_or_the_callee_refuses_on_another_node() {
    let mut apart = Apart::meet(|_| {}).await;
    let call = apart.ring().await;
    assert_eq!(hang_up(&apart.resident, &call).await.0, 200);
    hears_end(&mut apart.desk, &call, "cancel", json!(apart.resident.uid)).await;
    apart.hear_the_notice().await;
    let call = apart.ring().await;
    apart.doctor.posts("videoCall/disconnect", json!({ "roomid": call["roomid"] })).await;
    hears_end(&mut apart.phone, &call, "reject", json!(apart.doctor.uid)).await;
    apart.hear_the_notice().await;
    assert_eq!(verdict(&accept(&apart.doctor, &call).await), (409, "FA_STATE"));
    apart.hear_nothing().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn of_devices_on_several_nodes_the_first_to_accept_has_the_call() {
    let mut apart = Apart::meet(per_device).await;
    let mobile = apart.nodes.one.login("doctor1").await;
    let mut pocket = mobile.connect("pocket").await;
    let call = apart.ring().await;
    pocket.hear("S2C_VIDEOCALL_INVITE").await;
    assert_eq!(accept(&apart.doctor, &call).await.0, 200);
    for connection in [&mut apart.phone, &mut apart.desk, &mut pocket] {
        assert_eq!(connection.hear("S2C_VIDEOCALL_ACCEPT").await["data"]["by"], *apart.doctor.uid);
    }
    assert_eq!(verdict(&accept(&mobile, &call).await), (409, "FA_STATE"));
    assert_eq!(verdict(&hang_up(&mobile, &call).await), (409, "FA_STATE"));
    signal(&mut pocket, &call, json!({ "candidate": "stolen" })).await;
    pocket.refused("FA_STATE").await;
    apart.signal(&call).await;
    pocket.hears_nothing().await;
    assert_eq!(hang_up(&apart.doctor, &call).await.0, 200);
    hears_end(&mut apart.phone, &call, "hangup", json!(apart.doctor.uid)).await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_is_lost_on_another_node_ends_the_call() {
    let mut apart = Apart::meet(patient_with_rings).await;
    // As long as nodes have just begun to hear each other, calls look by themselves.
    for _ in 0..4 {
        let call = apart.talk().await;
        apart.desk.drop_dead();
        hears_end(&mut apart.phone, &call, "offline", json!(apart.doctor.uid)).await;
        apart.phone.hear("S2C_ALONECHAT_PUSH").await;
        apart.phone.hears_nothing().await;
        apart.desk = apart.doctor.connect("desk").await;
    }
    apart.talk().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_node_that_was_not_told_of_a_call_finds_who_leads_it() {
    let mut apart = Apart::meet(|_| {}).await;
    apart.nodes.network.set_faults(Faults { lost: 100, ..Faults::default() });
    let call = apart.resident.posts("videoCall/invite", json!({ "touid": apart.doctor.uid })).await;
    apart.nodes.network.set_faults(Faults::default());
    assert_eq!(accept(&apart.doctor, &call).await, (200, json!({})));
    apart.phone.hear("S2C_VIDEOCALL_ACCEPT").await;
    apart.desk.hear("S2C_VIDEOCALL_INVITE").await;
    apart.signal(&call).await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_comes_back_on_whichever_node_goes_on_with_the_call() {
    let mut apart = Apart::meet(|_| {}).await;
    let call = apart.talk().await;
    let mut doctor = apart.nodes.one.login("doctor1").await;
    doctor.token.clone_from(&apart.doctor.token);
    for node in [&doctor, &apart.doctor] {
        apart.desk.drop_dead();
        apart.desk = node.connect("desk").await;
        signal(&mut apart.desk, &call, json!({ "candidate": "anew" })).await;
        hears_signal(&mut apart.phone, &apart.doctor, json!({ "candidate": "anew" })).await;
        signal(&mut apart.phone, &call, json!({ "candidate": "there" })).await;
        hears_signal(&mut apart.desk, &apart.resident, json!({ "candidate": "there" })).await;
    }
    apart.hear_nothing().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_is_lost_is_missed_whatever_the_bus_loses() {
    let mut apart = Apart::meet(patient_with_rings).await;
    for lost in [100, 40, 40, 40] {
        let call = apart.talk().await;
        apart.nodes.network.set_faults(Faults { lost, ..Faults::default() });
        apart.desk.drop_dead();
        tokio::time::sleep(Duration::from_millis(300)).await;
        if lost == 100 {
            apart.nodes.network.set_faults(Faults::default());
        }
        hears_end(&mut apart.phone, &call, "offline", json!(apart.doctor.uid)).await;
        apart.phone.hear("S2C_ALONECHAT_PUSH").await;
        apart.nodes.network.set_faults(Faults::default());
        apart.desk = apart.doctor.connect("desk").await;
        apart.nodes.hear_each_other().await;
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn when_the_node_of_a_call_ends_the_other_one_hears_the_end() {
    let mut apart = Apart::meet(|_| {}).await;
    let call = apart.talk().await;
    apart.signal(&call).await;
    apart.nodes.one.stop().await;
    let stopped = Instant::now();
    hears_end(&mut apart.desk, &call, "offline", Value::Null).await;
    assert!(stopped.elapsed() < Duration::from_secs(15), "{:?}", stopped.elapsed());
    apart.desk.hear("S2C_ALONECHAT_PUSH").await;
    is_over(&mut apart.desk, &call).await;
    assert_eq!(verdict(&hang_up(&apart.doctor, &call).await), (409, "FA_STATE"));
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_node_that_was_taken_for_dead_has_no_call_of_its_former_life() {
    let mut apart = Apart::meet(|_| {}).await;
    let call = apart.talk().await;
    let dead = format!("UPDATE node SET until = 0 WHERE incarnation = {}", apart.owner());
    apart.nodes.one.store().batch_execute(&dead).unwrap();
    for connection in [&mut apart.phone, &mut apart.desk] {
        hears_end(connection, &call, "offline", Value::Null).await;
    }
    apart.hear_the_notice().await;
    apart.is_over(&call).await;
    let call = apart.ring().await;
    // The other one may not know of the new life yet.
    while verdict(&accept(&apart.doctor, &call).await) == (503, "FA_OVERLOAD") {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    apart.phone.hear("S2C_VIDEOCALL_ACCEPT").await;
    apart.signal(&call).await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_call_goes_on_when_the_node_of_one_of_the_two_begins_a_new_life() {
    let mut apart = Apart::meet(|_| {}).await;
    let call = apart.talk().await;
    let dead = format!("UPDATE node SET until = 0 WHERE incarnation <> {}", apart.owner());
    apart.nodes.one.store().batch_execute(&dead).unwrap();
    apart.nodes.one.has_nodes(2).await;
    apart.nodes.hear_each_other().await;
    // Whichever of its lives brought it, the connection is the same.
    signal(&mut apart.desk, &call, json!({ "candidate": "anew" })).await;
    hears_signal(&mut apart.phone, &apart.doctor, json!({ "candidate": "anew" })).await;
    // What is said before the call's node knows of that life is lost.
    let speaks = async {
        loop {
            signal(&mut apart.phone, &call, json!({ "candidate": "back" })).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::select! {
        () = hears_signal(&mut apart.desk, &apart.resident, json!({ "candidate": "back" })) => {}
        () = speaks => {}
    }
    assert_eq!(hang_up(&apart.doctor, &call).await.0, 200);
    hears_end(&mut apart.phone, &call, "hangup", json!(apart.doctor.uid)).await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_call_of_which_the_store_says_that_it_is_over_is_over_in_its_room() {
    let mut apart = Apart::meet(|_| {}).await;
    let call = apart.talk().await;
    // Nobody tells the room, until something was not heard.
    let over = "UPDATE video_call SET status = 'ended'; DELETE FROM video_call_party";
    apart.nodes.one.store().batch_execute(over).unwrap();
    apart.signal(&call).await;
    apart.nodes.network.set_faults(Faults { lost: 100, ..Faults::default() });
    tokio::time::sleep(Duration::from_millis(1100)).await;
    apart.nodes.network.set_faults(Faults::default());
    apart.is_over(&call).await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_hangs_up_where_the_node_of_the_call_is_cut_off_is_let_go() {
    let mut apart = Apart::meet(|_| {}).await;
    let call = apart.talk().await;
    apart.nodes.part();
    let begun = Instant::now();
    signal(&mut apart.desk, &call, json!({ "candidate": "lost" })).await;
    apart.desk.refused("FA_OVERLOAD").await;
    assert_eq!(hang_up(&apart.doctor, &call).await, (200, json!({})));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    // The nodes hear of it by sweeps, each of its own people.
    hears_end(&mut apart.phone, &call, "hangup", json!(apart.doctor.uid)).await;
    apart.hear_the_notice().await;
    apart.hear_nothing().await;
    apart.is_over(&call).await;
    apart.nodes.network.part([]);
    apart.nodes.hear_each_other().await;
    let call = apart.talk().await;
    apart.signal(&call).await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_call_between_nodes_that_are_split_ends_for_both_after_the_grace() {
    let mut apart = Apart::meet(patient_with_rings).await;
    let call = apart.talk().await;
    apart.nodes.part();
    for connection in [&mut apart.phone, &mut apart.desk] {
        hears_end(connection, &call, "offline", json!(apart.doctor.uid)).await;
    }
    apart.hear_the_notice().await;
    apart.hear_nothing().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_call_goes_on_when_a_split_heals_within_the_grace() {
    let mut apart = Apart::meet(|_| {}).await;
    let call = apart.talk().await;
    apart.nodes.part();
    // Until the nodes have noticed, and the seat on the other one is taken for lost.
    while apart.nodes.one.app.trusts_memory() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    signal(&mut apart.phone, &call, json!({ "candidate": "waits" })).await;
    apart.phone.hears_nothing().await;
    apart.nodes.network.part([]);
    hears_signal(&mut apart.desk, &apart.resident, json!({ "candidate": "waits" })).await;
    apart.signal(&call).await;
    apart.hear_nothing().await;
}
