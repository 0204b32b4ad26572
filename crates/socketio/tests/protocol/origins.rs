//! Pages of other origins.

use actix_socketio::{Options, Origins};
use reqwest::{Method, Response};
use tokio_tungstenite::{connect_async, tungstenite::client::IntoClientRequest};

use crate::helpers::{TestServer, patient, spawn};

const PAGE: &str = "https://app.example.org";

fn server() -> TestServer {
    spawn(Options { origins: Origins::Only(vec![PAGE.to_owned()]), ..patient() })
}

async fn request(server: &TestServer, method: Method, origin: &str) -> Response {
    let url = server.url("EIO=3&transport=polling");
    crate::helpers::http_client().request(method, url).header("Origin", origin).send().await.unwrap()
}

#[actix_web::test]
async fn an_allowed_page_is_named_and_may_send_credentials() {
    let server = server();
    for method in [Method::GET, Method::OPTIONS] {
        let response = request(&server, method, PAGE).await;
        assert!(response.status().is_success());
        assert_eq!(response.headers()["access-control-allow-origin"], PAGE);
        assert_eq!(response.headers()["access-control-allow-credentials"], "true");
        let allowed = response.headers()["access-control-allow-headers"].to_str().unwrap();
        assert!(allowed.contains("Content-Type"));
        assert_eq!(response.headers()["vary"], "Origin");
    }
}

#[actix_web::test]
async fn an_allowed_page_may_read_refusals() {
    let response = request(&server(), Method::POST, PAGE).await;
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["access-control-allow-origin"], PAGE);
}

#[actix_web::test]
async fn any_other_page_is_refused_over_either_transport() {
    let server = server();
    for origin in ["https://evil.example", "null", "https://app.example.org.evil.example"] {
        let response = request(&server, Method::GET, origin).await;
        assert_eq!(response.status(), 403);
        assert!(response.headers().get("access-control-allow-origin").is_none());
        assert!(response.text().await.unwrap().contains(r#""code":4"#));
    }
    let url = server.url("EIO=4&transport=websocket").replace("http", "ws");
    let mut handshake = url.into_client_request().unwrap();
    handshake.headers_mut().insert("Origin", "https://evil.example".parse().unwrap());
    assert!(connect_async(handshake).await.is_err());
    assert_eq!(server.connections(), 0);
}

#[actix_web::test]
async fn a_page_of_the_same_host_is_allowed() {
    let server = server();
    let origin = format!("https://127.0.0.1:{}", server.port);
    assert_eq!(request(&server, Method::GET, &origin).await.status(), 200);
}
