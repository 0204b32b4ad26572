//! The HTTP requests of Engine.IO: which request does what, and what it is answered.

mod cors;
mod elsewhere;
pub(crate) mod error;
pub(super) mod polling;
mod query;
mod websocket;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode},
    web::Payload,
};

use self::{
    error::RequestError,
    query::{Query, TransportName},
};
use super::{application::EngineApplication, server::EngineIo};

impl<A: EngineApplication> EngineIo<A> {
    pub(super) async fn respond(&self, request: HttpRequest, payload: Payload) -> HttpResponse {
        let origin = match cors::allowed_origin(&request, &self.options.origins) {
            Ok(origin) => origin,
            Err(error) => return error.response(),
        };
        let mut response = if *request.method() == Method::OPTIONS {
            HttpResponse::new(StatusCode::NO_CONTENT)
        } else {
            let answer = self.route(&request, payload).await;
            answer.unwrap_or_else(RequestError::response)
        };
        cors::add_headers(origin, response.headers_mut());
        response
    }

    async fn route(&self, request: &HttpRequest, payload: Payload) -> Result<HttpResponse, RequestError> {
        let query = Query::parse(request, self.options.transports)?;
        let entry = match &query.session {
            Some(id) => match self.sessions.find(id) {
                Some(entry) => Some(entry),
                None => return self.forward(request, payload, query.transport, id).await,
            },
            None => None,
        };
        if entry.is_some() {
            self.application.recognized(request);
        }
        match (query.transport, request.method(), entry) {
            (TransportName::Polling, &Method::GET, Some(entry)) => polling::poll(entry).await,
            (TransportName::Polling, &Method::POST, Some(entry)) => {
                polling::post(entry, request, payload, &self.options).await
            }
            (TransportName::Polling, &Method::GET, None) => self.open_polling(request, query),
            (TransportName::WebSocket, &Method::GET, Some(entry)) => self.upgrade(entry, request),
            (TransportName::WebSocket, &Method::GET, None) => self.open_websocket(request, query),
            (_, _, None) => Err(RequestError::BadMethod),
            (_, _, Some(_)) => Err(RequestError::BadRequest),
        }
    }
}
