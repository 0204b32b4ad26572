//! What happens around every request: it gets an id, it is counted and timed by its address in the
//! table, and it is logged where the server fails it.
//!
//! What a client wrote as the address is counted and logged only where it is such an address.

use crate::app::App;
use crate::logs;
use crate::model::RequestId;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

/// The route of a request whose address is not in the table.
const NO_ROUTE: &str = "none";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Watches every request. It knows all paths, so that none need be searched for at a request.
pub struct Observer {
    app: App,
    paths: HashSet<String>,
}

impl Observer {
    /// For requests to these paths.
    pub fn new(app: App, paths: HashSet<String>) -> Self {
        Self { app, paths }
    }

    /// Passes a request on and watches what becomes of it.
    pub async fn observe<B: MessageBody>(
        self: Arc<Self>,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<B>, Error> {
        let id = request_id(&request);
        logs::within_request(id.clone(), self.answer(&id, request, next)).await
    }

    async fn answer<B: MessageBody>(
        &self,
        id: &RequestId,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<B>, Error> {
        let (begun, method, route) = (Instant::now(), name(request.method()), self.route(&request));
        let answer = next.call(request).await;
        let (status, error) = match &answer {
            Ok(response) => (response.status(), response.response().error()),
            Err(error) => (error.as_response_error().status_code(), Some(error)),
        };
        self.count(&Answered { method, route: &route, status, begun });
        if let Some(error) = error.and_then(Error::as_error::<crate::error::Error>) {
            error.log_for_request(id, &format!("a request failed: {method} {route}"));
        }
        let id = HeaderValue::from_str(id.as_str())?;
        edit_headers(answer, |headers| {
            headers.insert(REQUEST_ID, id);
        })
    }

    /// The address in the table that the request is for.
    fn route(&self, request: &ServiceRequest) -> Cow<'_, str> {
        match self.paths.get(request.path()) {
            Some(path) => path.into(),
            // Pages and files, whose addresses are patterns.
            None => request.match_pattern().map_or(NO_ROUTE.into(), Cow::from),
        }
    }

    fn count(&self, Answered { method, route, status, begun }: &Answered<'_>) {
        let after = begun.elapsed();
        self.app.metrics().requests.answered(route, method, status.as_str(), after);
        let (status, ms) = (status.as_u16(), after.as_millis() as u64);
        log::debug!(target: ACCESS, method = *method, route = *route, status = status, ms = ms; "answered");
    }
}

/// What the log calls the lines of requests, so that one can have these alone.
const ACCESS: &str = "jiayi::access";

struct Answered<'a> {
    method: &'static str,
    route: &'a str,
    status: StatusCode,
    begun: Instant,
}

/// The id that the client or a proxy chose, if it is fit to stand in a log; otherwise a new one.
fn request_id(request: &ServiceRequest) -> RequestId {
    let chosen = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    chosen.and_then(|id| RequestId::try_from(id).ok()).unwrap_or_default()
}

/// The same answer with other headers, also where it is an error.
pub fn edit_headers<B>(
    answer: Result<ServiceResponse<B>, Error>,
    edit: impl FnOnce(&mut HeaderMap),
) -> Result<ServiceResponse<B>, Error> {
    match answer {
        Ok(mut response) => {
            edit(response.headers_mut());
            Ok(response)
        }
        Err(error) => {
            let mut response = error.error_response();
            edit(response.headers_mut());
            Err(InternalError::from_response(error, response).into())
        }
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
