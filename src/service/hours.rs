//! When a doctor offers appointments: the doctor says so, and residents under contract read it.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Malformed, OfferedHours, Time, Uid};
use crate::service::rooms::alonechat;
use crate::store::{account, contract, office_hours};

/// Finds when a doctor offers appointments, for a resident whom a contract in force binds to a team of the doctor.
pub fn find_for_resident(
    connection: &mut AnyConnection,
    resident: &Uid,
    doctor: &Uid,
) -> Result<OfferedHours> {
    match contract::binds(connection, resident, doctor)? {
        true => office_hours::find(connection, doctor),
        false => Err(alonechat::refusal(connection, resident, doctor, resident)?),
    }
}

/// Sets when a doctor offers appointments; what was agreed before stays.
pub fn set(tx: &mut Tx<'_>, doctor: &Uid, offered: &OfferedHours) -> Result<OfferedHours> {
    account::lock(tx, doctor)?;
    office_hours::set(tx, doctor, offered)?;
    office_hours::find(tx, doctor)
}

/// Refuses a time for an appointment at which the doctor offers none.
pub fn require_offered(connection: &mut AnyConnection, doctor: &Uid, time: Time) -> Result<()> {
    match office_hours::find(connection, doctor)?.cover(time) {
        true => Ok(()),
        false => Err(Error::param("time", Malformed::Hours)),
    }
}
