//! Registering, logging in and out, cookies, and the brake on guessing passwords.

use crate::app::{Database, TestApp, verdict};
use crate::on_both_databases;
use crate::people::Connection;
use futures_util::future::join_all;
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

    async fn the_answer_does_not_tell_whose_phone_has_an_account(app: TestApp) {
        let (_, first) = app.post("/user/register", registration("13800000001")).await;
        let fields = |answer: &Value| answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let mut strangers = registration("13800000001");
        (strangers["password"], strangers["name"]) = (json!("anything else"), json!("生人"));
        let (status, answer) = app.post("/user/register", strangers.clone()).await;
        assert_eq!((status, fields(&answer)), (200, fields(&first)));
        assert_eq!((&answer["name"], &answer["role"]), (&json!("生人"), &first["role"]));
        assert_ne!(answer["uid"], first["uid"]);
        assert_eq!(verdict(&app.person(&answer).get("me").await), (401, "FA_AUTH"));
        strangers["communityid"] = json!("nowhere");
        assert_eq!(verdict(&app.post("/user/register", strangers).await), (400, "FA_PARAM"));
        let owner = app.login_as("user", "13800000001", "correct horse").await;
        assert_eq!(owner.gets("me").await["name"], "钱七");
    }

    async fn who_registers_again_with_the_same_password_is_logged_in(app: TestApp) {
        let one = || app.post("/user/register", registration("13800000001"));
        let ((first, one_of_two), (second, other)) = tokio::join!(one(), one());
        assert_eq!((first, second), (200, 200));
        assert_eq!(one_of_two["uid"], other["uid"], "of two at once one makes the account");
        app.person(&one_of_two).gets("me").await;
        app.person(&other).gets("me").await;
        let found = app.login("admin").await.gets("user/list").await;
        let accounts = found["items"].as_array().unwrap().iter().filter(|one| one["account"] == "13800000001");
        assert_eq!(accounts.count(), 1, "{found}");
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

fn behind_a_proxy(config: &mut jiayi::config::Config) {
    config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
}

#[actix_web::test]
async fn guesses_behind_a_clinics_address_lock_out_nobody_of_the_clinic() {
    let app = TestApp::start_with(Database::Sqlite, behind_a_proxy).await;
    let right = jiayi::cli::demo::PASSWORD;
    // A customer of IPv6 has many addresses, and is known at all of them.
    for (known, again) in [("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::2:0:0:7")] {
        for role in ["doctor", "user"] {
            assert_eq!(login_from(&app, known, role, right).await.status(), 200);
        }
        for _ in 0..7 {
            assert_eq!(login_from(&app, again, "doctor", "a wrong guess").await.status(), 401);
        }
        let client = Client::new();
        let guesses = (0..230).map(|nobody| {
            let guess = json!({ "account": format!("nobody{nobody}"), "password": "a wrong guess" });
            client.post(app.url("/doctor/login")).header("x-forwarded-for", again).json(&guess).send()
        });
        let statuses: Vec<_> =
            join_all(guesses).await.into_iter().map(|answer| answer.unwrap().status()).collect();
        assert!(statuses.iter().any(|status| *status == 429), "strangers there have guessed enough");
        for role in ["doctor", "user"] {
            assert_eq!(login_from(&app, again, role, right).await.status(), 200, "{role} {again}");
        }
    }
}

/// What a client writes of itself comes first, in the proxy's line or in one of its own.
#[actix_web::test]
async fn a_client_cannot_choose_the_address_that_it_counts_as() {
    let app = TestApp::start_with(Database::Sqlite, behind_a_proxy).await;
    let mut statuses = Vec::new();
    for host in 1..=6 {
        let guess = json!({ "account": "doctor1", "password": "a wrong guess" });
        let request = Client::new()
            .post(app.url("/doctor/login"))
            .header("x-forwarded-for", format!("198.51.100.{host}"))
            .header("x-forwarded-for", "203.0.113.9");
        statuses.push(request.json(&guess).send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
}
