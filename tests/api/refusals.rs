//! Every address refuses who and what it must: a table over all of `src/http/mod.rs`.

use crate::app::{Database, TestApp, answer, verdict};
use jiayi::http::docs::table::{Endpoint, Table};
use jiayi::model::Role;
use reqwest::{Client, Method};
use serde_json::Value;

/// One method of one address.
struct Address {
    method: Method,
    path: String,
    /// Whom it is for; nobody where no token is asked for.
    roles: Vec<&'static str>,
    has_body: bool,
}

/// Every address of the server.
fn table() -> Vec<Address> {
    let endpoints = jiayi::http::tables().into_iter().flat_map(Table::into_endpoints);
    let address = |endpoint: Endpoint| {
        let spec = endpoint.spec();
        let roles = spec.roles.unwrap_or_default().into_iter().map(Role::as_str).collect();
        let method = Method::from_bytes(endpoint.method.as_str().as_bytes()).unwrap();
        Address { method, path: endpoint.path, roles, has_body: spec.body.is_some() }
    };
    endpoints.map(address).collect()
}

#[actix_web::test]
async fn nothing_is_done_without_a_token_or_for_the_wrong_role() {
    let app = TestApp::start(Database::Sqlite).await;
    let people = [app.login("resident1").await, app.login("doctor1").await, app.login("admin").await];
    for Address { method, path, roles, .. } in table().into_iter().filter(|address| !address.roles.is_empty())
    {
        let request = || Client::new().request(method.clone(), app.url(&path));
        assert_eq!(verdict(&answer(request()).await), (401, "FA_AUTH"), "{path} without a token");
        let odd = answer(request().bearer_auth("odd")).await;
        assert_eq!(verdict(&odd), (401, "FA_AUTH"), "{path} with an odd token");
        for person in people.iter().filter(|person| !roles.contains(&&*person.role)) {
            let refused = answer(request().bearer_auth(&person.token)).await;
            assert_eq!(verdict(&refused), (403, "FA_PERMISSION"), "{path} as {}", person.role);
        }
    }
}

#[actix_web::test]
async fn another_method_is_refused_with_those_that_there_are() {
    let app = TestApp::start(Database::Sqlite).await;
    let people = [app.login("resident1").await, app.login("doctor1").await, app.login("admin").await];
    for Address { path, roles, .. } in table() {
        let mut request = Client::new().delete(app.url(&path));
        if let Some(person) = people.iter().find(|person| roles.contains(&&*person.role)) {
            request = request.bearer_auth(&person.token);
        }
        let response = request.send().await.unwrap();
        assert!(response.headers()["allow"].to_str().is_ok_and(|allowed| !allowed.is_empty()), "{path}");
        assert_eq!(response.status().as_u16(), 405, "{path}");
        assert_eq!(response.json::<Value>().await.unwrap()["code"], "FA_PARAM");
    }
}

#[actix_web::test]
async fn a_body_that_is_no_object_or_too_large_is_refused() {
    let app = TestApp::start(Database::Sqlite).await;
    let huge = format!("{{\"filler\":\"{}\"}}", "x".repeat(70 * 1024));
    let bodies = [
        ("", (400, "FA_PARAM")),
        ("{", (400, "FA_PARAM")),
        ("[]", (400, "FA_PARAM")),
        ("[{}]", (400, "FA_PARAM")),
        ("null", (400, "FA_PARAM")),
        ("{} {}", (400, "FA_PARAM")),
        ("{\"account\": \u{1}}", (400, "FA_PARAM")),
        (huge.as_str(), (413, "FA_TOOLARGE")),
    ];
    let people = [app.login("resident1").await, app.login("doctor1").await, app.login("admin").await];
    for Address { path, roles, .. } in table().into_iter().filter(|address| address.has_body) {
        let person = people.iter().rfind(|person| roles.contains(&&*person.role)).unwrap_or(&people[0]);
        for (body, expected) in bodies {
            let request = Client::new().post(app.url(&path)).bearer_auth(&person.token).body(body.to_owned());
            let refused = answer(request).await;
            let shown: String = body.chars().take(20).collect();
            assert_eq!(verdict(&refused), expected, "{path} {shown}: {}", refused.1);
        }
    }
    for person in &people[..2] {
        assert!(person.all_pushes().await.is_empty());
    }
}

#[actix_web::test]
async fn an_address_that_is_not_there_shows_only_to_who_has_a_token() {
    let app = TestApp::start(Database::Sqlite).await;
    let people = [app.login("resident1").await, app.login("doctor1").await, app.login("admin").await];
    for path in ["/nothing", "/user/nothing", "/doctor/nothing", "/admin/nothing", "/social/nothing"] {
        for method in [Method::GET, Method::POST] {
            let request = || Client::new().request(method.clone(), app.url(path));
            assert_eq!(verdict(&answer(request()).await), (401, "FA_AUTH"), "{path}");
            for person in &people {
                let scoped =
                    ["/user/", "/doctor/", "/admin/", "/social/"].iter().any(|scope| path.starts_with(scope));
                let own = path.starts_with(&format!("/{}/", person.role))
                    || (path.starts_with("/social/") && person.role == "user");
                let expected = if scoped && !own { (403, "FA_PERMISSION") } else { (404, "FA_NOTFOUND") };
                let refused = answer(request().bearer_auth(&person.token)).await;
                assert_eq!(verdict(&refused), expected, "{path} as {}", person.role);
            }
        }
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(answer(Client::new().get(app.url(path))).await, (200, serde_json::json!({})), "{path}");
    }
}
