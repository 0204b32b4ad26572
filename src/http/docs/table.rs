//! A table of addresses: what actix is told to route is what the description is made from.

use crate::error::{Error, Result};
use crate::http::extract::caller;
use crate::http::extract::describe::{DescribeRequest, DescribeResponse, OperationSpec};
use crate::http::extract::response::Done;
use crate::model::Role;
use actix_web::guard;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Json, ServiceConfig};
use actix_web::{FromRequest, Handler, Resource, Responder, Route};

/// The addresses below one prefix, all for the same roles.
pub struct Table {
    prefix: &'static str,
    roles: Option<&'static [Role]>,
    endpoints: Vec<Endpoint>,
}

/// One method of one address.
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The whole path.
    pub path: String,
    /// What it does, in a sentence.
    pub about: &'static str,
    roles: Option<&'static [Role]>,
    route: Route,
    describe: fn(&mut OperationSpec),
}

impl Endpoint {
    /// What the handler's signature says.
    pub fn spec(&self) -> OperationSpec {
        let mut spec = OperationSpec::new(self.roles);
        (self.describe)(&mut spec);
        spec
    }
}

impl Table {
    /// The addresses that are answered without a token.
    pub fn open(fill: fn(&mut Self)) -> Self {
        Self::filled("", None, fill)
    }

    /// The addresses below `prefix`, which ask for a token of one of these roles.
    pub fn scope(prefix: &'static str, roles: &'static [Role], fill: fn(&mut Self)) -> Self {
        Self::filled(prefix, Some(roles), fill)
    }

    fn filled(prefix: &'static str, roles: Option<&'static [Role]>, fill: fn(&mut Self)) -> Self {
        let mut table = Self { prefix, roles, endpoints: Vec::new() };
        fill(&mut table);
        table
    }

    /// Adds an address that answers GET.
    pub fn get<F, A>(&mut self, path: &str, handler: F, about: &'static str) -> &mut Self
    where
        F: Handler<A>,
        F::Output: Responder + DescribeResponse + 'static,
        A: FromRequest + DescribeRequest + 'static,
    {
        self.add(Method::GET, path, handler, about)
    }

    /// Adds an address that answers POST.
    pub fn post<F, A>(&mut self, path: &str, handler: F, about: &'static str) -> &mut Self
    where
        F: Handler<A>,
        F::Output: Responder + DescribeResponse + 'static,
        A: FromRequest + DescribeRequest + 'static,
    {
        self.add(Method::POST, path, handler, about)
    }

    fn add<F, A>(&mut self, method: Method, path: &str, handler: F, about: &'static str) -> &mut Self
    where
        F: Handler<A>,
        F::Output: Responder + DescribeResponse + 'static,
        A: FromRequest + DescribeRequest + 'static,
    {
        self.endpoints.push(Endpoint {
            route: route(&method).to(handler),
            describe: |spec| {
                A::describe(spec);
                F::Output::describe(spec);
            },
            path: format!("{}{path}", self.prefix),
            roles: self.roles,
            method,
            about,
        });
        self
    }

    /// The endpoints, in the order of the table.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// The endpoints by themselves.
    pub fn into_endpoints(self) -> Vec<Endpoint> {
        self.endpoints
    }

    /// Registers the addresses with actix. Below a prefix, any other address is `FA_NOTFOUND` to a caller
    /// of these roles.
    pub fn mount(self, config: &mut ServiceConfig) {
        let Self { prefix, roles, endpoints } = self;
        let resources = resources(prefix, endpoints);
        let Some(roles) = roles else {
            resources.into_iter().fold(config, ServiceConfig::service);
            return;
        };
        let scope = resources.into_iter().fold(web::scope(prefix), actix_web::Scope::service);
        config.service(
            scope
                .default_service(web::to(not_found))
                .wrap(from_fn(move |request, next| caller::require_role(roles, request, next))),
        );
    }
}

/// The route of a method. HEAD is answered where GET is, without the body, as monitors ask by it.
fn route(method: &Method) -> Route {
    match *method {
        Method::GET => web::route().guard(guard::Any(guard::Get()).or(guard::Head())),
        _ => web::method(method.clone()),
    }
}

/// The methods that an address takes where it has one of the table.
fn allowed(method: &Method) -> &str {
    match *method {
        Method::GET => "GET, HEAD",
        _ => method.as_str(),
    }
}

/// One resource for each address, which refuses the methods that it does not have.
fn resources(prefix: &str, endpoints: Vec<Endpoint>) -> Vec<Resource> {
    let mut addresses: Vec<(String, Vec<Endpoint>)> = Vec::new();
    for endpoint in endpoints {
        match addresses.iter_mut().find(|(path, _)| *path == endpoint.path) {
            Some((_, methods)) => methods.push(endpoint),
            None => addresses.push((endpoint.path.clone(), vec![endpoint])),
        }
    }
    let resource = |(path, methods): (String, Vec<Endpoint>)| {
        let allowed = methods.iter().map(|endpoint| allowed(&endpoint.method)).collect::<Vec<_>>().join(", ");
        let bare = web::resource(path.strip_prefix(prefix).unwrap_or(&path))
            .default_service(web::to(move || refuse_method(allowed.clone())));
        methods.into_iter().fold(bare, |resource, endpoint| resource.route(endpoint.route))
    };
    addresses.into_iter().map(resource).collect()
}

async fn not_found() -> Result<Json<Done>> {
    Err(Error::NotFound("address"))
}

async fn refuse_method(allowed: String) -> Result<Json<()>> {
    Err(Error::Method { allowed: allowed.into() })
}
