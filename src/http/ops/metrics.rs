//! `/metrics`: the metrics for Prometheus, with those that only the store knows.

use crate::app::App;
use crate::db::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::http::extract::peer;
use crate::http::extract::response::File;
use crate::logs;
use crate::metrics::{MetricSet, encode};
use crate::mobile::vendor_client::VendorHealth;
use crate::model::{CallStatus, Time};
use crate::store::search::index;
use crate::store::{alert, call, chore, device_alias, notice, question};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use std::time::Duration;
use subtle::ConstantTimeEq;

/// The text format of Prometheus.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// How long the store may take. Prometheus gives up soon, and needs the other metrics then all the more.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers with all metrics; if `metrics_token` is set, only to whoever bears it.
pub async fn show(request: HttpRequest, app: Data<App>) -> Result<File> {
    authorize(&request, &app)?;
    let now = MetricSet::default();
    let is_node = app.is_node();
    let kept = tokio::time::timeout(PATIENCE, app.read(move |store| FromStore::read(store, is_node))).await;
    let kept = kept.ok().and_then(|kept| kept.inspect_err(log_cause).ok());
    now.gauge("jiayi_store_up", "Whether the store answers.")?.set(kept.is_some().into());
    if let Some(kept) = kept {
        kept.register(&now)?;
    }
    register_present(&app, &now)?;
    register_backups(&app, &now).await?;
    let text = encode(&[&app.metrics().set, &now])?;
    Ok(File(HttpResponse::Ok().insert_header((CONTENT_TYPE, FORMAT)).body(text)))
}

fn authorize(request: &HttpRequest, app: &App) -> Result<()> {
    let Some(wanted) = &app.config().metrics_token else { return Ok(()) };
    let borne = peer::bearer(request).unwrap_or_default();
    match borne.as_bytes().ct_eq(wanted.0.as_bytes()).into() {
        true => Ok(()),
        false => Err(Error::Auth("the figures are for who bears metrics_token")),
    }
}

fn log_cause(error: &Error) {
    error.log("/metrics: the store does not answer");
}

/// What only the store knows: of the whole service, whichever node is asked.
struct FromStore {
    calls: [(CallStatus, i64); 2],
    questions: i64,
    alerts: (i64, Option<Time>),
    notices: (i64, Option<Time>),
    devices: i64,
    unindexed: Duration,
    chores: Option<Duration>,
}

impl FromStore {
    fn read(store: &mut AnyConnection, is_node: bool) -> Result<Self> {
        let calls = call::list_open(store)?;
        let count = |status| (status, calls.iter().filter(|call| call.status == status).count() as i64);
        Ok(Self {
            calls: [CallStatus::Ringing, CallStatus::Active].map(count),
            questions: question::count_waiting(store)?,
            alerts: alert::count(store)?,
            notices: notice::count(store)?,
            devices: device_alias::count_untold(store)?,
            unindexed: index::lag(store)?,
            chores: if is_node { chore::age(store)? } else { None },
        })
    }

    fn register(&self, set: &MetricSet) -> Result<()> {
        let calls = set.gauges("jiayi_calls", "Video calls of the service, by state.", &["state"])?;
        for (status, count) in self.calls {
            calls.with_label_values(&[status.as_str()]).set(count);
        }
        set.gauge("jiayi_questions_waiting", "Questions of the service that nobody has answered.")?
            .set(self.questions);
        let waiting = set.gauges(
            "jiayi_notices_waiting",
            "What waits on the way to mobile notices: pushes that may become one, notices, devices to be told of.",
            &["stage"],
        )?;
        let ((alerts, _), (notices, _)) = (self.alerts, self.notices);
        for (stage, count) in [("alert", alerts), ("notice", notices), ("device", self.devices)] {
            waiting.with_label_values(&[stage]).set(count);
        }
        let oldest = [self.alerts.1, self.notices.1].into_iter().flatten().min();
        set.gauge("jiayi_notices_oldest_seconds", "How long the oldest alert or notice has waited.")?
            .set(oldest.map_or(0, |oldest| (Time::now().millis() - oldest.millis()) / 1000));
        set.gauge("jiayi_search_lag_seconds", "Age of the oldest message that search has no index of yet.")?
            .set(self.unindexed.as_secs() as i64);
        if let Some(age) = self.chores {
            let help = "Seconds since the lease of what one node does for all was renewed.";
            set.gauge("jiayi_cluster_chores_age_seconds", help)?.set(age.as_secs() as i64);
        }
        Ok(())
    }
}

/// Registers what holds at this moment on this node.
fn register_present(app: &App, set: &MetricSet) -> Result<()> {
    let load = app.store_load();
    set.gauge("jiayi_store_writes_waiting", "Pieces of work that wait to be written.")?
        .set(load.waiting as i64);
    let pool = set.gauges("jiayi_store_pool_connections", "Connections of the pool.", &["state"])?;
    pool.with_label_values(&["busy"]).set(load.busy as i64);
    pool.with_label_values(&["idle"]).set((load.connections - load.busy) as i64);
    set.counter("jiayi_peer_faults_total", "Broken requests and frames that libraries reported.")?
        .inc_by(logs::peer_faults());
    let vendor = app.vendor().map(|vendor| vendor.health()).and_then(|health| match health {
        VendorHealth::Unknown => None,
        VendorHealth::Healthy => Some(1),
        VendorHealth::Unauthorized => Some(0),
    });
    if let Some(up) = vendor {
        set.gauge("jiayi_notice_vendor_up", "Whether the vendor of mobile notices takes our keys.")?.set(up);
    }
    if app.is_node() {
        register_node(app, set)?;
    }
    let build = set.gauges("jiayi_build_info", "Always 1.", &["version"])?;
    build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
    Ok(())
}

/// Registers what is in the folder of backups, where there is one that can be read in time.
async fn register_backups(app: &App, set: &MetricSet) -> Result<()> {
    let Some((count, age)) = app.count_backups().await else { return Ok(()) };
    set.gauge("jiayi_backups", "Backups of this database in backup_folder.")?.set(count as i64);
    if let Some(age) = age {
        set.gauge("jiayi_backup_age_seconds", "How old the newest backup in backup_folder is.")?
            .set(age.as_secs() as i64);
    }
    Ok(())
}

/// Registers how this node stands among the others.
fn register_node(app: &App, set: &MetricSet) -> Result<()> {
    set.gauge("jiayi_cluster_hears_all", "Whether this node hears all others that live.")?
        .set(app.trusts_memory().into());
    set.gauge("jiayi_cluster_chores", "Whether this node does what one does for all.")?
        .set(app.does_chores().into());
    set.gauge("jiayi_cluster_questions_waiting", "Questions to other nodes that wait for their answers.")?
        .set(app.questions_waiting() as i64);
    if let Some(age) = app.lease_age() {
        set.gauge("jiayi_cluster_lease_age_seconds", "Seconds since this node's lease was renewed.")?
            .set(age.as_secs() as i64);
    }
    Ok(())
}
