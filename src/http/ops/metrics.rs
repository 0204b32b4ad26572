//! `/metrics`: the figures for Prometheus, with what only the store can tell.

use crate::app::App;
use crate::db::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::http::docs::describe::File;
use crate::http::extract::peer;
use crate::metrics::{Figures, encode};
use crate::mobile::vendor_client::VendorHealth;
use crate::model::{CallStatus, Time};
use crate::store::{alert, call, device, notice, question};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use std::time::Duration;
use subtle::ConstantTimeEq;

/// The text format of Prometheus.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// How long the store has; who asks gives up soon, and wants the other figures then all the more.
const PATIENCE: Duration = Duration::from_secs(2);

/// All figures; to whoever asks, or bears the token that is set.
pub async fn show(request: HttpRequest, app: Data<App>) -> Result<File> {
    admit(&request, &app)?;
    let now = Figures::default();
    let kept = tokio::time::timeout(PATIENCE, app.read(Kept::read)).await;
    let kept = kept.ok().and_then(|kept| kept.inspect_err(log_cause).ok());
    now.gauge("jiayi_store_up", "Whether the store answers.")?.set(kept.is_some().into());
    if let Some(kept) = kept {
        kept.tell(&now)?;
    }
    tell_present(&app, &now)?;
    let text = encode(&[&app.metrics().figures, &now])?;
    Ok(File(HttpResponse::Ok().insert_header((CONTENT_TYPE, FORMAT)).body(text)))
}

fn admit(request: &HttpRequest, app: &App) -> Result<()> {
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

/// What only the store can tell; of the whole service, whatever node is asked.
struct Kept {
    calls: [(CallStatus, i64); 2],
    questions: i64,
    alerts: (i64, Option<Time>),
    notices: (i64, Option<Time>),
    devices: i64,
}

impl Kept {
    fn read(store: &mut AnyConnection) -> Result<Self> {
        let calls = call::list_open(store)?;
        let count = |status| (status, calls.iter().filter(|call| call.status == status).count() as i64);
        Ok(Self {
            calls: [CallStatus::Ringing, CallStatus::Active].map(count),
            questions: question::count_waiting(store)?,
            alerts: alert::count(store)?,
            notices: notice::count(store)?,
            devices: device::count_untold(store)?,
        })
    }

    fn tell(&self, figures: &Figures) -> Result<()> {
        let calls = figures.gauges("jiayi_calls", "Video calls of the service, by state.", &["state"])?;
        for (status, count) in self.calls {
            calls.with_label_values(&[status.as_str()]).set(count);
        }
        figures
            .gauge("jiayi_questions_waiting", "Questions of the service that nobody has answered.")?
            .set(self.questions);
        let waiting = figures.gauges(
            "jiayi_notices_waiting",
            "What waits on the way to mobile notices: pushes that may become one, notices, devices to be told of.",
            &["stage"],
        )?;
        let ((alerts, _), (notices, _)) = (self.alerts, self.notices);
        for (stage, count) in [("alert", alerts), ("notice", notices), ("device", self.devices)] {
            waiting.with_label_values(&[stage]).set(count);
        }
        let oldest = [self.alerts.1, self.notices.1].into_iter().flatten().min();
        figures
            .gauge("jiayi_notices_oldest_seconds", "How long the oldest alert or notice has waited.")?
            .set(oldest.map_or(0, |oldest| (Time::now().millis() - oldest.millis()) / 1000));
        Ok(())
    }
}

/// What is so at the moment.
fn tell_present(app: &App, figures: &Figures) -> Result<()> {
    let load = app.store_load();
    if let Some(waiting) = load.waiting {
        figures
            .gauge("jiayi_store_writes_waiting", "Pieces of work that wait for the one writer.")?
            .set(waiting as i64);
    }
    let pool = figures.gauges("jiayi_store_pool_connections", "Connections of the pool.", &["state"])?;
    pool.with_label_values(&["busy"]).set(load.busy as i64);
    pool.with_label_values(&["idle"]).set((load.connections - load.busy) as i64);
    let vendor = app.vendor().map(|vendor| vendor.health()).and_then(|health| match health {
        VendorHealth::Unknown => None,
        VendorHealth::Healthy => Some(1),
        VendorHealth::Unauthorized => Some(0),
    });
    if let Some(up) = vendor {
        figures
            .gauge("jiayi_notice_vendor_up", "Whether the vendor of mobile notices takes our keys.")?
            .set(up);
    }
    let build = figures.gauges("jiayi_build_info", "Always 1.", &["version"])?;
    build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
    Ok(())
}
