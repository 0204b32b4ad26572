//! The duty desk, for administrators, and for doctors while they are on duty.
//!
//! `desk` has the questions that wait, `roster` who is on duty when.

pub mod desk;
pub mod roster;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::extract::caller::Staff;
use crate::model::Caller;
use crate::model::{Role, Time};
use crate::store::duty;
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
            match caller.role == Role::Admin || is_on_duty(&app, &caller).await? {
                true => Ok(Self(caller)),
                false => Err(Error::Permission("this is for administrators and doctors on duty")),
            }
        })
    }
}

async fn is_on_duty(app: &App, caller: &Caller) -> Result<bool> {
    let on_duty = app.read(|store| duty::list_on_duty(store, Time::now())).await?;
    Ok(on_duty.contains(&caller.uid))
}
