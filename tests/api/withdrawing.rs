//! Mobile notices that are of no use any more: read, recalled, or of a call that is over. What is not
//! sent yet is not sent, or made anew of what is left; what was sent is taken back when nothing is.

use crate::alerts::vendor::{FIRST_ID, Trick, Vendor};
use crate::alerts::{PHONE, TABLET, away, notified, proper, settled, start, until, with_a_vendor};
use crate::app::{Database, TestApp};
use crate::people::Person;
use jiayi::config::Config;
use jiayi::model::{AlertKind, Time};
use jiayi::store::notice;
use jpush_client::alias_of;
use serde_json::{Value, json};

async fn reads(reader: &Person, receipt: &Value) {
    let mark = json!({ "roomid": receipt["roomid"], "roomseq": receipt["roomseq"] });
    reader.posts("message/read", mark).await;
}

async fn writes_to_friend(doctor: &Person, friend: &Person, text: &str) -> Value {
    doctor.posts("doctorfriendchat/send", json!({ "touid": friend.uid, "body": text })).await
}

async fn taken_back(vendor: &Vendor) {
    until("the notice is taken back", || vendor.withdrawn() == [FIRST_ID]).await;
}

/// Nothing is taken back, nor about to be.
async fn stays(app: &TestApp, vendor: &Vendor) {
    settled(app).await;
    const KINDS: &[AlertKind] = &[AlertKind::Call, AlertKind::Message, AlertKind::Announcement];
    let due = app.app.read(|store| notice::list_due(store, KINDS, Time::now(), 10)).await.unwrap();
    assert_eq!((due.len(), vendor.withdrawn().len()), (0, 0));
}

/// Has the vendor take nothing for two seconds, from when it is next asked.
fn hold(vendor: &Vendor) {
    vendor.play(Trick::Limit { status: 429, code: 2002, reset: 2 });
}

/// Waits until all alerts are notices that the vendor has not taken.
async fn held(app: &TestApp) {
    let admin = app.login("admin").await;
    loop {
        let stats = admin.gets("push/stats").await;
        if stats["alerts"] == 0 && stats["notices"] == 1 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// Heading and line of the only notice.
fn shown(vendor: &Vendor) -> (String, String) {
    let [notice] = &vendor.notices()[..] else { panic!("{:?}", vendor.notices()) };
    let part = &notice["notification"]["android"];
    let text = |field: &str| part[field].as_str().unwrap().to_owned();
    (text("title"), text("alert"))
}

with_a_vendor! {
    async fn reading_elsewhere_takes_it_back(app, vendor) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        away(vendor, &resident, PHONE).await;
        let sent = doctor.writes(&resident, "您好").await;
        notified(vendor, &resident, 1).await;
        stays(app, vendor).await;
        reads(&resident, &sent).await;
        taken_back(vendor).await;
    }

    async fn what_is_read_before_it_is_sent_is_not_sent(app, vendor, gather 1) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        away(vendor, &resident, PHONE).await;
        // While it gathers, and while the vendor takes no more.
        let sent = doctor.writes(&resident, "您好").await;
        reads(&resident, &sent).await;
        settled(app).await;
        hold(vendor);
        let sent = doctor.writes(&resident, "请回复").await;
        held(app).await;
        reads(&resident, &sent).await;
        settled(app).await;
        assert_eq!((vendor.sent(), vendor.withdrawn().len()), (0, 0));
    }

    async fn of_several_rooms_only_what_is_unread_is_sent(app, vendor, gather 1) {
        let (resident, doctor, friend) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        away(vendor, &doctor, PHONE).await;
        hold(vendor);
        resident.writes(&doctor, "我头疼").await;
        writes_to_friend(&friend, &doctor, "请会诊").await;
        let last = writes_to_friend(&friend, &doctor, "下午三点").await;
        held(app).await;
        reads(&doctor, &last).await;
        notified(vendor, &doctor, 1).await;
        settled(app).await;
        assert_eq!(shown(vendor), ("张三".to_owned(), "发来一条消息".to_owned()));
        notified(vendor, &doctor, 1).await;
    }

    async fn of_one_room_only_what_is_unread_is_counted(app, vendor, gather 1) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        away(vendor, &resident, PHONE).await;
        hold(vendor);
        let first = doctor.writes(&resident, "您好").await;
        doctor.writes(&resident, "请量血压").await;
        doctor.writes(&resident, "早晚各一次").await;
        held(app).await;
        reads(&resident, &first).await;
        notified(vendor, &resident, 1).await;
        settled(app).await;
        assert_eq!(shown(vendor), ("王医生".to_owned(), "发来2条新消息".to_owned()));
        notified(vendor, &resident, 1).await;
    }

    async fn what_was_sent_of_several_rooms_goes_when_all_is_read(app, vendor, gather 1) {
        let (resident, doctor, friend) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        away(vendor, &doctor, PHONE).await;
        let one = resident.writes(&doctor, "我头疼").await;
        let other = writes_to_friend(&friend, &doctor, "请会诊").await;
        notified(vendor, &doctor, 1).await;
        settled(app).await;
        assert_eq!(shown(vendor), ("家医".to_owned(), "您有2条新消息".to_owned()));
        reads(&doctor, &one).await;
        stays(app, vendor).await;
        reads(&doctor, &other).await;
        taken_back(vendor).await;
        notified(vendor, &doctor, 1).await;
    }

    async fn what_is_read_while_it_is_sent_is_taken_back(app, vendor) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        away(vendor, &resident, PHONE).await;
        vendor.slow_down_next_push(std::time::Duration::from_millis(700));
        let sent = doctor.writes(&resident, "您好").await;
        until("it is being sent", || vendor.has_tricked()).await;
        reads(&resident, &sent).await;
        taken_back(vendor).await;
        assert_eq!(vendor.sent(), 1);
    }

    async fn a_notice_of_a_doctors_word_goes_when_its_line_is_read(app, vendor) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        away(vendor, &resident, PHONE).await;
        let word = json!({ "uid": resident.uid, "title": "复诊", "content": "请来复诊" });
        doctor.posts("usermessage/push", word).await;
        notified(vendor, &resident, 1).await;
        stays(app, vendor).await;
        let line = resident.gets("message/list?tag=doctormsg").await["items"][0]["messageid"].clone();
        resident.posts("message/read", json!({ "messageid": line })).await;
        taken_back(vendor).await;
    }

    async fn a_recalled_message_is_taken_back(app, vendor) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        away(vendor, &resident, PHONE).await;
        let sent = doctor.writes(&resident, "您好").await;
        notified(vendor, &resident, 1).await;
        stays(app, vendor).await;
        doctor.posts("dialog/recall", json!({ "dialogid": sent["dialogid"] })).await;
        taken_back(vendor).await;
    }

    async fn a_call_rings_at_once_and_is_taken_back_when_it_ends(app, vendor, gather 3600) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        away(vendor, &resident, PHONE).await;
        let _desk = doctor.connect(TABLET).await;
        let call = doctor.posts("videoCall/invite", json!({ "touid": resident.uid })).await;
        notified(vendor, &resident, 1).await;
        let notice = vendor.notices()[0].clone();
        assert_eq!(notice["notification"]["android"]["priority"], 2);
        assert_eq!(notice["notification"]["voip"]["callid"], call["callid"]);
        assert_eq!(notice["options"]["time_to_live"], 60);
        doctor.posts("videoCall/disconnect", json!({ "callid": call["callid"] })).await;
        taken_back(vendor).await;
        assert_eq!(vendor.notified(&alias_of(&resident.uid)), 1, "the missed call gathers");
    }

    async fn a_call_that_is_accepted_stops_ringing_elsewhere(app, vendor, gather 3600) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        away(vendor, &resident, PHONE).await;
        let _desk = doctor.connect(TABLET).await;
        let call = doctor.posts("videoCall/invite", json!({ "touid": resident.uid })).await;
        notified(vendor, &resident, 1).await;
        let _phone = resident.connect(PHONE).await;
        resident.posts("videoCall/accept", json!({ "callid": call["callid"] })).await;
        taken_back(vendor).await;
    }
}
