//! The gate: nothing behind it is reached without a token of the right role.

use super::peer;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::Role;
use crate::store::login::Caller;
use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use std::future::{Ready, ready};

/// Lets through who has a token; `FA_AUTH` otherwise, even where there is nothing behind it.
/// Which role it takes stands in the handler's arguments.
pub async fn gate<B: MessageBody>(
    roles: &'static [Role],
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let caller = find_caller(request.request(), roles).await?;
    if !roles.contains(&caller.role) {
        return Err(WRONG_ROLE.into());
    }
    request.extensions_mut().insert(caller);
    next.call(request).await
}

const WRONG_ROLE: Error = Error::Permission("this is not for your role");

async fn find_caller(request: &HttpRequest, roles: &[Role]) -> Result<Caller> {
    const NONE: Error = Error::Auth("there is no token: log in");
    let app = request.app_data::<web::Data<App>>().ok_or_else(|| Error::inside("no application"))?;
    if let Some(token) = peer::bearer(request) {
        return app.caller(&token).await;
    }
    let token = roles.iter().find_map(|role| peer::cookie(request, *role)).ok_or(NONE)?;
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD);
    if !harmless && !peer::is_allowed_origin(request, app.config()) {
        return Err(Error::Permission("a request by cookie must come from a page of an allowed origin"));
    }
    app.caller(&token).await
}

/// A resident who is logged in.
pub struct Resident(pub Caller);
/// A doctor who is logged in.
pub struct Doctor(pub Caller);
/// An administrator who is logged in.
pub struct Administrator(pub Caller);
/// A resident or a doctor who is logged in.
pub struct Member(pub Caller);
/// A doctor or an administrator who is logged in.
pub struct Staff(pub Caller);
/// Anybody who is logged in.
pub struct Anybody(pub Caller);

macro_rules! from_request {
    ($($name:ident => $($role:ident)|+;)+) => {$(
        impl $name {
            /// Whom it lets through.
            pub const ROLES: &[Role] = &[$(Role::$role),+];
        }

        impl FromRequest for $name {
            type Error = Error;
            type Future = Ready<Result<Self>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready(match request.extensions().get::<Caller>() {
                    Some(caller) if Self::ROLES.contains(&caller.role) => Ok(Self(caller.clone())),
                    Some(_) => Err(WRONG_ROLE),
                    None => Err(Error::Auth("there is no token: log in")),
                })
            }
        }
    )+};
}

from_request! {
    Resident => User;
    Doctor => Doctor;
    Administrator => Admin;
    Member => User | Doctor;
    Staff => Doctor | Admin;
    Anybody => User | Doctor | Admin;
}
