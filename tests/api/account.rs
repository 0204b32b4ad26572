//! Registering, logging in and out, cookies, and the brake on guessing passwords.

use crate::app::{Database, TestApp, verdict};
use crate::on_both_databases;
use crate::people::Connection;
use reqwest::{Client, Response};
use serde_json::{Value, json};

fn registration(phone: &str) -> Value {
    json!({ "phone": phone, "password": "correct horse", "name": "钱七" })
}

/// Logs in from an address that a trusted proxy names.
async fn login_from(app: &TestApp, address: &str, role: &str, password: &str) -> Response {
    let account = if role == "doctor" { "doctor1" } else { "resident1" };
    let request = Client::new().post(app.url(&format!("/{role}/login"))).header("x-forwarded-for", address);
    request.json(&json!({ "account": account, "password": password })).send().await.unwrap()
}

on_both_databases! {
    async fn who_registers_is_logged_in_and_may_log_in_again(app: TestApp) {
        let (status, made) = app.post("/user/register", registration("13800000001")).await;
        assert_eq!(status, 200, "{made}");
        assert!(made["expires"].as_str().unwrap().ends_with('Z'), "{made}");
        let me = app.person(&made).gets("me").await;
        assert_eq!(
            me,
            json!({ "uid": made["uid"], "role": "user", "name": "钱七", "communityid": null, "teams": [] })
        );
        let again = app.login_as("user", "13800000001", "correct horse").await;
        assert_eq!((again.uid.as_str(), again.name.as_str()), (made["uid"].as_str().unwrap(), "钱七"));
        assert_ne!(again.token, made["token"].as_str().unwrap());
    }

    async fn a_doctor_reads_of_title_duty_and_teams(app: TestApp) {
        let me = app.login("doctor3").await.gets("me").await;
        assert_eq!((&me["role"], &me["title"], &me["onduty"]), (&json!("doctor"), &json!("住院医师"), &json!(true)));
        assert_eq!(me["teams"].as_array().unwrap().len(), 1);
        assert_eq!(app.login("doctor1").await.gets("me").await["onduty"], false);
    }

    async fn a_phone_that_is_taken_is_refused(app: TestApp) {
        assert_eq!(app.post("/user/register", registration("13800000001")).await.0, 200);
        let again = app.post("/user/register", registration("13800000001")).await;
        assert_eq!(verdict(&again), (409, "FA_CONFLICT"));
    }

    async fn of_two_who_register_a_phone_at_once_one_gets_it(app: TestApp) {
        let one = || app.post("/user/register", registration("13800000001"));
        let (first, second) = tokio::join!(one(), one());
        let mut verdicts = [verdict(&first), verdict(&second)];
        verdicts.sort_unstable();
        assert_eq!(verdicts, [(200, ""), (409, "FA_CONFLICT")]);
    }

    async fn a_wrong_registration_is_refused_by_field_and_makes_nothing(app: TestApp) {
        for (field, value) in [
            ("phone", json!("call me")),
            ("phone", json!(13_800_000_001_i64)),
            ("phone", Value::Null),
            ("password", json!("short")),
            ("name", json!("  ")),
            ("communityid", json!("nowhere")),
        ] {
            let mut body = registration("13800000001");
            body[field] = value;
            let refused = app.post("/user/register", body).await;
            assert_eq!(verdict(&refused), (400, "FA_PARAM"), "{field}");
            assert!(refused.1["message"].as_str().unwrap().contains(field), "{field}: {}", refused.1);
        }
        for field in ["phone", "password", "name"] {
            let mut body = registration("13800000001");
            body.as_object_mut().unwrap().remove(field);
            let refused = app.post("/user/register", body).await;
            assert_eq!(verdict(&refused), (400, "FA_PARAM"), "{field}");
            assert!(refused.1["message"].as_str().unwrap().contains(field), "{field}: {}", refused.1);
        }
        assert_eq!(app.post("/user/register", registration("13800000001")).await.0, 200);
    }

    async fn a_wrong_password_reads_like_an_unknown_account(app: TestApp) {
        let wrong = json!({ "account": "resident1", "password": "not this one" });
        let wrong = app.post("/user/login", wrong).await;
        assert_eq!(verdict(&wrong), (401, "FA_AUTH"));
        let unknown = json!({ "account": "nobody", "password": "not this one" });
        assert_eq!(app.post("/user/login", unknown).await, wrong);
        let other_role = json!({ "account": "doctor1", "password": jiayi::cli::demo::PASSWORD });
        assert_eq!(app.post("/user/login", other_role).await, wrong);
    }

    async fn logging_out_voids_the_token_and_closes_its_connections(app: TestApp) {
        let (resident, elsewhere) = (app.login("resident1").await, app.login("resident1").await);
        let mut phone = resident.connect("phone").await;
        assert_eq!(resident.posts("logout", json!({})).await, json!({}));
        assert_eq!(phone.close_code().await, Some(4003));
        assert_eq!(verdict(&resident.get("me").await), (401, "FA_AUTH"));
        let mut late = Connection::open(&app.ws_url()).await;
        late.say("C2S_REGISTER_REQ", resident.registration("phone", None)).await;
        assert_eq!(late.hear("S2C_ERROR").await["data"]["code"], "FA_AUTH");
        elsewhere.gets("me").await;
    }
}

#[actix_web::test]
async fn a_cookie_is_for_pages_of_our_own_origin_only() {
    let app = TestApp::start(Database::Sqlite).await;
    let login = login_from(&app, "10.0.0.1", "user", jiayi::cli::demo::PASSWORD).await;
    let set = login.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
    let cookie = set.split(';').next().unwrap();
    let request = |method, path: &str, origin: Option<String>| {
        let request = Client::new().request(method, app.url(path)).header("cookie", cookie);
        match origin {
            Some(origin) => request.header("origin", origin).body("{}"),
            None => request.body("{}"),
        }
    };
    use reqwest::Method;
    assert_eq!(request(Method::GET, "/user/me", None).send().await.unwrap().status(), 200);
    for origin in [None, Some("http://evil.example".to_owned()), Some("null".to_owned())] {
        let refused = crate::app::answer(request(Method::POST, "/user/logout", origin)).await;
        assert_eq!(verdict(&refused), (403, "FA_PERMISSION"));
    }
    let own = Some(format!("http://{}", app.address));
    assert_eq!(request(Method::POST, "/user/logout", own).send().await.unwrap().status(), 200);
    assert_eq!(request(Method::GET, "/user/me", None).send().await.unwrap().status(), 401);
}

#[actix_web::test]
async fn guessing_is_slowed_down_and_says_for_how_long() {
    let app = TestApp::start(Database::Sqlite).await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let response = login_from(&app, "10.0.0.1", "user", "a wrong guess").await;
        statuses.push(response.status().as_u16());
        if response.status() == 429 {
            let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=60).contains(&wait), "{wait}");
            assert_eq!(response.json::<Value>().await.unwrap()["code"], "FA_LIMIT");
        }
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
}

#[actix_web::test]
async fn a_stranger_cannot_lock_a_doctor_out() {
    let app = TestApp::start_with(Database::Sqlite, |config| {
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    assert_eq!(login_from(&app, "192.0.2.1", "doctor", jiayi::cli::demo::PASSWORD).await.status(), 200);
    for host in 1..=6 {
        for _ in 0..5 {
            login_from(&app, &format!("198.51.100.{host}"), "doctor", "a wrong guess").await;
        }
    }
    let fresh = login_from(&app, "198.51.100.99", "doctor", jiayi::cli::demo::PASSWORD).await;
    assert_eq!(fresh.status(), 429, "guessing from everywhere is slowed too");
    let usual = login_from(&app, "192.0.2.1", "doctor", jiayi::cli::demo::PASSWORD).await;
    assert_eq!(usual.status(), 200, "the doctor comes in where she always does");
}
