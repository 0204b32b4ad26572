//! Who sits at the duty desk: administrators, and doctors while they are on duty. The handlers' argument
//! that lets them through.

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::extract::caller::Staff;
use crate::http::extract::describe::{DescribeRequest, OperationSpec};
use crate::model::Caller;
use crate::service::duty;
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use std::pin::Pin;

/// Who may sit at the duty desk: an administrator, or a doctor who is on duty now.
pub struct OnDuty(pub Caller);

impl FromRequest for OnDuty {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Staff::from_request(request, payload).into_inner();
        let app = Data::<App>::from_request(request, payload).into_inner();
        Box::pin(async move {
            let app = app.map_err(|error| Error::inside(error.to_string()))?;
            let Staff(caller) = caller?;
            let asking = caller.clone();
            app.read(move |connection| duty::require_seat(connection, &asking)).await?;
            Ok(Self(caller))
        })
    }
}

impl DescribeRequest for OnDuty {
    fn describe(spec: &mut OperationSpec) {
        Staff::describe(spec);
    }
}
