//! Requests whose answer ends their connection.
//!
//! A request that is answered before its body has come does. actix sees to it by itself where the body has a
//! length. A chunked one it would read on, to throw it away, for as long as the client goes on sending it, or
//! does not: it takes the body for done with when the handler has dropped it. So it is held here until the
//! answer is sent.
//!
//! A refused request does, while nobody has logged in on its connection: whoever is refused by the hundred
//! shall not hold what others at the same address need.

use crate::http::extract::admission;
use crate::limits::network::Network;
use crate::limits::share::Share;
use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::ResponseHead;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::{InternalError, PayloadError};
use actix_web::http::header::TRANSFER_ENCODING;
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage};
use futures_util::Stream;
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Passes a request on, and sees to what becomes of its connection.
pub async fn hang_up<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let ending = Ending { held: hold(&mut request), share: admission::share_of(request.request()) };
    match next.call(request).await {
        Ok(answer) if ending.changes_nothing(answer.status()) => Ok(answer.map_into_left_body()),
        Ok(answer) => Ok(answer.map_body(|head, body| EitherBody::right(ending.apply(head, body.boxed())))),
        Err(error) => {
            let answer = error.error_response().map_body(|head, body| ending.apply(head, body));
            Err(InternalError::from_response(error, answer).into())
        }
    }
}

/// Keeps a hand on the body of a chunked request.
fn hold(request: &mut ServiceRequest) -> Option<Held> {
    let chunked = request.headers().contains_key(TRANSFER_ENCODING);
    chunked.then(|| {
        let held = Held(Rc::new(RefCell::new(request.take_payload())));
        request.set_payload(Payload::Stream { payload: Box::pin(Held(held.0.clone())) });
        held
    })
}

/// What an answer does to the connection.
struct Ending {
    held: Option<Held>,
    share: Option<Arc<Share<Network>>>,
}

impl Ending {
    fn hangs_up(&self, status: StatusCode) -> bool {
        status.is_client_error() && self.share.as_ref().is_some_and(|share| share.is_held())
    }

    fn changes_nothing(&self, status: StatusCode) -> bool {
        self.held.is_none() && !self.hangs_up(status)
    }

    fn apply(self, head: &mut ResponseHead, body: BoxBody) -> BoxBody {
        if self.hangs_up(head.status) {
            head.set_connection_type(ConnectionType::Close);
        }
        match self.held {
            Some(held) => BoxBody::new(Answer { body, _held: held }),
            None => body,
        }
    }
}

/// A request's body, whoever reads it.
struct Held(Rc<RefCell<Payload>>);

impl Stream for Held {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(task)
    }
}

/// The body of an answer, and of the request that it answers.
struct Answer {
    body: BoxBody,
    _held: Held,
}

impl MessageBody for Answer {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(task)
    }
}
