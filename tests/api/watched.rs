//! The figures of nodes: whether they hear each other, what they missed, and what sweeps found.

use crate::across::hear_each_other;
use crate::app::TestApp;
use crate::cluster::{Two, hears_all};
use crate::metrics::Scrape;

/// How many connections another node has, as it tells.
fn told(node: &Scrape) -> f64 {
    let told = [0, 1].map(|slot| format!("jiayi_cluster_connections{{slot=\"{slot}\"}}"));
    told.iter().filter_map(|name| node.samples.get(name)).sum()
}

async fn chores(node: &TestApp) -> f64 {
    node.scrape().await.get("jiayi_cluster_chores")
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_does_not_hear_all_says_so_and_what_sweeps_find_is_counted() {
    let two = Two::start().await;
    hear_each_other(&[&two.one.app, &two.other.app]).await;
    let (resident, mut phone, doctor) = two.people().await;
    two.one.scrape_until(|now| told(now) == 1.0).await;
    assert_eq!(chores(&two.one).await + chores(&two.other).await, 1.0);
    let before = two.other.scrape().await;
    assert_eq!(before.get("jiayi_cluster_hears_all"), 1.0);
    assert!(before.get("jiayi_cluster_lease_age_seconds") < 8.0);
    assert!(before.get("jiayi_cluster_chores_age_seconds") < 8.0);

    two.part();
    two.other.scrape_until(|now| now.get("jiayi_cluster_hears_all") == 0.0).await;
    doctor.writes(&resident, "1").await;
    hears_all(&mut phone, 1..=1).await;
    let deaf = "jiayi_cluster_deaf_seconds_total";
    let apart = two.other.scrape_until(|now| now.rise(&before, deaf) >= 1.0).await;
    assert_eq!(apart.rise(&before, "jiayi_sweep_found_total{what=\"behind\"}"), 1.0);
    assert!(apart.rise(&before, "jiayi_sweeps_total{cause=\"deaf\"}") >= 1.0);
    assert_eq!(apart.rise(&before, "jiayi_cluster_gaps_total"), 0.0);

    two.network.part([]);
    hear_each_other(&[&two.one.app, &two.other.app]).await;
    let after =
        two.other.scrape_until(|now| now.rise(&apart, "jiayi_sweeps_total{cause=\"gap\"}") >= 1.0).await;
    assert_eq!(after.rise(&apart, "jiayi_cluster_gaps_total"), 1.0);
    assert_eq!(after.get("jiayi_cluster_hears_all"), 1.0);
}
