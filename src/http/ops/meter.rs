//! Counts every request by its address in the table, and measures how long its answer takes.
//!
//! What a client wrote as the address is counted by only where it is such an address.

use crate::app::App;
use crate::http::docs::table::Table;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

/// What is asked for where there is nothing.
const NOWHERE: &str = "none";

/// Knows every address of the tables, so that none need be searched for at a request.
pub struct Meter {
    app: App,
    routes: HashSet<String>,
}

impl Meter {
    /// For the addresses of these tables, and that of Socket.IO.
    pub fn new(app: App, tables: &[Table]) -> Self {
        let paths = tables.iter().flat_map(Table::endpoints).map(|endpoint| endpoint.path.clone());
        Self { app, routes: paths.chain(["/socket.io/".to_owned()]).collect() }
    }

    /// Lets a request through and counts it.
    pub async fn measure<B: MessageBody>(
        self: Arc<Self>,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<B>, Error> {
        let (begun, method) = (Instant::now(), name(request.method()));
        let known = self.routes.get(request.path()).map(String::as_str);
        // Pages and files, whose addresses are patterns.
        let pattern = if known.is_none() { request.match_pattern() } else { None };
        let answer = next.call(request).await;
        let status = match &answer {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        let route = known.or(pattern.as_deref()).unwrap_or(NOWHERE);
        self.app.metrics().requests.answered(route, method, status.as_str(), begun.elapsed());
        answer
    }
}

/// The method, of which a client may make up others.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
