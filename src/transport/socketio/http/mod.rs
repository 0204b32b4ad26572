//! The HTTP face of a server: which request does what. Sessions live in [`super::engine`].

pub mod client;
mod cors;
mod polling;
mod query;
mod websocket;

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode},
    web::{self, Payload, ServiceConfig},
};

use self::query::{Query, Transport};
use super::{engine::sessions::Sessions, error::RequestError, handshake::Service, options::Options};

/// One server: clones share its sessions, and each worker has one.
pub struct Server<S: Service> {
    service: S,
    options: Arc<Options>,
    sessions: Arc<Sessions<S::Channel>>,
}

impl<S: Service> Clone for Server<S> {
    fn clone(&self) -> Self {
        Server {
            service: self.service.clone(),
            options: Arc::clone(&self.options),
            sessions: Arc::clone(&self.sessions),
        }
    }
}

impl<S: Service> Server<S> {
    /// A server without sessions.
    pub fn new(service: S, options: Options) -> Self {
        Server { service, options: Arc::new(options), sessions: Arc::default() }
    }

    /// Mounts it at `path`, which has no slash at its end.
    pub fn configure(&self, path: &str, config: &mut ServiceConfig) {
        for path in [path.to_owned(), format!("{path}/")] {
            let server = self.clone();
            let handler = move |request: HttpRequest, payload: Payload| {
                let server = server.clone();
                async move { server.handle(request, payload).await }
            };
            config.service(web::resource(path).to(handler));
        }
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.sessions.len()
    }

    /// Ends all connections and refuses new ones.
    pub fn close(&self) {
        self.sessions.close();
    }

    async fn handle(&self, request: HttpRequest, payload: Payload) -> HttpResponse {
        let origin = match cors::admit(&request, &self.options.origins) {
            Ok(origin) => origin,
            Err(error) => return error.response(),
        };
        let mut response = if *request.method() == Method::OPTIONS {
            HttpResponse::new(StatusCode::NO_CONTENT)
        } else {
            let answer = self.route(&request, payload).await;
            answer.unwrap_or_else(RequestError::response)
        };
        cors::allow(origin, response.headers_mut());
        response
    }

    async fn route(&self, request: &HttpRequest, payload: Payload) -> Result<HttpResponse, RequestError> {
        let query = Query::parse(request, self.options.transports)?;
        let entry = match &query.sid {
            Some(sid) => Some(self.sessions.find(sid).ok_or(RequestError::UnknownSession)?),
            None => None,
        };
        match (query.transport, request.method(), entry) {
            (Transport::Polling, &Method::GET, Some(entry)) => polling::poll::<S>(entry).await,
            (Transport::Polling, &Method::POST, Some(entry)) => {
                polling::post::<S>(entry, request, payload, &self.options).await
            }
            (Transport::Polling, &Method::GET, None) => self.open_polling(request, query),
            (Transport::WebSocket, &Method::GET, Some(entry)) => self.upgrade(entry, request, payload),
            (Transport::WebSocket, &Method::GET, None) => self.open_websocket(request, payload, query),
            (_, _, None) => Err(RequestError::BadMethod),
            (_, _, Some(_)) => Err(RequestError::BadRequest),
        }
    }
}
