//! The pages for browsers: open, guarded by their headers, kept by the browser, small.

use crate::app::{Database, TestApp};
use jiayi::model::Malformed;
use reqwest::{Client, Response, Url};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use strum::IntoEnumIterator;

async fn get(app: &TestApp, path: &str) -> Response {
    Client::new().get(app.url(path)).send().await.unwrap()
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

const PAGES: [&str; 4] = ["/", "/resident", "/practice", "/office"];

/// What a page or a module loads at once.
fn loads(path: &str, text: &str) -> Vec<String> {
    let base = Url::parse("http://server").unwrap().join(path).unwrap();
    let quoted = |after: &str| -> Vec<String> {
        text.split(after).skip(1).filter_map(|rest| Some(rest.split('"').next()?.to_owned())).collect()
    };
    let mut names = [quoted("src=\""), quoted("<link rel=\"stylesheet\" href=\"")].concat();
    names.extend([quoted(" from \""), quoted("\nimport \"")].concat());
    names.into_iter().map(|name| base.join(&name).unwrap().path().to_owned()).collect()
}

#[actix_web::test]
async fn pages_are_open_and_bear_a_strict_policy() {
    let app = TestApp::start(Database::Sqlite).await;
    for path in PAGES {
        let page = get(&app, path).await;
        assert_eq!(page.status(), 200, "{path}");
        assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
        assert_eq!(header(&page, "x-content-type-options"), "nosniff");
        let policy = header(&page, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let address = app.url("");
        let host = address.strip_prefix("http://").unwrap();
        assert!(policy.ends_with(&format!(" connect-src 'self' wss://{host} ws://{host}")), "{policy}");
        let text = page.text().await.unwrap();
        assert!(!text.contains("<style") && !text.contains("style=") && !text.contains("onclick"), "{path}");
    }
}

#[actix_web::test]
async fn what_the_browser_holds_is_not_sent_again() {
    let app = TestApp::start(Database::Sqlite).await;
    let first = get(&app, "/resident").await;
    let tag = header(&first, "etag").to_owned();
    assert!(tag.len() > 10, "{tag}");
    let request = |tag: String| Client::new().get(app.url("/resident")).header("if-none-match", tag);
    let again = request(tag.clone()).send().await.unwrap();
    assert_eq!((again.status().as_u16(), header(&again, "etag")), (304, tag.as_str()));
    assert!(!header(&again, "content-security-policy").is_empty());
    assert_eq!(request("\"other\"".to_owned()).send().await.unwrap().status(), 200);
}

#[actix_web::test]
async fn what_a_page_loads_is_kept_for_good_and_comes_compressed() {
    let app = TestApp::start(Database::Sqlite).await;
    let page = get(&app, "/resident").await;
    assert_eq!(header(&page, "cache-control"), "no-cache");
    let version = header(&page, "jiayi-version").to_owned();
    let text = page.text().await.unwrap();
    let preloaded: Vec<_> = text.split("<link rel=\"modulepreload\" href=\"").skip(1).collect();
    assert!(preloaded.len() > 30, "{text}");
    for path in loads("/resident", &text) {
        let plain = get(&app, &path).await;
        assert_eq!(header(&plain, "cache-control"), "public, max-age=31536000, immutable", "{path}");
        assert_eq!(
            (header(&plain, "jiayi-version"), header(&plain, "vary")),
            (version.as_str(), "accept-encoding, origin")
        );
        assert_eq!(header(&plain, "content-encoding"), "");
        let plain = plain.bytes().await.unwrap();
        let asked = Client::new().get(app.url(&path)).header("accept-encoding", "br;q=0, gzip, deflate");
        let packed = asked.send().await.unwrap();
        match header(&packed, "content-encoding").to_owned().as_str() {
            "gzip" => assert!(packed.bytes().await.unwrap().len() < plain.len(), "{path}"),
            other => assert_eq!((other, plain.len() < 200), ("", true), "{path}"),
        }
    }
    let of_another = get(&app, "/static/v-0123456789abcdef/style.css").await;
    assert_eq!((of_another.status().as_u16(), header(&of_another, "cache-control")), (200, "no-cache"));
    assert_eq!(header(&of_another, "jiayi-version"), version);
    let worker = get(&app, "/worker.js").await;
    assert_eq!(
        (header(&worker, "cache-control"), header(&worker, "jiayi-version")),
        ("no-cache", version.as_str())
    );
    assert!(worker.text().await.unwrap().contains(&format!("\"/static/v-{version}/resident.css\"")));
}

#[actix_web::test]
async fn nothing_but_the_pages_is_given_out() {
    let app = TestApp::start(Database::Sqlite).await;
    let files = ["README.md", "none.js", "../Cargo.toml", "%2e%2e/Cargo.toml"];
    let tools = ["package.json", "client/package.json", "client/tests/run", "node_modules/ws/index.js"];
    for path in files.iter().chain(&tools).map(|file| format!("/static/{file}")) {
        let path = path.as_str();
        let status = get(&app, path).await.status().as_u16();
        assert!([401, 404].contains(&status), "{path}: {status}");
    }
}

#[actix_web::test]
async fn the_first_load_of_a_page_is_small() {
    let app = TestApp::start(Database::Sqlite).await;
    for path in PAGES {
        let (mut seen, mut open, mut bytes) = (BTreeSet::new(), vec![path.to_owned()], 0);
        while let Some(path) = open.pop() {
            if seen.insert(path.clone()) {
                let answer = get(&app, &path).await;
                assert_eq!(answer.status(), 200, "{path}");
                let text = answer.text().await.unwrap();
                bytes += text.len();
                open.extend(loads(&path, &text));
            }
        }
        assert!(seen.len() > 2, "{path} loads {seen:?}");
        assert!(bytes < 210_000, "{path} loads {bytes} bytes");
    }
}

/// The scripts of the pages.
fn scripts(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| match path.is_dir() {
        true => scripts(&path),
        false => vec![std::fs::read_to_string(path).unwrap()],
    };
    entries.flat_map(read).collect()
}

/// The texts of the pages, as they stand in `t("…")`.
fn texts() -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for source in scripts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("static/app")) {
        let calls = source.split("t(").zip(source.split("t(").skip(1));
        let calls = calls.filter(|(before, _)| !before.ends_with(|last: char| last.is_alphanumeric()));
        let quoted = calls.filter_map(|(_, rest)| rest.trim_start().strip_prefix('"')?.split('"').next());
        texts.extend(quoted.map(str::to_owned));
    }
    texts
}

#[test]
fn every_text_has_its_chinese_and_no_other_has() {
    let chinese = [
        include_str!("../../static/app/state/chinese.js"),
        include_str!("../../static/app/state/chinese-office.js"),
        include_str!("../../static/app/state/chinese-late.js"),
    ]
    .concat();
    let entries = chinese.split("\n  \"").skip(1).filter_map(|entry| entry.split_once("\":"));
    let translated: BTreeSet<String> = entries.map(|(english, _)| english.to_owned()).collect();
    assert!(translated.len() > 50);
    assert_eq!(texts(), translated);
}

/// What stands for a key in the object of that name in `feedback.js`.
fn words(object: &str) -> Vec<(&'static str, &'static str)> {
    let source = include_str!("../../static/app/parts/feedback.js");
    let (_, rest) = source.split_once(&format!("const {object} = {{")).unwrap();
    let (entries, _) = rest.split_once("};").unwrap();
    let entries = entries.lines().filter_map(|line| line.trim().split_once(": t(\""));
    entries.map(|(key, text)| (key, text.split('"').next().unwrap())).collect()
}

#[test]
fn every_rule_that_the_server_names_has_its_words() {
    let codes: BTreeSet<&str> = Malformed::iter().map(|one| one.rule()).collect();
    assert_eq!(words("rules").into_iter().map(|(code, _)| code).collect::<BTreeSet<_>>(), codes);
    let protocol = include_str!("../../docs/protocol.md");
    assert!(codes.iter().all(|code| protocol.contains(&format!("`{code}`"))));
}

#[test]
fn no_refusal_names_its_field_twice() {
    let chinese = |text: &str| -> String {
        let (_, rest) = include_str!("../../static/app/state/chinese.js")
            .split_once(&format!("\n  \"{text}\":"))
            .expect(text);
        rest.split('"').nth(1).unwrap().to_owned()
    };
    // What breaks these rules comes after `from`.
    let is_possible = |field: &str, rule: &str| field != "from" || !["order", "period"].contains(&rule);
    for (field, name) in words("fields") {
        for (_, words) in words("rules").into_iter().filter(|(rule, _)| is_possible(field, rule)) {
            assert!(!words.to_lowercase().contains(&name.to_lowercase()), "{name} {words}");
            let (name, words) = (chinese(name), chinese(words));
            assert!(!words.contains(&name), "{name}{words}");
        }
    }
}

#[actix_web::test]
async fn the_description_is_shown_with_what_the_server_has_itself() {
    let app = TestApp::start(Database::Sqlite).await;
    let page = reqwest::get(app.url("/docs")).await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{policy}");
    let page = page.text().await.unwrap();
    assert!(!page.contains("<script>") && !page.contains("://"), "{page}");
    for piece in page.split(['"']).filter(|piece| piece.starts_with("/docs/")) {
        let loaded = reqwest::get(app.url(piece)).await.unwrap();
        assert_eq!(loaded.status(), 200, "{piece}");
    }
    assert_eq!(reqwest::get(app.url("/docs/nothing.js")).await.unwrap().status(), 404);
}
