//! Requests of polling for connections that another process has, on the side to which they came.

use actix_web::{HttpRequest, HttpResponse, http::Method, web::Payload};

use super::{
    super::{
        application::EngineApplication,
        codec::payload_format::BodyType,
        forward::{Forwarded, Posted},
        server::EngineIo,
        session_id::SessionId,
    },
    error::RequestError,
    polling,
    query::TransportName,
};

/// A request on its way to where its connection is. If it is dropped before it is answered, the client has gone, or must
/// open another connection: in either case what was sent or posted may be lost.
struct Underway<'a, A: EngineApplication> {
    application: &'a A,
    id: &'a SessionId,
    answered: bool,
}

impl<A: EngineApplication> EngineIo<A> {
    /// Lets the process that has the connection answer.
    pub(super) async fn forward(
        &self,
        request: &HttpRequest,
        payload: Payload,
        transport: TransportName,
        id: &SessionId,
    ) -> Result<HttpResponse, RequestError> {
        let posts = match (transport, request.method()) {
            (TransportName::Polling, &Method::GET) => false,
            (TransportName::Polling, &Method::POST) => true,
            _ => return Err(RequestError::UnknownSession),
        };
        if !self.application.is_elsewhere(id.as_str()).await {
            return Err(RequestError::UnknownSession);
        }
        self.application.recognized(request);
        let mut underway = Underway { application: &self.application, id, answered: false };
        let posted = if posts { Some(self.posted(request, payload).await?) } else { None };
        let forwarded = Forwarded { id: id.as_str().to_owned(), posted };
        let answered = self.application.forward(forwarded).await.ok_or(RequestError::UnknownSession)?;
        underway.answered = true;
        Ok(answered.into())
    }

    async fn posted(&self, request: &HttpRequest, payload: Payload) -> Result<Posted, RequestError> {
        let body = polling::read(payload, &self.options).await?;
        Ok(Posted { body, binary: polling::body_type(request) == BodyType::Binary })
    }
}

impl<A: EngineApplication> Drop for Underway<'_, A> {
    fn drop(&mut self) {
        if !self.answered {
            self.application.abandon(self.id.as_str());
        }
    }
}
