//! The requests that the client sends, and how it reads the answers when all is well.

use super::*;
use jpush_client::{
    AndroidOptions, ApnsEnvironment, DeliveryReport, Error, InvalidRequest, MAX_REPORTS, MsgId,
};

#[actix_web::test]
async fn a_message_is_sent_with_just_the_documented_body() {
    let vendor = Vendor::start();
    let sent = client(&vendor).push(&notification("u-1")).await.unwrap();
    assert_eq!(sent, MsgId(vendor::FIRST_ID));
    assert_proper(&vendor);
    let seen = vendor.seen().remove(0);
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/v3/push"));
    assert!(seen.user_agent.starts_with("jpush-client/"));
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
    let call = Notification {
        cid: Some(cid(1)),
        audience: Audience::devices(vec![device("18171adc030b6f1f")]).unwrap(),
        kind: NotificationKind::Call,
        thread_id: Some("r1".to_owned()),
        collapse_id: Some("c1".repeat(50)),
        time_to_live: Duration::from_secs(60),
        replaces: Some(MsgId(7)),
        ..notification("u1")
    };
    let android = AndroidOptions {
        channel: Some("messages".to_owned()),
        call_channel: Some("calls".to_owned()),
        intent: Some("intent:#Intent;end".to_owned()),
        third_party_channel: Some(json!({"huawei": {"importance": "NORMAL"}})),
    };
    let settings = Settings { apns: ApnsEnvironment::Development, android, ..settings(&vendor) };
    Client::new(settings).unwrap().push(&call).await.unwrap();
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
    let all = Notification {
        audience: Audience::accounts(uids).unwrap(),
        kind: NotificationKind::Announcement,
        time_to_live: Duration::from_secs(30 * 86_400),
        ..notification("u1")
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
    let long = Notification {
        title: "题".repeat(500),
        body: "\"复诊\"\n🩺".repeat(2_000),
        kind: NotificationKind::Call,
        ..notification("u1")
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
    let crammed = Notification { extras: extras(json!({"x": "x".repeat(1_990)})), ..notification("u1") };
    let sent = client(&vendor).push(&crammed).await;
    assert_eq!(sent, Err(Error::InvalidRequest(InvalidRequest::TooBig)));
    assert!(vendor.seen().is_empty());
}

#[actix_web::test]
async fn the_same_cid_again_gives_the_first_answer_and_notifies_once() {
    let vendor = Vendor::start();
    let client = client(&vendor);
    let cid = client.cids(3).await.unwrap().remove(2);
    let once = Notification { cid: Some(cid), ..notification("u1") };
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
async fn a_notification_can_be_validated_without_being_sent() {
    let vendor = Vendor::start();
    client(&vendor).validate(&notification("u1")).await.unwrap();
    assert_eq!(vendor.seen()[0].path, "/v3/push/validate");
    assert_eq!(vendor.notified("u1"), 0);
    assert_proper(&vendor);
}

#[actix_web::test]
async fn a_device_is_bound_to_one_account_and_freed_again() {
    let vendor = Vendor::start();
    let (client, device) = (client(&vendor), device("18171adc030b6f1f"));
    client.bind(&device, "u-1").await.unwrap();
    assert_eq!(vendor.seen()[0].path, "/v3/devices/18171adc030b6f1f");
    assert_eq!(vendor.seen()[0].body, json!({"alias": "u.1"}));
    client.bind(&device, "u-2").await.unwrap();
    assert_eq!(vendor.alias(device.as_str()).as_deref(), Some("u.2"));
    client.unbind(&device).await.unwrap();
    assert_eq!(vendor.alias(device.as_str()), None);
    assert_proper(&vendor);
}

#[actix_web::test]
async fn what_was_sent_can_be_withdrawn() {
    let vendor = Vendor::start();
    let client = client(&vendor);
    let once = Notification { cid: Some(cid(1)), ..notification("u1") };
    let sent = client.push(&once).await.unwrap();
    client.withdraw(sent).await.unwrap();
    assert_eq!(vendor.withdrawn(), [sent.0]);
    assert_proper(&vendor);
}

#[actix_web::test]
async fn delivery_reports_are_read_with_the_figures_that_there_are() {
    let vendor = Vendor::start();
    let client = client(&vendor);
    let sent = client.push(&notification("u1")).await.unwrap();
    let reports = client.delivery_reports(&[sent]).await.unwrap();
    let wanted = DeliveryReport {
        msg_id: sent,
        jpush_received: Some(1),
        android_pns_sent: Some(2),
        android_pns_received: None,
        ios_apns_sent: None,
        ios_apns_received: None,
        hmos_hmpns_sent: Some(0),
        hmos_hmpns_received: None,
    };
    assert_eq!(reports, [wanted]);
    assert_eq!(vendor.seen()[1].path, "/v3/received/detail");
    assert_proper(&vendor);
}

#[actix_web::test]
async fn reports_are_asked_for_by_the_hundred_at_most() {
    let vendor = Vendor::start();
    let client = client(&vendor);
    assert_eq!(client.delivery_reports(&[]).await, Ok(Vec::new()));
    let many = vec![MsgId(1); MAX_REPORTS + 1];
    let refused = client.delivery_reports(&many).await;
    assert_eq!(refused, Err(Error::InvalidRequest(InvalidRequest::TooManyReports)));
    assert!(vendor.seen().is_empty());
    let unknown = client.delivery_reports(&many[1..]).await;
    assert_eq!(unknown, Ok(Vec::new()));
    assert_proper(&vendor);
}
