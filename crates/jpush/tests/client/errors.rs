//! What comes back when something is wrong, with the vendor, the network or the request.

use super::vendor::Trick;
use super::*;
use jpush_client::{Error, InvalidRequest, MsgId, TransientCause};

const SECOND: Duration = Duration::from_secs(1);

fn transient(cause: TransientCause) -> Error {
    Error::Transient { retry_after: SECOND, cause }
}

/// What a push comes to when the vendor plays this trick.
async fn tricked(trick: Trick) -> Error {
    let vendor = Vendor::start();
    vendor.play(trick);
    let failure = client(&vendor).push(&notification("u1")).await.unwrap_err();
    assert_proper(&vendor);
    failure
}

async fn refused(status: u16, code: i64) -> Error {
    tricked(Trick::Refuse { status, code }).await
}

#[actix_web::test]
async fn trouble_inside_the_vendor_passes() {
    for (status, code) in [(500, 1000), (503, 1030), (500, 7000), (503, 7030), (502, 9999)] {
        assert_eq!(refused(status, code).await, transient(TransientCause::Vendor { code }));
    }
    let garbled = tricked(Trick::Garble { status: 502 }).await;
    assert_eq!(garbled, transient(TransientCause::Vendor { code: 502 }));
}

#[actix_web::test]
async fn a_wrong_request_stays_wrong() {
    for code in [1002, 1003, 1005, 1008, 7002, 9999] {
        let wrong = Error::InvalidRequest(InvalidRequest::Refused { code });
        assert_eq!(refused(400, code).await, wrong);
    }
}

#[actix_web::test]
async fn wrong_credentials_are_told_apart_whatever_the_status() {
    for (status, code) in [(401, 1004), (400, 1009), (403, 2004), (401, 7001), (400, 7004)] {
        assert_eq!(refused(status, code).await, Error::Unauthorized { code });
    }
    let garbled = tricked(Trick::Garble { status: 401 }).await;
    assert_eq!(garbled, Error::Unauthorized { code: 401 });
}

#[actix_web::test]
async fn wrong_keys_are_noticed_by_the_vendor() {
    let vendor = Vendor::start();
    let master_secret = MASTER_SECRET.to_uppercase();
    let client = Client::new(Settings { master_secret, ..settings(&vendor) }).unwrap();
    let failure = client.push(&notification("u1")).await;
    assert_eq!(failure, Err(Error::Unauthorized { code: 1004 }));
    assert_eq!(vendor.notified("u1"), 0);
}

#[actix_web::test]
async fn a_target_that_is_gone_is_told_apart() {
    let vendor = Vendor::start();
    vendor.forget("u1");
    assert_eq!(client(&vendor).push(&notification("u1")).await, Err(Error::NoSuchTarget));
    let mixed = Notification {
        audience: Audience::accounts(vec!["u1".into(), "u2".into()]).unwrap(),
        ..notification("u1")
    };
    assert!(client(&vendor).push(&mixed).await.is_ok());
    assert_eq!((vendor.notified("u1"), vendor.notified("u2")), (0, 1));
}

#[actix_web::test]
async fn rate_and_quota_say_how_long_to_wait() {
    for (status, code) in [(400, 1012), (429, 2002), (403, 2005)] {
        let limited = tricked(Trick::Limit { status, code, reset: 17 }).await;
        assert_eq!(limited, Error::RateLimited { retry_after: 17 * SECOND });
    }
    let endless = tricked(Trick::Limit { status: 429, code: 2002, reset: u32::MAX }).await;
    assert_eq!(endless, Error::RateLimited { retry_after: 86_400 * SECOND });
    let silent = tricked(Trick::Garble { status: 429 }).await;
    assert_eq!(silent, Error::RateLimited { retry_after: 60 * SECOND });
}

#[actix_web::test]
async fn a_rate_limit_that_is_used_up_is_known_even_from_a_refusal() {
    let vendor = Vendor::start();
    let client = client(&vendor);
    vendor.allow(Some(1));
    client.push(&notification("u1")).await.unwrap();
    let limited = client.push(&notification("u1")).await;
    assert_eq!(limited, Err(Error::RateLimited { retry_after: 42 * SECOND }));
    assert_eq!(client.rate_limit().unwrap().remaining, 0);
}

#[actix_web::test]
async fn an_id_is_taken_as_a_number_too() {
    let vendor = Vendor::start();
    vendor.play(Trick::NumberedId);
    assert!(client(&vendor).push(&notification("u1")).await.is_ok());
}

#[actix_web::test]
async fn an_answer_that_is_none_is_no_success() {
    let unreadable = transient(TransientCause::Unreadable);
    assert_eq!(tricked(Trick::Garble { status: 200 }).await, unreadable);
    assert_eq!(tricked(Trick::Flood).await, unreadable);
    let moved = tricked(Trick::Garble { status: 302 }).await;
    assert_eq!(moved, transient(TransientCause::Vendor { code: 302 }));
}

#[actix_web::test]
async fn a_silent_vendor_is_given_up_in_time() {
    let begun = std::time::Instant::now();
    let stalled = tricked(Trick::Stall(Duration::from_secs(2))).await;
    assert_eq!(stalled, transient(TransientCause::TimedOut));
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[actix_web::test]
async fn a_vendor_that_is_not_there_is_unreachable() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let push_url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let settings = Settings::new(APP_KEY, MASTER_SECRET);
    let client = Client::new(Settings { push_url, ..settings }).unwrap();
    let failure = client.push(&notification("u1")).await;
    assert_eq!(failure, Err(transient(TransientCause::Unreachable)));
}

#[actix_web::test]
async fn after_a_lost_answer_the_same_cid_notifies_once_all_the_same() {
    let vendor = Vendor::start();
    let client = client(&vendor);
    let once = Notification { cid: Some(cid(1)), ..notification("u1") };
    for trick in [Trick::DropBefore, Trick::DropAfter, Trick::DropAfter] {
        vendor.play(trick);
        assert_eq!(client.push(&once).await, Err(transient(TransientCause::Disconnected)));
    }
    assert!(client.push(&once).await.is_ok());
    assert_eq!(vendor.notified("u1"), 1);
    assert_proper(&vendor);
}

#[actix_web::test]
async fn devices_and_withdrawals_fail_by_the_same_table() {
    let vendor = Vendor::start();
    let (client, device) = (client(&vendor), device("d1"));
    vendor.play(Trick::Refuse { status: 401, code: 7001 });
    let bound = client.bind(&device, "u1").await;
    assert_eq!(bound, Err(Error::Unauthorized { code: 7001 }));
    vendor.play(Trick::DropAfter);
    assert_eq!(client.unbind(&device).await, Err(transient(TransientCause::Disconnected)));
    let unknown = client.withdraw(MsgId(5)).await;
    assert_eq!(unknown, Err(Error::InvalidRequest(InvalidRequest::Refused { code: 1003 })));
}

#[actix_web::test]
async fn a_failure_says_nothing_about_address_or_keys() {
    let stalled = tricked(Trick::Stall(Duration::from_secs(2))).await;
    let shown = format!("{stalled} {stalled:?} {}", refused(401, 1004).await);
    for secret in ["127.0.0.1", "http", APP_KEY, MASTER_SECRET] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
