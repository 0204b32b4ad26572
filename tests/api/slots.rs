//! Nodes whose slots are set, as a balancer needs it that leads the polls of Socket.IO by them. What becomes of polls that are
//! led elsewhere is in `polls_elsewhere`.

use crate::across::hear_each_other;
use crate::app::{Database, TestApp, verdict};
use jiayi::cluster::carrier::Carrier;
use jiayi::cluster::memory::{Faults, Network};
use jiayi::config::Config;
use jiayi::config::cluster::ClusterSettings;
use serde_json::{Value, json};
use std::time::Duration;

/// A node in this slot, over a new database or that of another node.
pub async fn start(network: &Network, slot: u8, beside: Option<&TestApp>) -> TestApp {
    start_with(network, slot, beside, |_| ()).await
}

/// The same with other settings.
pub async fn start_with(
    network: &Network,
    slot: u8,
    beside: Option<&TestApp>,
    more: impl Fn(&mut Config),
) -> TestApp {
    let url = beside.map(|app| app.app.config().database_url.clone());
    let settings = json!({ "node": format!("node{slot}"), "slot": slot, "nats": [] });
    let settle = |config: &mut Config| {
        config.cluster = Some(serde_json::from_value::<ClusterSettings>(settings).unwrap());
        config.database_url = url.unwrap_or_else(|| config.database_url.clone());
        more(config);
    };
    TestApp::start_on(Database::Postgres, settle, Some(Carrier::Memory(network.clone()))).await
}

/// Opens a session over polling; returns its id.
pub async fn open(app: &TestApp) -> String {
    let body = reqwest::get(app.engine(4, "polling")).await.unwrap().text().await.unwrap();
    let open: Value = serde_json::from_str(body.strip_prefix('0').unwrap()).unwrap();
    open["sid"].as_str().unwrap().to_owned()
}

async fn readiness(app: &TestApp) -> (u16, Value) {
    crate::app::answer(reqwest::Client::new().get(app.url("/readyz"))).await
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn ids_of_polls_begin_with_the_slot() {
    let network = Network::new(11, Faults::default());
    let one = start(&network, 5, None).await;
    let other = start(&network, 42, Some(&one)).await;
    hear_each_other(&[&one.app, &other.app]).await;
    for (here, slot) in [(&one, "05"), (&other, "42")] {
        assert_eq!(readiness(here).await.0, 200);
        let sid = open(here).await;
        assert!(sid.starts_with(slot), "{sid}");
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
