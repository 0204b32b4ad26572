//! Video calls as their actors have them kept: each step is one transaction of `service::calls`.

use crate::app::App;
use crate::error::Error;
use crate::model::call::{CallAcceptance, CallEnding, NewCall, RingingCall};
use crate::model::{CallId, Time};
use crate::realtime::call::store::{CallStore, Stored};
use crate::service::calls::{progress, ring};
use crate::store::call;

impl CallStore for App {
    fn ring(&self, call: NewCall) -> Stored<RingingCall> {
        let app = self.clone();
        Box::pin(async move {
            let ice = app.ice_servers().clone();
            let ringing = app.write(move |tx| ring::ring(tx, &call, &ice)).await?;
            ringing.ok_or(Error::Busy("the other end is in a call"))
        })
    }

    fn accept(&self, callid: CallId, acceptance: CallAcceptance) -> Stored<()> {
        let app = self.clone();
        Box::pin(async move { app.write(move |tx| progress::accept(tx, &callid, &acceptance)).await })
    }

    fn end(&self, callid: CallId, ending: CallEnding, at: Time) -> Stored<()> {
        let app = self.clone();
        Box::pin(async move { app.write(move |tx| progress::end(tx, &callid, &ending, at)).await })
    }

    fn end_abandoned(&self) -> Stored<()> {
        let app = self.clone();
        Box::pin(async move {
            for open in app.read(call::list_abandoned).await? {
                app.write(move |tx| progress::end_abandoned(tx, &open)).await?;
            }
            Ok(())
        })
    }
}
