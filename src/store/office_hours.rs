//! The hours of a week in which doctors offer appointments.

use crate::db::bulk::insert_many;
use crate::db::connection::AnyConnection;
use crate::db::schema::office_hours;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Malformed, OfferedHours, OfficeHours, Uid, WeeklyHours};
use diesel::prelude::*;

/// A span of a day, in numbers.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = office_hours, treat_none_as_default_value = false)]
struct Row {
    uid: Uid,
    weekday: i64,
    begins: i64,
    ends: i64,
    utcoffset: i64,
    autoanswer: bool,
}

impl TryFrom<&Row> for OfficeHours {
    type Error = Malformed;

    fn try_from(row: &Row) -> Result<Self, Malformed> {
        let (weekday, begins, ends) = (row.weekday.try_into()?, row.begins.try_into()?, row.ends.try_into()?);
        Ok(Self { weekday, begins, ends })
    }
}

/// Finds when a doctor offers appointments.
pub fn find(connection: &mut AnyConnection, uid: &Uid) -> Result<OfferedHours> {
    let own = office_hours::table.filter(office_hours::uid.eq(uid));
    let rows: Vec<Row> = own.select(Row::as_select()).load(connection)?;
    read(&rows).map_err(Error::inside)
}

fn read(rows: &[Row]) -> Result<OfferedHours, Malformed> {
    let hours = rows.iter().map(OfficeHours::try_from).collect::<Result<Vec<_>, _>>()?;
    let (offset, autoanswer) = rows.first().map(|row| (row.utcoffset, row.autoanswer)).unwrap_or_default();
    Ok(OfferedHours { hours: WeeklyHours::try_from(hours)?, offset: offset.try_into()?, autoanswer })
}

/// Sets when a doctor offers appointments. The doctor's account is locked.
pub fn set(tx: &mut Tx<'_>, uid: &Uid, offered: &OfferedHours) -> Result<()> {
    diesel::delete(office_hours::table.filter(office_hours::uid.eq(uid))).execute(&mut **tx)?;
    let row = |span: &OfficeHours| Row {
        uid: uid.clone(),
        weekday: span.weekday.into(),
        begins: span.begins.minutes(),
        ends: span.ends.minutes(),
        utcoffset: offered.offset.into(),
        autoanswer: offered.autoanswer,
    };
    let rows: Vec<_> = offered.hours.spans().iter().map(row).collect();
    insert_many!(tx, office_hours::table, rows);
    Ok(())
}
