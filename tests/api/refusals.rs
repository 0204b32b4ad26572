//! Every address refuses who and what it must: a table over all of `src/http/mod.rs`.

use crate::app::{Database, TestApp, answer, verdict};
use reqwest::{Client, Method};

const OPEN: &[&str] = &["/user/register", "/user/login", "/doctor/login", "/admin/login"];
const MEMBERS_POST: &[&str] =
    &["logout", "alonechat/send", "message/read", "discussion/create", "send", "addmember"];
const MEMBERS_GET: &[&str] = &[
    "me",
    "message/list",
    "dialog/list",
    "sync",
    "team/list",
    "contacts/list",
    "signed/list",
    "discussion/list",
    "discussion/members",
];
const RESIDENTS: &[&str] = &["contacts/remove"];
const DOCTORS: &[&str] = &["signedprocess", "signedprocess2", "rejectsigned", "removemember"];
const OFFICE: &[&str] =
    &["logout", "community/create", "doctor/create", "team/create", "user/create", "admin/create"];

/// Every address behind the gate, with the role that it is for.
fn table() -> Vec<(Method, String, &'static str)> {
    let mut table = vec![(Method::POST, "/social/signed2".to_owned(), "user")];
    for role in ["user", "doctor"] {
        table.extend(MEMBERS_POST.iter().map(|path| (Method::POST, format!("/{role}/{path}"), role)));
        table.extend(MEMBERS_GET.iter().map(|path| (Method::GET, format!("/{role}/{path}"), role)));
    }
    table.extend(RESIDENTS.iter().map(|path| (Method::POST, format!("/user/{path}"), "user")));
    table.extend(DOCTORS.iter().map(|path| (Method::POST, format!("/doctor/{path}"), "doctor")));
    table.extend(OFFICE.iter().map(|path| (Method::POST, format!("/admin/{path}"), "admin")));
    table
}

#[test]
fn the_table_holds_every_address() {
    let source = include_str!("../../src/http/mod.rs");
    let mut tested: Vec<String> = table().into_iter().map(|(_, path, _)| path).collect();
    tested.extend(OPEN.iter().map(|path| (*path).to_owned()));
    for line in source.split(".route(\"").skip(1) {
        let path = line.split('"').next().unwrap();
        let open = ["/healthz", "/readyz", "/ws"].contains(&path);
        assert!(open || tested.iter().any(|tested| tested.ends_with(path)), "{path} is not in the table");
    }
}

#[actix_web::test]
async fn nothing_is_done_without_a_token_or_for_the_wrong_role() {
    let app = TestApp::start(Database::Sqlite).await;
    let people = [app.login("resident1").await, app.login("doctor1").await, app.login("admin").await];
    for (method, path, role) in table() {
        let request = || Client::new().request(method.clone(), app.url(&path));
        assert_eq!(verdict(&answer(request()).await), (401, "FA_AUTH"), "{path} without a token");
        let odd = answer(request().bearer_auth("odd")).await;
        assert_eq!(verdict(&odd), (401, "FA_AUTH"), "{path} with an odd token");
        for person in people.iter().filter(|person| person.role != role) {
            let refused = answer(request().bearer_auth(&person.token)).await;
            assert_eq!(verdict(&refused), (403, "FA_PERMISSION"), "{path} as {}", person.role);
        }
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
    // Logging out takes nothing from its body.
    let posts =
        table().into_iter().filter(|(method, path, _)| *method == Method::POST && !path.ends_with("logout"));
    let open = OPEN.iter().map(|path| (Method::POST, (*path).to_owned(), "user"));
    let (user, doctor, admin) =
        (app.login("resident1").await, app.login("doctor1").await, app.login("admin").await);
    for (_, path, role) in posts.chain(open) {
        let person = [&user, &doctor, &admin].into_iter().find(|person| person.role == role).unwrap();
        for (body, expected) in bodies {
            let request = Client::new().post(app.url(&path)).bearer_auth(&person.token).body(body.to_owned());
            let refused = answer(request).await;
            let shown: String = body.chars().take(20).collect();
            assert_eq!(verdict(&refused), expected, "{path} {shown}: {}", refused.1);
        }
    }
    assert!(user.all_pushes().await.is_empty() && doctor.all_pushes().await.is_empty());
}

#[actix_web::test]
async fn an_address_that_is_not_there_shows_only_to_who_has_a_token() {
    let app = TestApp::start(Database::Sqlite).await;
    let people = [app.login("resident1").await, app.login("doctor1").await, app.login("admin").await];
    for path in ["/nothing", "/", "/user/nothing", "/doctor/nothing", "/admin/nothing", "/social/nothing"] {
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
