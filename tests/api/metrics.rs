//! The figures for Prometheus: each rises by exactly what was done, and none names anybody.

use crate::alerts::{PHONE, away, notified, proper, settled, start, vendor::Vendor, with_a_vendor};
use crate::app::{Database, TestApp, verdict};
use crate::on_both_databases;
use crate::people::Connection;
use crate::socketio::{Client, Way};
use diesel::prelude::*;
use jiayi::config::Config;
use jiayi::config::secret::Secret;
use jiayi::error::Error;
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The figures of one moment, by name and labels as they are written.
pub struct Scrape {
    text: String,
    pub samples: BTreeMap<String, f64>,
}

impl TestApp {
    /// What happens on one node alone is counted there, so that of two the greater figure is right.
    pub async fn scrape(&self) -> Scrape {
        let mut own = self.scrape_one().await;
        if let Some(other) = &self.other {
            for (name, figure) in other.scrape_one().await.samples {
                let greater = own.samples.get(&name).map_or(figure, |own| own.max(figure));
                own.samples.insert(name, greater);
            }
        }
        own
    }

    async fn scrape_one(&self) -> Scrape {
        let response = reqwest::get(self.url("/metrics")).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        let text = response.text().await.unwrap();
        let samples = parse(&text);
        Scrape { text, samples }
    }

    /// The figures once `settled` says that what is under way has come to its end.
    pub async fn scrape_until(&self, settled: impl Fn(&Scrape) -> bool) -> Scrape {
        for _ in 0..400 {
            let scrape = self.scrape().await;
            if settled(&scrape) {
                return scrape;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("the figures never came to what was awaited");
    }
}

/// Changes the store behind the server's back.
async fn alter(app: &TestApp, statement: &'static str) {
    let altered =
        app.app.write(move |tx| diesel::sql_query(statement).execute(&mut **tx).map_err(Error::from));
    altered.await.unwrap();
}

impl Scrape {
    /// A figure that must be there.
    pub fn get(&self, sample: &str) -> f64 {
        *self.samples.get(sample).unwrap_or_else(|| panic!("no {sample} in\n{}", self.text))
    }

    /// By how much a figure has risen since; one that was not there was 0.
    pub fn rise(&self, before: &Scrape, sample: &str) -> f64 {
        self.get(sample) - before.samples.get(sample).unwrap_or(&0.0)
    }
}

/// Reads every line by the grammar of the format; what does not fit it fails.
fn parse(text: &str) -> BTreeMap<String, f64> {
    let (mut kinds, mut helped) = (HashMap::new(), HashSet::new());
    let mut samples = BTreeMap::new();
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').unwrap();
            assert!(is_name(name) && !words.is_empty() && helped.insert(name), "{line}");
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(helped.contains(name) && kinds.insert(name, kind).is_none(), "{line}");
        } else {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            let name = sample.split('{').next().unwrap();
            let parts = ["_bucket", "_sum", "_count"];
            let base = parts.iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name);
            let kind = kinds.get(name).or_else(|| kinds.get(base).filter(|kind| **kind == "histogram"));
            let kind = kind.unwrap_or_else(|| panic!("{line}: of no type"));
            assert_eq!(*kind == "counter", name.ends_with("_total"), "{line}");
            assert!(is_name(name) && are_labels(&sample[name.len()..]), "{line}");
            let value = value.parse().unwrap_or_else(|_| panic!("{line}: no number"));
            assert!(samples.insert(sample.to_owned(), value).is_none(), "{line}: twice");
        }
    }
    samples
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && text.starts_with(|first: char| first.is_ascii_lowercase())
}

/// Nothing, or `{name="value",…}`; no value of ours has to be escaped.
fn are_labels(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix("\"}")) else {
        return text.is_empty();
    };
    inner.split("\",").all(|pair| {
        pair.split_once("=\"").is_some_and(|(name, value)| is_name(name) && !value.contains(['"', '\\']))
    })
}

fn with_token(config: &mut Config) {
    config.metrics_token = Some(Secret("north-of-the-river".to_owned()));
}

const REQUESTS: &str = "jiayi_http_requests_total";

on_both_databases! {
    async fn requests_are_counted_by_their_address_and_never_by_what_was_asked_for(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let before = app.scrape().await;
        for _ in 0..3 {
            resident.writes(&doctor, "好些了").await;
        }
        resident.post("alonechat/send", json!({ "touid": "nobody" })).await;
        resident.get("secret-of-resident1").await;
        app.post("/user/alonechat/send", json!({})).await;
        app.post("/healthz", json!({})).await;
        reqwest::get(app.url("/static/style.css?of=resident1")).await.unwrap();
        reqwest::get(app.url("/nowhere/resident1")).await.unwrap();
        let after = app.scrape().await;
        for (count, route, method, status) in [
            (3.0, "/user/alonechat/send", "POST", 200),
            (1.0, "/user/alonechat/send", "POST", 400),
            (1.0, "/user/alonechat/send", "POST", 401),
            (1.0, "/healthz", "POST", 405),
            (1.0, "/static/{file:.+}", "GET", 200),
            (1.0, "none", "GET", 404),
            (1.0, "none", "GET", 401),
            (1.0, "/metrics", "GET", 200),
        ] {
            let sample = format!("{REQUESTS}{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}");
            assert_eq!(after.rise(&before, &sample), count, "{sample}");
        }
        let took = "jiayi_http_request_duration_seconds_count{method=\"POST\",route=\"/user/alonechat/send\"}";
        assert_eq!(after.rise(&before, took), 5.0);
        assert!(!after.text.contains("resident1"), "what was asked for shows");
    }

    async fn pushes_are_counted_when_they_are_committed_sent_and_replayed(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut desk = doctor.connect("desk").await;
        let before = app.scrape().await;
        resident.writes(&doctor, "一").await;
        resident.writes(&doctor, "二").await;
        desk.hear("S2C_ALONECHAT_PUSH").await;
        let newest = desk.hear("S2C_ALONECHAT_PUSH").await["seq"].as_i64().unwrap();
        desk.close().await;
        resident.writes(&doctor, "三").await;
        let (mut desk, _) = doctor.connect_since("desk", Some(newest - 1)).await;
        desk.hear("S2C_ALONECHAT_PUSH").await;
        desk.hear("S2C_ALONECHAT_PUSH").await;
        let after = app.scrape().await;
        let of_chat = |name: &str| format!("{name}{{type=\"S2C_ALONECHAT_PUSH\"}}");
        assert_eq!(after.rise(&before, &of_chat("jiayi_pushes_committed_total")), 3.0);
        assert_eq!(after.rise(&before, &of_chat("jiayi_pushes_sent_total")), 4.0);
        assert_eq!(after.rise(&before, "jiayi_pushes_replayed_total"), 2.0);
        assert_eq!(after.rise(&before, "jiayi_words_sent_total{type=\"S2C_REGISTER_RES\"}"), 1.0);
    }

    async fn connections_are_counted_while_they_are_there_and_by_what_ended_them(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let stand = |role: &str| format!("jiayi_connections{{role=\"{role}\",transport=\"websocket\"}}");
        let ended = |why: &str| {
            format!("jiayi_connections_closed_total{{reason=\"{why}\",transport=\"websocket\"}}")
        };
        let stranger = Connection::open(&app.ws_url()).await;
        let mut phone = resident.connect("phone").await;
        let desk = doctor.connect("desk").await;
        let open = app.scrape_until(|now| now.get(&stand("none")) == 1.0).await;
        assert_eq!((open.get(&stand("user")), open.get(&stand("doctor"))), (1.0, 1.0));
        let mut tablet = resident.connect("tablet").await;
        assert_eq!(phone.close_code().await, Some(4001));
        resident.posts("logout", json!({})).await;
        assert_eq!(tablet.close_code().await, Some(4003));
        desk.close().await;
        stranger.drop_dead();
        let gone = |now: &Scrape| {
            ["none", "user", "doctor", "admin"].iter().all(|role| now.get(&stand(role)) == 0.0)
        };
        let after = app.scrape_until(gone).await;
        for (why, count) in [("different_connection", 1.0), ("token_void", 1.0), ("client", 2.0)] {
            assert_eq!(after.get(&ended(why)), count, "{why}");
        }
    }

    async fn connections_of_socketio_are_counted_as_such(app: TestApp) {
        let doctor = app.login("doctor1").await;
        let stand = "jiayi_connections{role=\"doctor\",transport=\"socketio\"}";
        let (mut desk, _) = Client::register(&app, (4, Way::WebSocket), &doctor, "desk", None).await;
        assert_eq!(app.scrape().await.get(stand), 1.0);
        let _tablet = doctor.connect("tablet").await;
        desk.hear("S2C_DIFFERENT_CONNECTION").await;
        let after = app.scrape_until(|now| now.get(stand) == 0.0).await;
        let ended = "jiayi_connections_closed_total{reason=\"different_connection\",transport=\"socketio\"}";
        assert_eq!(after.get(ended), 1.0);
    }

    async fn envelopes_are_counted_by_the_commands_of_the_contract(app: TestApp) {
        let mut desk = app.login("doctor1").await.connect("desk").await;
        let before = app.scrape().await;
        desk.say("C2S_SYNC_REQ", json!({ "since": 0 })).await;
        while desk_heard(&mut desk).await != "S2C_SYNC_RES" {}
        desk.say("C2S_ACK", json!({ "seq": "x" })).await;
        desk.refused("FA_PARAM").await;
        desk.say("C2S_OF_DOCTOR1", json!({})).await;
        desk.refused("FA_PARAM").await;
        let after = app.scrape().await;
        let received = |kind: &str| format!("jiayi_envelopes_received_total{{type=\"{kind}\"}}");
        for (kind, count) in [("C2S_SYNC_REQ", 1.0), ("C2S_ACK", 1.0), ("other", 1.0), ("C2S_READ", 0.0)] {
            assert_eq!(after.rise(&before, &received(kind)), count, "{kind}");
        }
        assert_eq!(after.rise(&before, "jiayi_envelopes_refused_total{code=\"FA_PARAM\"}"), 2.0);
        assert!(!after.text.contains("C2S_OF_DOCTOR1"), "what a client made up shows");
    }

    async fn logins_are_counted_by_what_became_of_them(app: TestApp) {
        let before = app.scrape().await;
        app.login("doctor2").await;
        let wrong = json!({ "account": "doctor1", "password": "wrong-password" });
        for _ in 0..6 {
            app.post("/doctor/login", wrong.clone()).await;
        }
        let after = app.scrape().await;
        for (outcome, count) in [("admitted", 1.0), ("refused", 5.0), ("throttled", 1.0), ("failed", 0.0)] {
            let sample = format!("jiayi_logins_total{{outcome=\"{outcome}\",role=\"doctor\"}}");
            assert_eq!(after.rise(&before, &sample), count, "{outcome}");
        }
    }

    async fn the_store_tells_of_its_commits_and_of_what_waits(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let before = app.scrape().await;
        resident.writes(&doctor, "头疼").await;
        resident.posts("videoCall/invite", json!({ "touid": doctor.uid })).await;
        let after = app.scrape().await;
        let batches = "jiayi_store_commit_batch_size_sum";
        assert!(after.rise(&before, batches) >= 2.0, "two pieces of work were committed");
        assert!(after.rise(&before, "jiayi_store_commit_duration_seconds_count") >= 1.0);
        assert_eq!(after.get("jiayi_store_up"), 1.0);
        assert_eq!(after.get("jiayi_calls{state=\"ringing\"}"), 1.0);
        assert_eq!(after.get("jiayi_calls{state=\"active\"}"), 0.0);
        assert_eq!(after.rise(&before, "jiayi_questions_waiting"), 1.0);
        assert_eq!(after.get("jiayi_notices_waiting{stage=\"alert\"}"), 0.0);
        let busy = after.get("jiayi_store_pool_connections{state=\"busy\"}");
        assert_eq!(busy + after.get("jiayi_store_pool_connections{state=\"idle\"}"), 8.0);
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(after.get(&format!("jiayi_build_info{{version=\"{version}\"}}")), 1.0);
    }

    async fn how_far_the_index_of_words_is_behind_shows(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let lag = "jiayi_search_lag_seconds";
        resident.writes(&doctor, "头疼").await;
        app.scrape_until(|now| now.get(lag) == 0.0).await;
        alter(&app, "ALTER TABLE search_entry RENAME TO mislaid").await;
        resident.writes(&doctor, "头很疼").await;
        app.scrape_until(|now| now.get(lag) >= 1.0).await;
        alter(&app, "ALTER TABLE mislaid RENAME TO search_entry").await;
        app.scrape_until(|now| now.get(lag) == 0.0).await;
    }

    async fn a_store_that_does_not_answer_leaves_the_other_figures(app: TestApp) {
        let admin = app.login("admin").await;
        alter(&app, "ALTER TABLE notice RENAME TO mislaid").await;
        let broken = app.scrape().await;
        assert_eq!(broken.get("jiayi_store_up"), 0.0);
        assert!(!broken.text.contains("jiayi_calls") && !broken.text.contains("mislaid"));
        assert!(broken.get("jiayi_pushes_replayed_total") == 0.0, "what is counted is there");
        assert_eq!(verdict(&admin.get("push/stats").await), (500, "FA_SYS"));
        alter(&app, "ALTER TABLE mislaid RENAME TO notice").await;
        let mended = app.scrape().await;
        assert_eq!(mended.get("jiayi_store_up"), 1.0);
        let failed = format!("{REQUESTS}{{method=\"GET\",route=\"/admin/push/stats\",status=\"500\"}}");
        assert_eq!(mended.get(&failed), 1.0);
        assert_eq!(admin.gets("stats").await["errors"], 1);
    }

    async fn no_figure_names_anybody(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut phone = resident.connect("phone-of-resident1").await;
        let sent = doctor.writes(&resident, "按时吃药").await;
        phone.hear("S2C_ALONECHAT_PUSH").await;
        let room = sent["roomid"].as_str().unwrap();
        let group = json!({ "name": "慢病小组", "members": [resident.uid] });
        let group = doctor.posts("discussion/create", group).await["roomid"].as_str().unwrap().to_owned();
        resident.gets(&format!("dialog/list?roomid={room}")).await;
        resident.get(&format!("dialog/list/{room}")).await;
        resident.get(&format!("/file/{}", resident.uid)).await;
        app.post(&format!("/{}/login", resident.uid), json!({})).await;
        let text = app.scrape().await.text;
        for secret in [
            &*resident.uid, &*doctor.uid, &*resident.name, &*doctor.name, &*resident.token, room, &*group,
            "phone-of-resident1", "resident1", "慢病小组", "127.0.0.1",
        ] {
            assert!(!text.contains(secret), "{secret} shows");
        }
    }

    async fn with_a_token_set_the_figures_are_for_its_bearer(app: TestApp with with_token) {
        let admin = app.login("admin").await;
        let ask = async |token: Option<&str>| {
            let request = reqwest::Client::new().get(app.url("/metrics"));
            let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
            let response = request.send().await.unwrap();
            (response.status().as_u16(), response.text().await.unwrap())
        };
        for wrong in [None, Some(""), Some("north-of-the-rive"), Some("north-of-the-river1"), Some(&*admin.token)] {
            let (status, text) = ask(wrong).await;
            assert_eq!(status, 401, "{wrong:?}");
            assert!(text.contains("FA_AUTH") && !text.contains("jiayi_"), "{text}");
        }
        let (status, text) = ask(Some("north-of-the-river")).await;
        assert_eq!(status, 200);
        assert!(text.contains("jiayi_store_up 1") && !text.contains("north-of-the-river"));
    }
}

with_a_vendor! {
    async fn notices_are_counted_by_what_became_of_them(app, vendor) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let accepted = "jiayi_notices_total{outcome=\"accepted\"}";
        assert_eq!(app.scrape().await.get(accepted), 0.0);
        away(vendor, &doctor, PHONE).await;
        resident.writes(&doctor, "头疼").await;
        notified(vendor, &doctor, 1).await;
        settled(app).await;
        let after = app.scrape_until(|now| now.get(accepted) == 1.0).await;
        assert_eq!(after.get("jiayi_notice_delay_seconds_count"), 1.0);
        assert_eq!(after.get("jiayi_notice_vendor_up"), 1.0);
        for stage in ["alert", "notice", "device"] {
            assert_eq!(after.get(&format!("jiayi_notices_waiting{{stage=\"{stage}\"}}")), 0.0, "{stage}");
        }
    }
}

async fn desk_heard(desk: &mut Connection) -> String {
    match desk.next().await {
        crate::people::Heard::Envelope(envelope) => envelope["type"].as_str().unwrap().to_owned(),
        crate::people::Heard::Closed(frame) => panic!("closed with {frame:?}"),
    }
}
