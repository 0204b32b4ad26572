//! Video calls as their actors have them kept: each step is one transaction of `service::calls`.

use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::Error;
use crate::model::call::{CallAcceptance, CallEnding, NewCall, RingingCall};
use crate::model::{CallId, Time};
use crate::realtime::call::store::{CallStore, Stored};
use crate::service::calls::{progress, ring};
use crate::store::call as calls;

impl CallStore for App {
    fn ring(&self, call: NewCall) -> Stored<RingingCall> {
        let app = self.clone();
        Box::pin(async move {
            let ice = app.ice_servers().clone();
            let owner = app.node().map(|node| node.incarnation);
            let ring = move |tx: &mut Tx<'_>| {
                let ringing = ring::ring(tx, &call, &ice)?;
                if let (Some(_), Some(owner)) = (&ringing, owner) {
                    calls::set_owner(tx, &call.callid, owner)?;
                }
                Ok(ringing)
            };
            app.write(ring).await?.ok_or(Error::Busy("the other end is in a call"))
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
            for open in app.read(calls::list_abandoned).await? {
                app.write(move |tx| progress::end_abandoned(tx, &open)).await?;
            }
            Ok(())
        })
    }
}
