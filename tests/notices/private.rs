//! Nothing that a log or a notice shows contains what somebody wrote: every push that becomes a notice
//! is caused, with secret words in every text that a person can write, and all is read.

use super::people::Person;
use super::program::{Program, Server};
use super::vendor::{MASTER_SECRET, Trick, Vendor};
use super::{on_both_databases, wait};
use jiayi::protocol::catalogue::{Way, pushes};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What nobody may read on a lock screen or in a log; each text in the story holds it.
const SECRET: &str = "化验单显示乙肝阳性";

/// The pushes that become notices: all durable ones but these.
const SILENT: [&str; 5] =
    ["S2C_READ_PUSH", "S2C_RECALL_PUSH", "S2C_TEAMMEMBER_LEAVE", "S2C_VIDEOCALL_ACCEPT", "S2C_VIDEOCALL_END"];

/// The names of the pushes that become notices.
fn alerting() -> BTreeSet<String> {
    let durable = pushes().into_iter().filter(|word| word.way == Way::Durable).map(|word| word.name);
    durable.filter(|name| !SILENT.contains(name)).map(str::to_owned).collect()
}

/// Everybody of the story, with a phone each, and away.
struct People {
    resident: Person,
    applicant: Person,
    doctor: Person,
    colleague: Person,
    friend: Person,
    admin: Person,
}

impl People {
    async fn meet(url: &str, vendor: &Vendor) -> Self {
        let people = Self {
            resident: Person::log_in(url, "user", "resident1").await,
            applicant: Person::log_in(url, "user", "resident2").await,
            doctor: Person::log_in(url, "doctor", "doctor1").await,
            colleague: Person::log_in(url, "doctor", "doctor2").await,
            friend: Person::log_in(url, "doctor", "doctor3").await,
            admin: Person::log_in(url, "admin", "admin").await,
        };
        let away = [&people.resident, &people.applicant, &people.doctor, &people.colleague, &people.friend];
        for (number, person) in away.into_iter().enumerate() {
            let device = format!("{number}8171adc030b6f1f");
            person.show_up(&device).await;
            wait("the device is mapped", || vendor.alias(&device).is_some()).await;
        }
        people
    }
}

/// Does something that notifies somebody, and waits for the notice.
async fn notifies(vendor: &Vendor, who: &Person, path: &str, body: Value) -> Value {
    let before = vendor.sent();
    let answer = who.posts(path, body).await;
    wait(path, || vendor.sent() > before).await;
    // Those to others follow at once, or are of the same kind.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    answer
}

/// Causes every push that becomes a notice.
async fn live(vendor: &Vendor, people: &People) {
    let People { resident, applicant, doctor, colleague, friend, admin } = people;
    let text = |more: Value| {
        let mut body = json!({ "body": SECRET });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    // Private chat, with failures of every kind on the way, as they are logged.
    for trick in [Trick::DropAfter, Trick::Refuse { status: 400, code: 1003 }, Trick::Garble { status: 502 }]
    {
        vendor.play(trick);
        doctor.posts("alonechat/send", text(json!({ "touid": resident.uid }))).await;
        notifies(vendor, doctor, "alonechat/send", text(json!({ "touid": resident.uid }))).await;
    }
    let question = notifies(vendor, resident, "alonechat/send", text(json!({ "touid": doctor.uid }))).await;
    let asked = &question["dialogid"];
    notifies(vendor, friend, "/admin/duty/remindmsg", text(json!({ "dialogid": asked }))).await;
    notifies(vendor, friend, "/admin/duty/sendmsg", text(json!({ "dialogid": asked }))).await;
    let refused = doctor.post("alonechat/send", text(json!({ "touid": "nobody" }))).await;
    assert_eq!(refused["code"], "FA_PERMISSION");

    // Doctors among themselves.
    let me = doctor.gets("me").await;
    notifies(vendor, doctor, "teammatechat/send", text(json!({ "stid": me["teams"][0] }))).await;
    notifies(vendor, friend, "doctorfriendchat/send", text(json!({ "touid": doctor.uid }))).await;
    notifies(vendor, colleague, "doctorfriend/add", json!({ "friendid": friend.uid })).await;
    notifies(vendor, friend, "doctorfriend/accept", json!({ "uid": colleague.uid })).await;
    let group = json!({ "name": SECRET, "members": [resident.uid, colleague.uid] });
    let group = notifies(vendor, doctor, "discussion/create", group).await;
    notifies(vendor, doctor, "send", text(json!({ "roomid": group["roomid"] }))).await;

    // Contracts and appointments.
    let application = json!({ "stid": me["teams"][0], "doctoruid": doctor.uid });
    let contract = notifies(vendor, applicant, "/social/signed2", application).await;
    let answer = json!({ "sid": contract["sid"], "accept": true, "reason": SECRET });
    notifies(vendor, doctor, "signedprocess", answer).await;
    let wish = json!({ "doctoruid": doctor.uid, "time": "2036-01-01T09:00:00.000Z", "reason": SECRET });
    let wish = notifies(vendor, applicant, "reservation/create", wish).await;
    let answer = json!({ "reservationid": wish["reservationid"], "accept": false, "reply": SECRET });
    notifies(vendor, doctor, "reservation/update", answer).await;
    notifies(vendor, doctor, "rejectsigned", json!({ "sid": contract["sid"], "reason": SECRET })).await;

    // Notices to many.
    let notice = json!({ "title": SECRET, "content": SECRET });
    let with = |more: Value| {
        let mut body = notice.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    notifies(vendor, doctor, "usermessage/push", with(json!({ "uid": resident.uid }))).await;
    notifies(vendor, admin, "platform/push", with(json!({ "audience": "all" }))).await;
    let communityid = resident.gets("me").await["communityid"].clone();
    let social = with(json!({ "audience": "all", "communityid": communityid }));
    notifies(vendor, admin, "socialpush/create", social).await;

    let call = json!({ "touid": resident.uid });
    let _desk = doctor.connect("18171adc030b6fff", Some("web")).await;
    notifies(vendor, doctor, "videoCall/invite", call).await;
}

/// Lives through the story, and fails where the log or a notice shows any of it; returns the log.
async fn shows_nothing(program: Program, format: &str) -> Vec<String> {
    let vendor = Vendor::start();
    let mut settings = program.serving(&vendor);
    // Everything that the server says itself, and what its libraries say for who looks for a fault.
    settings.set("JIAYI_LOG", "debug,jiayi=trace").set("JIAYI_LOG_FORMAT", format);
    let mut server = Server::start(settings.set("JIAYI_PUSH__TIMEOUT_SECONDS", "1"));
    let people = People::meet(&server.url, &vendor).await;
    live(&vendor, &people).await;
    server.kill();

    let sent: Vec<String> = vendor.seen().iter().map(|seen| format!("{} {}", seen.path, seen.body)).collect();
    let types = vendor
        .notices()
        .into_iter()
        .filter_map(|notice| notice["notification"]["android"]["extras"]["type"].as_str().map(str::to_owned));
    assert_eq!(types.collect::<BTreeSet<_>>(), alerting(), "every push that becomes a notice was one");
    let log = server.said();
    assert!(log.iter().any(|line| line.contains("DEBUG")), "there is something to read");
    let People { resident, doctor, .. } = &people;
    for line in log.iter().chain(&sent) {
        for private in [SECRET, "乙肝", "jiayi-demo", &resident.token, &doctor.token, MASTER_SECRET] {
            assert!(!line.contains(private), "{private} in {line}");
        }
    }
    log
}

on_both_databases! {
    async fn neither_the_log_nor_a_notice_shows_what_was_written(program) {
        shows_nothing(program, "plain").await;
    }
}

#[tokio::test]
async fn nor_does_a_log_of_json() {
    for line in shows_nothing(Program::on_sqlite(), "json").await {
        let line: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(line["msg"].is_string(), "{line}");
    }
}
