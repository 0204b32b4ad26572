//! Who asks: the check of tokens before a scope of addresses, and the arguments that name a caller.

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::extract::describe::{DescribeRequest, OperationSpec};
use crate::http::extract::{admission, peer, signed};
use crate::logs;
use crate::model::{Caller, Role};
use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use std::future::{Ready, ready};

/// Lets a request through if it bears a valid token of one of these roles.
///
/// One that may change something is carried out to its end though its client hangs up: the connection's
/// task drops the future that it waits for, and with it whatever has not been done.
///
/// Fails with `FA_AUTH` without a valid token, even where there is no such address, and with
/// `FA_PERMISSION` for another role. A handler's argument may narrow the roles further.
pub async fn require_role<B: MessageBody + 'static>(
    roles: &'static [Role],
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    match is_harmless(request.method()) {
        true => admit(roles, request, next).await,
        false => logs::spawn_within_request(admit(roles, request, next)).await.map_err(Error::inside)?,
    }
}

async fn admit<B: MessageBody>(
    roles: &'static [Role],
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let callers = find_callers(request.request(), roles).await?;
    if !callers.iter().any(|caller| roles.contains(&caller.role)) {
        return Err(WRONG_ROLE.into());
    }
    admission::give_back(request.request());
    request.extensions_mut().insert(Callers(callers));
    next.call(request).await
}

/// Whether a method changes nothing.
fn is_harmless(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// The callers whose tokens a request bears: several, where one browser is logged in under several
/// roles by cookie.
struct Callers(Vec<Caller>);

const NOBODY: Error = Error::Auth("there is no token: log in");
const WRONG_ROLE: Error = Error::Permission("this is not for your role");

async fn find_callers(request: &HttpRequest, roles: &[Role]) -> Result<Vec<Caller>> {
    let app = request.app_data::<web::Data<App>>().ok_or_else(|| Error::inside("no application"))?;
    if let Some(token) = peer::bearer(request) {
        return Ok(vec![app.caller(&token).await?]);
    }
    if is_harmless(request.method())
        && let Some((address, signature)) = signed::address(request)
    {
        return Ok(vec![app.reader_of(address, signature).await?]);
    }
    let tokens: Vec<String> = match peer::role(request) {
        Some(role) => peer::cookie(request, role).into_iter().collect(),
        None => roles.iter().filter_map(|role| peer::cookie(request, *role)).collect(),
    };
    if !tokens.is_empty() && !is_harmless(request.method()) && !peer::is_allowed_origin(request, app.config())
    {
        return Err(Error::Permission("a request by cookie must come from a page of an allowed origin"));
    }
    let mut callers = Vec::new();
    let mut refusal = NOBODY;
    for token in tokens {
        match app.caller(&token).await {
            Ok(caller) => callers.push(caller),
            Err(error @ Error::Auth(_)) => refusal = error,
            Err(error) => return Err(error),
        }
    }
    if callers.is_empty() { Err(refusal) } else { Ok(callers) }
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
/// Every account that the browser is logged in as; exactly one, where the request bears a bearer token.
pub struct Everyone(pub Vec<Caller>);

impl Everyone {
    /// The roles that this argument takes.
    pub const ROLES: &[Role] = Role::ALL;
}

impl DescribeRequest for Everyone {
    fn describe(spec: &mut OperationSpec) {
        spec.allow_only(Self::ROLES);
    }
}

impl FromRequest for Everyone {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let callers = extensions.get::<Callers>().map(|Callers(callers)| Self(callers.clone()));
        ready(callers.ok_or(NOBODY))
    }
}

macro_rules! from_request {
    ($($name:ident => $($role:ident)|+;)+) => {$(
        impl $name {
            /// The roles that this argument takes.
            pub const ROLES: &[Role] = &[$(Role::$role),+];
        }

        impl DescribeRequest for $name {
            fn describe(spec: &mut OperationSpec) {
                spec.allow_only(Self::ROLES);
            }
        }

        impl FromRequest for $name {
            type Error = Error;
            type Future = Ready<Result<Self>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let extensions = request.extensions();
                let callers = extensions.get::<Callers>().map_or(&[][..], |Callers(callers)| callers);
                let fitting = callers.iter().find(|caller| Self::ROLES.contains(&caller.role));
                ready(match fitting {
                    Some(caller) => Ok(Self(caller.clone())),
                    None if callers.is_empty() => Err(NOBODY),
                    None => Err(WRONG_ROLE),
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
