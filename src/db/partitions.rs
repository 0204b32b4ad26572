//! Pushes by the day: on PostgreSQL each day (UTC) of `push_log` and of `push_body` is a table of its own,
//! which is made before anybody writes in it, and dropped whole once it is old.
//!
//! What was there before days were kept is one more partition, of all days before one. What a mailbox is told of
//! what is dropped is in `store::mailbox`; SQLite has no partitions.

use crate::model::{DialogId, Time};
use chrono::{DateTime, Days, NaiveDate};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::Text;
use std::fmt::{self, Display};
use std::time::Duration;

/// Nodes make and drop them one after the other.
const LOCK: &str = "SELECT pg_advisory_xact_lock(6362)";
/// How long dropping one waits for those who use its table, as others then wait behind it.
const PATIENCE: &str = "SET LOCAL lock_timeout = '100ms'";
/// How much longer bodies are kept than the pushes that name them, as their ids are made a little apart.
const BODIES_LONGER: Duration = Duration::from_secs(86_400);

/// What is kept by the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Pushes,
    Bodies,
}

/// The days of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Span {
    Day(NaiveDate),
    Before(NaiveDate),
}

/// A partition; its name says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    table: Table,
    span: Span,
}

impl Table {
    const ALL: [Self; 2] = [Self::Pushes, Self::Bodies];

    fn name(self) -> &'static str {
        match self {
            Self::Pushes => "push_log",
            Self::Bodies => "push_body",
        }
    }

    /// The key that a partition has beside what its table has.
    fn key(self) -> &'static str {
        match self {
            Self::Pushes => ", PRIMARY KEY (uid, seq)",
            Self::Bodies => "",
        }
    }

    /// Where a day begins in what orders the rows.
    fn begin(self, day: NaiveDate) -> String {
        match self {
            Self::Pushes => midnight(day).millis().to_string(),
            Self::Bodies => format!("'{}'", DialogId::least_from(midnight(day))),
        }
    }

    fn list(self, connection: &mut PgConnection) -> QueryResult<Vec<Partition>> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            name: String,
        }
        let rows: Vec<Row> = diesel::sql_query(
            "SELECT relname::text AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid \
             WHERE inhparent = $1::regclass",
        )
        .bind::<Text, _>(self.name())
        .load(connection)?;
        Ok(rows.iter().filter_map(|row| Partition::parse(self, &row.name)).collect())
    }
}

impl Partition {
    fn parse(table: Table, name: &str) -> Option<Self> {
        let days = name.strip_prefix(table.name())?.strip_prefix('_')?;
        let date = |text| NaiveDate::parse_from_str(text, "%Y_%m_%d").ok();
        let span = match days.strip_prefix("before_") {
            Some(end) => Span::Before(date(end)?),
            None => Span::Day(date(days)?),
        };
        Some(Self { table, span })
    }

    fn holds(self, day: NaiveDate) -> bool {
        match self.span {
            Span::Day(this) => day == this,
            Span::Before(end) => day < end,
        }
    }

    /// When its last day is over.
    fn end(self) -> Time {
        match self.span {
            Span::Day(day) => midnight(day) + Duration::from_secs(86_400),
            Span::Before(end) => midnight(end),
        }
    }

    /// Makes a day's partition beside its table and takes it in, which keeps nobody from writing.
    fn create(table: Table, day: NaiveDate) -> String {
        let (new, of, key) = (Self { table, span: Span::Day(day) }, table.name(), table.key());
        let (begin, end) = (table.begin(day), table.begin(day + Days::new(1)));
        format!(
            "CREATE TABLE {new} (LIKE {of} INCLUDING ALL{key}); \
             ALTER TABLE {of} ATTACH PARTITION {new} FOR VALUES FROM ({begin}) TO ({end})"
        )
    }
}

impl Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.table.name();
        match self.span {
            Span::Day(day) => write!(f, "{table}_{}", day.format("%Y_%m_%d")),
            Span::Before(end) => write!(f, "{table}_before_{}", end.format("%Y_%m_%d")),
        }
    }
}

fn day_of(time: Time) -> NaiveDate {
    DateTime::from_timestamp_millis(time.millis()).unwrap_or_default().date_naive()
}

fn midnight(day: NaiveDate) -> Time {
    Time::from_millis(day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis())
}

/// Makes the partitions of the day of `time`, the one before and the next one, as far as they are lacking.
/// To be called in a transaction.
pub fn make(connection: &mut PgConnection, time: Time) -> QueryResult<()> {
    connection.batch_execute(LOCK)?;
    let today = day_of(time);
    for table in Table::ALL {
        let there = table.list(connection)?;
        for day in [today - Days::new(1), today, today + Days::new(1)] {
            if !there.iter().any(|partition| partition.holds(day)) {
                connection.batch_execute(&Partition::create(table, day))?;
            }
        }
    }
    Ok(())
}

/// The time of a row for which there is no partition, where that is what a statement failed for: only a
/// clock that jumps gets here.
pub fn lacking(error: &DieselError) -> Option<Time> {
    let DieselError::DatabaseError(DatabaseErrorKind::CheckViolation, about) = error else { return None };
    let key = |name: &str| Some(about.details()?.split_once(name)?.1.split_once(')')?.0);
    match key("(createtime) = (") {
        Some(millis) => millis.parse().ok().map(Time::from_millis),
        None => DialogId::try_from(key("(bodyid) = (")?.to_owned()).ok()?.time(),
    }
}

/// The partitions that are over before `before`, and when the last of those with pushes is.
pub fn list_old(connection: &mut PgConnection, before: Time) -> QueryResult<(Vec<Partition>, Option<Time>)> {
    let mut old = Table::Pushes.list(connection)?;
    old.retain(|partition| partition.end() <= before);
    let end = old.iter().map(|partition| partition.end()).max();
    let bodies = Table::Bodies.list(connection)?;
    old.extend(bodies.into_iter().filter(|partition| partition.end() <= before - BODIES_LONGER));
    Ok((old, end))
}

/// Drops a partition, if nobody has before. To be called in a transaction, which holds all of its table for
/// the moment that is left of it; fails where others use that for 100 ms.
pub fn drop(connection: &mut PgConnection, partition: Partition) -> QueryResult<()> {
    connection.batch_execute(&format!("{LOCK}; {PATIENCE}; DROP TABLE IF EXISTS {partition}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_says_its_days() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        for table in Table::ALL {
            for span in [Span::Day(day), Span::Before(day)] {
                let partition = Partition { table, span };
                assert_eq!(Partition::parse(table, &partition.to_string()), Some(partition));
            }
        }
        assert_eq!(Partition::parse(Table::Pushes, "push_log_2026_13_27"), None);
        let (today, whole) = (Partition { table: Table::Pushes, span: Span::Day(day) }, Span::Before(day));
        let whole = Partition { table: Table::Pushes, span: whole };
        assert_eq!((today.end() - Duration::from_secs(86_400), today.holds(day)), (whole.end(), true));
        assert!(!whole.holds(day) && whole.holds(day - Days::new(1)));
        assert!(Partition::create(Table::Pushes, day).contains("FROM (1795737600000) TO (1795824000000)"));
    }
}
