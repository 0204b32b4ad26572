//! Who is asking: the tokens of a handshake, and the pages that may bring them.

use super::{Client, Line};
use crate::app::{Database, TestApp};
use serde_json::json;

const PAGE: &str = "https://jiayi.example";

async fn start() -> TestApp {
    TestApp::start_with(Database::Sqlite, |config| config.origins = vec![PAGE.to_owned()]).await
}

#[actix_web::test]
async fn a_token_may_come_with_the_handshake() {
    let app = start().await;
    let doctor = app.login("doctor1").await;
    let bearer = format!("Bearer {}", doctor.token);
    let cookie = format!("other=1; jiayi_doctor={}", doctor.token);
    let (query, auth) = (format!("&token={}", doctor.token), json!({ "token": doctor.token }).to_string());
    let own = app.url("");
    let registration = json!({ "type": "doctor", "uid": doctor.uid, "deviceid": "desk" });
    for (query, headers, auth, good) in [
        ("", vec![("authorization", &*bearer)], "", true),
        (&*query, vec![], "", true),
        ("", vec![("cookie", &*cookie), ("origin", &*own)], "", true),
        ("", vec![("cookie", &*cookie), ("origin", PAGE)], "", true),
        ("", vec![("cookie", &*cookie)], "", false),
        ("", vec![], &*auth, true),
        ("&token=wrong", vec![], &*auth, true),
        ("", vec![], r#"{"token":7}"#, false),
        ("", vec![], "", false),
    ] {
        for version in [3, 4] {
            for transport in ["polling", "websocket"] {
                let url = app.engine(version, transport) + query;
                let line = match transport {
                    "polling" => Line::polling(&url, version, &headers).await,
                    _ => Line::websocket(&url, &headers).await,
                };
                let auth = if version == 4 { auth } else { "" };
                let good = good && !(version == 3 && headers.is_empty() && !query.contains(&doctor.token));
                let mut client = Client::join(line, version, auth).await;
                client.say("C2S_REGISTER_REQ", registration.clone()).await;
                match good {
                    true => drop(client.hear("S2C_REGISTER_RES").await),
                    false => assert_eq!(client.hear("S2C_ERROR").await["data"]["code"], "FA_AUTH"),
                }
            }
        }
    }
}

#[actix_web::test]
async fn a_page_of_another_origin_is_refused_whatever_it_brings() {
    let app = start().await;
    let doctor = app.login("doctor1").await;
    let client = reqwest::Client::new();
    let request = |origin| client.get(app.engine(4, "polling")).header("origin", origin);
    let refused = request("https://elsewhere.example").bearer_auth(&doctor.token).send().await.unwrap();
    assert_eq!(refused.status(), 403);
    let allowed = request(PAGE).send().await.unwrap();
    assert_eq!(allowed.headers()["access-control-allow-origin"], PAGE);
    assert_eq!(allowed.headers()["access-control-allow-credentials"], "true");
}

#[actix_web::test]
async fn the_library_of_old_pages_is_served_and_not_sent_twice() {
    let app = start().await;
    let client = reqwest::Client::new();
    let url = app.url("/socket.io/socket.io.js");
    let first = client.get(&url).send().await.unwrap();
    assert_eq!(first.status(), 200);
    let tag = first.headers()["etag"].clone();
    assert!(first.text().await.unwrap().contains("Socket.IO v2.5.0"));
    let again = client.get(&url).header("if-none-match", tag).send().await.unwrap();
    assert_eq!((again.status().as_u16(), again.text().await.unwrap().len()), (304, 0));
}
