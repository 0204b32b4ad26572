//! Nodes whose slots are set, as a balancer needs it that leads the polls of Socket.IO by them.

use crate::across::hear_each_other;
use crate::app::{Database, TestApp, verdict};
use jiayi::cluster::carrier::Carrier;
use jiayi::cluster::memory::{Faults, Network};
use jiayi::config::Config;
use jiayi::config::cluster::ClusterSettings;
use serde_json::{Value, json};
use std::time::Duration;

/// A node in this slot, over a new database or that of another node.
async fn start(network: &Network, slot: u8, beside: Option<&TestApp>) -> TestApp {
    let url = beside.map(|app| app.app.config().database_url.clone());
    let settings = json!({ "node": format!("node{slot}"), "slot": slot, "nats": [] });
    let settle = |config: &mut Config| {
        config.cluster = Some(serde_json::from_value::<ClusterSettings>(settings).unwrap());
        config.database_url = url.unwrap_or_else(|| config.database_url.clone());
    };
    TestApp::start_on(Database::Postgres, settle, Some(Carrier::Memory(network.clone()))).await
}

/// Opens a session over polling; returns its id.
async fn open(app: &TestApp) -> String {
    let body = reqwest::get(app.engine(4, "polling")).await.unwrap().text().await.unwrap();
    let open: Value = serde_json::from_str(body.strip_prefix('0').unwrap()).unwrap();
    open["sid"].as_str().unwrap().to_owned()
}

/// Posts what opens the main namespace.
async fn join(app: &TestApp, sid: &str) -> (u16, String) {
    let url = format!("{}&sid={sid}", app.engine(4, "polling"));
    let response = reqwest::Client::new().post(url).body("40").send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn readiness(app: &TestApp) -> (u16, Value) {
    crate::app::answer(reqwest::Client::new().get(app.url("/readyz"))).await
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn ids_of_polls_begin_with_the_slot_and_another_node_does_not_know_them() {
    let network = Network::new(11, Faults::default());
    let one = start(&network, 5, None).await;
    let other = start(&network, 42, Some(&one)).await;
    hear_each_other(&[&one.app, &other.app]).await;
    for (here, there, slot) in [(&one, &other, "05"), (&other, &one, "42")] {
        assert_eq!(readiness(here).await.0, 200);
        let sid = open(here).await;
        assert!(sid.starts_with(slot), "{sid}");
        let (status, body) = join(there, &sid).await;
        assert_eq!((status, body.contains(r#""code":1"#)), (400, true), "{body}");
        assert_eq!(join(here, &sid).await.0, 200);
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_waits_for_its_slot_is_not_ready() {
    let network = Network::new(11, Faults::default());
    let one = start(&network, 5, None).await;
    hear_each_other(&[&one.app]).await;
    let next = start(&network, 5, Some(&one)).await;
    assert_eq!(verdict(&readiness(&next).await), (503, "FA_OVERLOAD"));
    assert!(open(&next).await.starts_with("--"), "no balancer leads there");
    one.stop().await;
    while readiness(&next).await.0 != 200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(open(&next).await.starts_with("05"));
}
