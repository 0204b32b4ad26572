//! What pages of other origins may do, and what browsers are told beside an answer.

use crate::app::{Database, TestApp, answer, verdict};
use reqwest::{Client, Method, Response};
use serde_json::json;

const ALLOWED: &str = "https://jiayi.example";
const FOREIGN: &str = "https://evil.example";

async fn start(origins: &[&str]) -> TestApp {
    let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
    TestApp::start_with(Database::Sqlite, |config| config.origins = origins).await
}

async fn preflight(app: &TestApp, path: &str, origin: &str) -> Response {
    let request = Client::new().request(Method::OPTIONS, app.url(path)).header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    request.header("access-control-request-headers", "authorization,content-type").send().await.unwrap()
}

/// Logs in as a form of a page of this origin does, which a browser sends without asking first.
fn form(app: &TestApp, path: &str, origin: Option<&str>) -> reqwest::RequestBuilder {
    let body = json!({ "account": "resident1", "password": "jiayi-demo" }).to_string();
    let request = Client::new().post(app.url(path)).header("content-type", "text/plain").body(body);
    match origin {
        Some(origin) => request.header("origin", origin),
        None => request,
    }
}

#[actix_web::test]
async fn a_page_of_a_configured_origin_does_all_that_our_own_do() {
    let app = start(&[ALLOWED]).await;
    for path in ["/user/login", "/user/alonechat/send", "/file"] {
        let leave = preflight(&app, path, ALLOWED).await;
        assert_eq!(leave.status().as_u16(), 204, "{path}");
        assert_eq!(leave.headers()["access-control-allow-origin"], ALLOWED);
        assert_eq!(leave.headers()["access-control-allow-credentials"], "true");
        let allowed = leave.headers()["access-control-allow-headers"].to_str().unwrap().to_lowercase();
        assert!(allowed.contains("authorization") && allowed.contains("content-type"), "{allowed}");
        assert!(leave.headers()["access-control-allow-methods"].to_str().unwrap().contains("POST"));
    }
    let login = form(&app, "/user/login", Some(ALLOWED)).send().await.unwrap();
    assert_eq!(login.status().as_u16(), 200);
    assert_eq!(login.headers()["access-control-allow-origin"], ALLOWED);
    let refused = Client::new().get(app.url("/user/me")).header("origin", ALLOWED).send().await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["access-control-allow-origin"]),
        (401, &ALLOWED.parse().unwrap())
    );
}

#[actix_web::test]
async fn a_page_of_another_origin_reads_nothing_and_logs_nobody_in() {
    let app = start(&[ALLOWED]).await;
    let leave = preflight(&app, "/user/login", FOREIGN).await;
    assert!(leave.headers().get("access-control-allow-origin").is_none() && !leave.status().is_success());
    for origin in [FOREIGN, "null", "file://", "https://jiayi.example.evil.example"] {
        for path in ["/user/login", "/doctor/login", "/admin/login", "/user/register"] {
            let refused = form(&app, path, Some(origin)).send().await.unwrap();
            assert!(refused.headers().get("set-cookie").is_none(), "{path} from {origin}");
            assert!(refused.headers().get("access-control-allow-origin").is_none());
            assert_eq!(verdict(&answer(form(&app, path, Some(origin))).await), (403, "FA_PERMISSION"));
        }
    }
    let unnamed = form(&app, "/user/login", None).header("sec-fetch-site", "cross-site");
    assert_eq!(verdict(&answer(unnamed).await), (403, "FA_PERMISSION"), "a browser that names no origin");
    assert_eq!(answer(form(&app, "/user/login", None)).await.0, 200, "no page at all");
    let own = format!("http://{}", app.address);
    assert_eq!(answer(form(&app, "/user/login", Some(&own))).await.0, 200);
}

#[actix_web::test]
async fn pages_inside_of_apps_are_allowed_by_setting() {
    let app = start(&["file://", "null"]).await;
    for origin in ["file://", "null"] {
        assert_eq!(
            preflight(&app, "/user/login", origin).await.headers()["access-control-allow-origin"],
            origin
        );
        assert_eq!(answer(form(&app, "/user/login", Some(origin))).await.0, 200, "{origin}");
    }
    assert_eq!(answer(form(&app, "/user/login", Some(FOREIGN))).await.0, 403);
}

#[actix_web::test]
async fn answers_are_not_kept_and_are_what_they_say() {
    let app = start(&[]).await;
    let resident = app.login("resident1").await;
    let get = async |path: &str| {
        Client::new().get(app.url(path)).bearer_auth(&resident.token).send().await.unwrap()
    };
    let login = form(&app, "/user/login", None).send().await.unwrap();
    assert_eq!(login.headers()["cache-control"], "no-store", "it bears a token");
    for path in
        ["/", "/docs", "/healthz", "/metrics", "/openapi.json", "/user/me", "/user/nothing", "/nothing"]
    {
        assert_eq!(get(path).await.headers()["x-content-type-options"], "nosniff", "{path}");
    }
    assert_eq!(get("/user/me").await.headers()["cache-control"], "no-store");
    assert_eq!(get("/").await.headers()["cache-control"], "no-cache", "a page may be kept, and is asked for");
}

#[actix_web::test]
async fn what_is_read_by_get_is_asked_for_by_head() {
    let app = start(&[]).await;
    let resident = app.login("resident1").await;
    let form =
        reqwest::multipart::Form::new().part("file", reqwest::multipart::Part::bytes(&b"%PDF-1.7"[..]));
    let upload = Client::new().post(app.url("/user/file")).bearer_auth(&resident.token).multipart(form);
    let file = answer(upload).await.1["url"].as_str().unwrap().to_owned();
    for path in ["/healthz", "/readyz", "/metrics", "/user/me", "/docs", &file] {
        let head = Client::new().head(app.url(path)).bearer_auth(&resident.token).send().await.unwrap();
        assert_eq!(head.status().as_u16(), 200, "{path}");
        assert!(head.bytes().await.unwrap().is_empty(), "{path}");
    }
}
