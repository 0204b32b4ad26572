//! What goes out when all is well.

use super::*;
use jiayi::offline::Provider;
use jiayi::offline::failure::{Failure, Wrong};
use jiayi::offline::jpush::settings::{Apns, Look};
use jiayi::offline::notice::MsgId;

#[actix_web::test]
async fn a_message_is_sent_with_just_the_documented_body() {
    let vendor = Vendor::start();
    let sent = client(&vendor).push(&notice("u-1")).await.unwrap();
    assert_eq!(sent, MsgId(vendor::FIRST_ID));
    assert_proper(&vendor);
    let seen = vendor.seen().remove(0);
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/v3/push"));
    assert!(seen.user_agent.starts_with("jiayi/"));
    let wanted = json!({
        "platform": ["android", "ios", "hmos"],
        "audience": {"alias": ["u.1"]},
        "notification": {
            "android": {
                "alert": "您有一条新消息",
                "title": "王医生",
                "priority": 1,
                "badge_add_num": 1,
                "extras": {"roomid": "r1"},
            },
            "ios": {
                "alert": {"title": "王医生", "body": "您有一条新消息"},
                "sound": "default",
                "badge": "+1",
                "extras": {"roomid": "r1"},
            },
            "hmos": {
                "alert": "您有一条新消息",
                "title": "王医生",
                "category": "IM",
                "badge_add_num": 1,
                "extras": {"roomid": "r1"},
            },
        },
        "options": {"time_to_live": 3_600, "apns_production": true, "classification": 1},
    });
    assert_eq!(seen.body, wanted);
}

#[actix_web::test]
async fn a_call_wakes_an_iphone_and_is_loud_elsewhere() {
    let vendor = Vendor::start();
    let call = Notice {
        cid: Some(cid(1)),
        to: Targets::devices(vec![device("18171adc030b6f1f")]).unwrap(),
        kind: Kind::Call,
        thread: Some("r1".to_owned()),
        collapse: Some("c1".repeat(50)),
        lifetime: Duration::from_secs(60),
        replaces: Some(MsgId(7)),
        ..notice("u1")
    };
    let look = Look {
        channel: Some("messages".to_owned()),
        call_channel: Some("calls".to_owned()),
        intent: Some("intent:#Intent;end".to_owned()),
        third_party_channel: Some(json!({"huawei": {"importance": "NORMAL"}})),
    };
    let settings = Settings { apns: Apns::Development, look, ..settings(&vendor) };
    JPush::new(settings).unwrap().push(&call).await.unwrap();
    assert_proper(&vendor);
    let body = vendor.notices().remove(0);
    assert_eq!(body["audience"], json!({"registration_id": ["18171adc030b6f1f"]}));
    let voip = json!({"roomid": "r1", "title": "王医生", "content": "您有一条新消息"});
    assert_eq!(body["notification"]["voip"], voip);
    let android = &body["notification"]["android"];
    assert_eq!((&android["priority"], &android["channel_id"]), (&json!(2), &json!("calls")));
    assert_eq!(android["intent"], json!({"url": "intent:#Intent;end"}));
    assert_eq!(body["notification"]["ios"]["thread-id"], "r1");
    assert_eq!(body["notification"]["hmos"]["category"], "VOIP");
    let options = &body["options"];
    assert_eq!(options["apns_production"], false);
    assert_eq!((&options["time_to_live"], &options["override_msg_id"]), (&json!(60), &json!(7)));
    assert_eq!(options["third_party_channel"], json!({"huawei": {"importance": "NORMAL"}}));
}

#[actix_web::test]
async fn an_announcement_reaches_a_thousand_accounts_in_one_call() {
    let vendor = Vendor::start();
    let uids: Vec<_> = (0..1_000).map(|n| format!("{n:0>64}")).collect();
    let all = Notice {
        to: Targets::accounts(uids).unwrap(),
        kind: Kind::Announcement,
        lifetime: Duration::from_secs(30 * 86_400),
        ..notice("u1")
    };
    client(&vendor).push(&all).await.unwrap();
    assert_proper(&vendor);
    let body = vendor.notices().remove(0);
    assert_eq!(body["audience"]["alias"].as_array().map(Vec::len), Some(1_000));
    let wanted = json!({"time_to_live": 259_200, "apns_production": true, "classification": 0});
    assert_eq!(body["options"], wanted);
}

#[actix_web::test]
async fn long_texts_are_cut_to_each_platforms_limit() {
    let vendor = Vendor::start();
    let long = Notice {
        title: "题".repeat(500),
        content: "\"复诊\"\n🩺".repeat(2_000),
        kind: Kind::Call,
        ..notice("u1")
    };
    client(&vendor).push(&long).await.unwrap();
    assert_proper(&vendor);
    let parts = &vendor.notices().remove(0)["notification"];
    for (part, limit) in [("android", 4_000), ("ios", 2_000), ("hmos", 4_000), ("voip", 2_000)] {
        let size = parts[part].to_string().len();
        assert!((limit - 8..=limit).contains(&size), "{part} has {size} bytes");
    }
}

#[actix_web::test]
async fn what_the_app_needs_is_never_cut() {
    let vendor = Vendor::start();
    let crammed = Notice { extras: extras(json!({"x": "x".repeat(1_990)})), ..notice("u1") };
    let sent = client(&vendor).push(&crammed).await;
    assert_eq!(sent, Err(Failure::RequestWrong(Wrong::TooBig)));
    assert!(vendor.seen().is_empty());
}

#[actix_web::test]
async fn the_same_cid_again_gives_the_first_answer_and_notifies_once() {
    let vendor = Vendor::start();
    let client = client(&vendor);
    let cid = client.cids(3).await.unwrap().remove(2);
    let once = Notice { cid: Some(cid), ..notice("u1") };
    let first = client.push(&once).await.unwrap();
    assert_eq!(client.push(&once).await, Ok(first));
    assert_eq!(vendor.notified("u1"), 1);
    assert_proper(&vendor);
}

#[actix_web::test]
async fn ids_are_asked_for_by_the_thousand_at_most() {
    let vendor = Vendor::start();
    let client = client(&vendor);
    assert_eq!(client.cids(u16::MAX).await.unwrap().len(), 1_000);
    assert_eq!(client.cids(0).await.unwrap().len(), 1);
    assert_eq!(vendor.seen()[0].query, "type=push&count=1000");
    assert_proper(&vendor);
}

#[actix_web::test]
async fn a_notice_can_be_validated_without_being_sent() {
    let vendor = Vendor::start();
    client(&vendor).validate(&notice("u1")).await.unwrap();
    assert_eq!(vendor.seen()[0].path, "/v3/push/validate");
    assert_eq!(vendor.notified("u1"), 0);
    assert_proper(&vendor);
}

#[actix_web::test]
async fn a_device_is_mapped_to_one_account_and_freed_again() {
    let vendor = Vendor::start();
    let (client, device) = (client(&vendor), device("18171adc030b6f1f"));
    client.bind_alias(&device, "u-1").await.unwrap();
    assert_eq!(vendor.seen()[0].path, "/v3/devices/18171adc030b6f1f");
    assert_eq!(vendor.seen()[0].body, json!({"alias": "u.1"}));
    client.bind_alias(&device, "u-2").await.unwrap();
    assert_eq!(vendor.alias(device.as_str()).as_deref(), Some("u.2"));
    client.unbind(&device).await.unwrap();
    assert_eq!(vendor.alias(device.as_str()), None);
    assert_proper(&vendor);
}

#[actix_web::test]
async fn what_was_sent_can_be_withdrawn() {
    let vendor = Vendor::start();
    let client = client(&vendor);
    let once = Notice { cid: Some(cid(1)), ..notice("u1") };
    let sent = client.push(&once).await.unwrap();
    client.withdraw(&sent).await.unwrap();
    assert_eq!(vendor.withdrawn(), [sent.0]);
    assert_proper(&vendor);
}
