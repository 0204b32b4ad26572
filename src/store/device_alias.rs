//! What the vendor of notices is to know of devices: whose notices shall reach each of them.
//!
//! The vendor is told later, by a worker: no outage of theirs is felt by who registers. Until then notices
//! are held back that the vendor might still show on somebody else's device.

use crate::db::connection::AnyConnection;
use crate::db::schema::{device, device_alias};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{Platform, Time, Uid};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// Queues that the vendor is told whose notices shall reach a device; where there is a vendor.
pub(super) fn want_alias(tx: &mut Tx<'_>, deviceid: &str, uid: Option<&Uid>) -> Result<()> {
    want_aliases(tx, &[(deviceid, uid)])
}

/// Likewise for several devices.
pub(super) fn want_aliases(tx: &mut Tx<'_>, wanted: &[(&str, Option<&Uid>)]) -> Result<()> {
    if !tx.alerting().is_some_and(|alerting| alerting.vendor) || wanted.is_empty() {
        return Ok(());
    }
    let these = device_alias::deviceid.eq_any(wanted.iter().map(|(deviceid, _)| *deviceid));
    let columns = (device_alias::deviceid, device_alias::uid);
    let before: Vec<(String, Option<Uid>)> =
        device_alias::table.filter(these).select(columns).load(&mut **tx)?;
    let before: HashMap<_, _> =
        before.iter().map(|(deviceid, uid)| (deviceid.as_str(), uid.as_ref())).collect();
    for &(deviceid, uid) in wanted {
        match before.get(deviceid) {
            None if uid.is_none() => {}
            // From the first attempt on the vendor may believe it.
            None => insert_alias(tx, deviceid, uid)?,
            Some(before) if *before == uid => {}
            Some(_) => change_alias(tx, deviceid, uid)?,
        }
    }
    Ok(())
}

fn change_alias(tx: &mut Tx<'_>, deviceid: &str, uid: Option<&Uid>) -> Result<()> {
    let wanted = (device_alias::uid.eq(uid), device_alias::due.eq(tx.now), device_alias::tries.eq(0));
    diesel::update(device_alias::table.find(deviceid)).set(wanted).execute(&mut **tx)?;
    Ok(())
}

fn insert_alias(tx: &mut Tx<'_>, deviceid: &str, uid: Option<&Uid>) -> Result<()> {
    let now = tx.now;
    diesel::insert_into(device_alias::table)
        .values((
            device_alias::deviceid.eq(deviceid),
            device_alias::uid.eq(uid),
            device_alias::told.eq(uid),
            device_alias::due.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Queues up to `limit` devices that belong to somebody else than they did when there was a vendor, or
/// to somebody at all; returns how many.
pub fn adopt(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let mut changed = list_others(tx, limit)?;
    changed.extend(list_nobodys(tx, limit)?);
    for (deviceid, uid) in &changed {
        want_alias(tx, deviceid, uid.as_ref())?;
    }
    Ok(changed.len())
}

/// Devices of which the vendor is to believe that they are somebody else's, with their owners.
fn list_others(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(String, Option<Uid>)>> {
    let alias = device_alias::table.on(device_alias::deviceid.eq(device::deviceid));
    let another = device_alias::uid.ne(device::uid.nullable());
    let nobodys = device_alias::uid.is_null().and(device_alias::told.is_not_null());
    let unknown = device_alias::deviceid.nullable().is_null();
    let others = device::table
        .left_join(alias)
        .filter(device::platform.is_null().or(device::platform.ne(Platform::WEB)))
        .filter(unknown.or(another).or(nobodys));
    Ok(others.select((device::deviceid, device::uid.nullable())).limit(limit).load(&mut **tx)?)
}

/// Devices of which the vendor is to believe that they are somebody's, and which are nobody's.
fn list_nobodys(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(String, Option<Uid>)>> {
    let owned = device::table
        .filter(device::deviceid.eq(device_alias::deviceid))
        .filter(device::platform.is_null().or(device::platform.ne(Platform::WEB)));
    let gone = device_alias::table
        .filter(device_alias::uid.is_not_null())
        .filter(diesel::dsl::not(diesel::dsl::exists(owned.select(device::deviceid))));
    let deviceids: Vec<String> = gone.select(device_alias::deviceid).limit(limit).load(&mut **tx)?;
    Ok(deviceids.into_iter().map(|deviceid| (deviceid, None)).collect())
}

/// What the vendor is to be told of a device.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Untold {
    /// The device.
    pub deviceid: String,
    /// Whose notices shall reach it; nobody's after a log-out.
    pub uid: Option<Uid>,
    /// How often telling has failed.
    pub tries: i32,
}

/// Up to `limit` devices of which the vendor is to be told now.
pub fn list_untold(connection: &mut AnyConnection, now: Time, limit: i64) -> Result<Vec<Untold>> {
    Ok(device_alias::table
        .filter(device_alias::due.le(now))
        .order((device_alias::due, device_alias::deviceid))
        .limit(limit)
        .select((device_alias::deviceid, device_alias::uid, device_alias::tries))
        .load(connection)?)
}

/// The vendor knows; unless something else is wanted by now.
pub fn told(tx: &mut Tx<'_>, Untold { deviceid, uid, .. }: &Untold) -> Result<()> {
    let row = device_alias::table.find(deviceid);
    match uid {
        Some(uid) => {
            let none =
                (device_alias::told.eq(uid), device_alias::due.eq(None::<Time>), device_alias::tries.eq(0));
            let same = row.filter(device_alias::uid.eq(uid));
            diesel::update(same).set(none).execute(&mut **tx)?;
        }
        None => {
            diesel::delete(row.filter(device_alias::uid.is_null())).execute(&mut **tx)?;
        }
    }
    Ok(())
}

/// Telling failed in passing: it is due again then.
pub fn postpone(tx: &mut Tx<'_>, deviceid: &str, due: Time) -> Result<()> {
    let again = (device_alias::due.eq(due), device_alias::tries.eq(device_alias::tries + 1));
    let waiting = device_alias::table.find(deviceid).filter(device_alias::due.is_not_null());
    diesel::update(waiting).set(again).execute(&mut **tx)?;
    Ok(())
}

/// There is nothing that the vendor could be told of this device: it has no name of theirs.
pub fn disregard(tx: &mut Tx<'_>, deviceid: &str) -> Result<()> {
    let nobodys = (device_alias::uid.eq(None::<Uid>), device_alias::told.eq(None::<Uid>));
    let settled = (nobodys, device_alias::due.eq(None::<Time>));
    diesel::update(device_alias::table.find(deviceid)).set(settled).execute(&mut **tx)?;
    Ok(())
}

/// Forgets a device that the vendor does not know.
pub fn forget(tx: &mut Tx<'_>, deviceid: &str) -> Result<()> {
    diesel::delete(device_alias::table.find(deviceid)).execute(&mut **tx)?;
    diesel::delete(device::table.find(deviceid)).execute(&mut **tx)?;
    Ok(())
}

/// Forgets the devices of accounts of which the vendor reaches none.
pub fn forget_devices_of(tx: &mut Tx<'_>, uids: &[Uid]) -> Result<()> {
    let known = device_alias::table.filter(device_alias::uid.eq_any(uids).and(device_alias::due.is_null()));
    let deviceids: Vec<String> = known.select(device_alias::deviceid).load(&mut **tx)?;
    deviceids.iter().try_for_each(|deviceid| forget(tx, deviceid))
}

/// Whether notices for an account reach the right devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// They do.
    Reached,
    /// Not yet: the vendor is still to be told of a device, of theirs or one that was.
    Unsettled,
    /// The account has no device.
    Nowhere,
}

/// How it stands with these accounts.
pub fn reach(connection: &mut AnyConnection, uids: &[Uid]) -> Result<HashMap<Uid, Reach>> {
    type Row = (Option<Uid>, Option<Uid>, Option<Time>);
    let theirs = device_alias::uid.eq_any(uids).or(device_alias::told.eq_any(uids));
    let columns = (device_alias::uid, device_alias::told, device_alias::due);
    let rows: Vec<Row> = device_alias::table.filter(theirs).select(columns).load(connection)?;
    let (mut reached, mut unsettled, mut foreign) = (HashSet::new(), HashSet::new(), HashSet::new());
    for (uid, told, due) in rows {
        foreign.extend(told.filter(|told| uid.as_ref() != Some(told)));
        let settled = if due.is_none() { &mut reached } else { &mut unsettled };
        settled.extend(uid);
    }
    let judge = |uid: &Uid| match uid {
        uid if foreign.contains(uid) => Reach::Unsettled,
        uid if reached.contains(uid) => Reach::Reached,
        uid if unsettled.contains(uid) => Reach::Unsettled,
        _ => Reach::Nowhere,
    };
    Ok(uids.iter().map(|uid| (uid.clone(), judge(uid))).collect())
}

/// Of how many devices the vendor is still to be told.
pub fn count_untold(connection: &mut AnyConnection) -> Result<i64> {
    Ok(device_alias::table.filter(device_alias::due.is_not_null()).count().get_result(connection)?)
}
