//! Video calls as their actors have them kept: each step is one transaction of `service::calls`.

use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::call::{CallAcceptance, CallEnding, NewCall, RingingCall};
use crate::model::{CallId, Incarnation, Time, Uid};
use crate::realtime::call::store::{CallStore, Stored};
use crate::service::calls::{progress, ring};
use crate::store::call as calls;
use std::collections::HashMap;

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

    fn find_owner(&self, callid: CallId) -> Stored<Option<Incarnation>> {
        let app = self.clone();
        Box::pin(async move { app.read(move |store| calls::find_owner(store, &callid)).await })
    }

    fn end_unled(&self, callid: CallId, by: Uid) -> Stored<()> {
        let app = self.clone();
        Box::pin(async move { app.write(move |tx| progress::end_unled(tx, &callid, &by)).await })
    }

    fn end_lost(&self, callids: Vec<CallId>) -> Stored<Vec<CallId>> {
        let app = self.clone();
        Box::pin(async move { app.end_lost_calls(callids).await })
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

impl App {
    async fn end_lost_calls(&self, callids: Vec<CallId>) -> Result<Vec<CallId>> {
        // Between two lives it is not known yet whether this one is over.
        let Some(own) = self.node().map(|node| node.incarnation).filter(|_| !callids.is_empty()) else {
            return Ok(Vec::new());
        };
        let asked = callids.clone();
        let led = self.read(move |store| calls::list_led(store, &asked)).await?;
        let mut open: HashMap<_, _> = led.into_iter().map(|led| (led.0.callid.clone(), led)).collect();
        let mut lost = Vec::new();
        for callid in callids {
            match open.remove(&callid) {
                // It was begun where this process had no life, or is of the present one.
                Some((_, owner)) if owner.is_none_or(|owner| owner == own) => continue,
                Some((call, _)) => self.write(move |tx| progress::end_abandoned(tx, &call)).await?,
                None => {}
            }
            lost.push(callid);
        }
        Ok(lost)
    }
}
