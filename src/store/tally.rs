//! What is counted before anybody asks: messages by the minute, accounts by their role.
//!
//! A tally goes up to the id of the last row that is in it, as ids sort as they are made; what came after
//! that is counted with the question. Nobody who writes a message or an account touches it: see
//! `workers::counting`.

use crate::db::connection::AnyConnection;
use crate::db::schema::{account, message_count, social_dialog, tally};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DialogId, Role, Time, Uid};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use std::collections::BTreeMap;
use std::time::Duration;

/// The tally of messages.
const MESSAGES: &str = "messages";
const MINUTE: i64 = 60_000;
const HOUR: Duration = Duration::from_secs(3600);

#[derive(QueryableByName)]
struct Hour {
    #[diesel(sql_type = BigInt)]
    hour: i64,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// How many messages were written in each of the hours since `from`, a whole minute, until `until`.
pub fn list_hours(connection: &mut AnyConnection, from: Time, until: Time) -> Result<Vec<i64>> {
    let begins: Vec<Time> = (0..).map(|hour| from + HOUR * hour).take_while(|begin| *begin < until).collect();
    let mut hours = vec![0; begins.len()];
    let first = from.millis().div_euclid(MINUTE);
    let counted = diesel::sql_query(
        "SELECT (minute - $1) / 60 AS hour, CAST(sum(messages) AS BIGINT) AS number FROM message_count \
         WHERE minute >= $2 GROUP BY 1",
    );
    for row in counted.bind::<BigInt, _>(first).bind::<BigInt, _>(first).load_iter::<Hour, _>(connection)? {
        let Hour { hour, number } = row?;
        if let Some(count) = usize::try_from(hour).ok().and_then(|hour| hours.get_mut(hour)) {
            *count += number;
        }
    }
    count_since_tally(connection, &begins, &mut hours)?;
    Ok(hours)
}

/// Adds what is not in the tally yet to these hours: it was written in this one or the one before.
fn count_since_tally(connection: &mut AnyConnection, begins: &[Time], hours: &mut [i64]) -> Result<()> {
    let Some(from) = begins.first() else { return Ok(()) };
    let counted = find_counted(connection, MESSAGES)?.max(DialogId::least_from(*from).as_str().to_owned());
    let later = social_dialog::table.filter(social_dialog::dialogid.gt(&counted));
    let ids = later.order(social_dialog::dialogid).select(social_dialog::dialogid);
    let Some(first) = ids.first::<DialogId>(connection).optional()? else { return Ok(()) };
    for (begin, count) in begins.iter().zip(hours).filter(|(begin, _)| **begin + HOUR > first.made_at()) {
        let (least, end) = (DialogId::least_from(*begin), DialogId::least_from(*begin + HOUR));
        let least = first.as_str().max(least.as_str());
        let made = social_dialog::dialogid.ge(least).and(social_dialog::dialogid.lt(end));
        *count += social_dialog::table.filter(made).count().get_result::<i64>(connection)?;
    }
    Ok(())
}

/// How many accounts of a role are open.
pub fn count_accounts(connection: &mut AnyConnection, role: Role) -> Result<i64> {
    let number = diesel::sql_query(
        "SELECT total + (SELECT count(*) FROM account WHERE role = $1 AND uid > counted) \
         - (SELECT count(*) FROM account WHERE role = $2 AND disabled) AS number FROM tally WHERE name = $3",
    );
    let number = number.bind::<Text, _>(role).bind::<Text, _>(role).bind::<Text, _>(role);
    Ok(number.get_result::<Number>(connection)?.number)
}

/// The ids of messages that no tally has yet, those made from `first` on and before `until`, oldest first;
/// before them how far the tally goes.
pub fn list_uncounted_messages(
    connection: &mut AnyConnection,
    first: Time,
    until: Time,
    limit: i64,
) -> Result<(String, Vec<DialogId>)> {
    let counted = find_counted(connection, MESSAGES)?;
    let first = counted.clone().max(DialogId::least_from(first).as_str().to_owned());
    let made = social_dialog::dialogid.gt(first).and(social_dialog::dialogid.lt(DialogId::least_from(until)));
    let ids = social_dialog::table.filter(made).order(social_dialog::dialogid).limit(limit);
    Ok((counted, ids.select(social_dialog::dialogid).load(connection)?))
}

/// The same of the accounts of a role.
pub fn list_uncounted_accounts(
    connection: &mut AnyConnection,
    role: Role,
    until: Time,
    limit: i64,
) -> Result<(String, Vec<Uid>)> {
    let counted = find_counted(connection, role.as_str())?;
    let made = account::uid.gt(counted.clone()).and(account::uid.lt(Uid::least_from(until)));
    let ids = account::table.filter(account::role.eq(role).and(made)).order(account::uid).limit(limit);
    Ok((counted, ids.select(account::uid).load(connection)?))
}

fn find_counted(connection: &mut AnyConnection, name: &str) -> Result<String> {
    Ok(tally::table.find(name).select(tally::counted).first(connection)?)
}

/// Adds these messages to the tally, if it still goes up to `counted`.
pub fn add_messages(tx: &mut Tx<'_>, counted: &str, ids: &[DialogId]) -> Result<()> {
    let Some(last) = ids.last() else { return Ok(()) };
    if !advance(tx, MESSAGES, counted, last.as_str(), ids.len())? {
        return Ok(());
    }
    let mut minutes: BTreeMap<i64, i64> = BTreeMap::new();
    for time in ids.iter().filter_map(DialogId::time) {
        *minutes.entry(time.millis().div_euclid(MINUTE)).or_default() += 1;
    }
    for (minute, messages) in minutes {
        let more = message_count::messages.eq(message_count::messages + messages);
        if diesel::update(message_count::table.find(minute)).set(more).execute(&mut **tx)? == 0 {
            let row = (message_count::minute.eq(minute), message_count::messages.eq(messages));
            diesel::insert_into(message_count::table).values(row).execute(&mut **tx)?;
        }
    }
    Ok(())
}

/// Adds these accounts of a role to its tally, if it still goes up to `counted`.
pub fn add_accounts(tx: &mut Tx<'_>, role: Role, counted: &str, uids: &[Uid]) -> Result<()> {
    let Some(last) = uids.last() else { return Ok(()) };
    advance(tx, role.as_str(), counted, last.as_str(), uids.len()).map(drop)
}

/// Whether nobody else has counted further meanwhile. That also locks the tally.
fn advance(tx: &mut Tx<'_>, name: &str, counted: &str, last: &str, more: usize) -> Result<bool> {
    let unchanged = tally::table.find(name).filter(tally::counted.eq(counted));
    let further = (tally::counted.eq(last), tally::total.eq(tally::total + more as i64));
    Ok(diesel::update(unchanged).set(further).execute(&mut **tx)? == 1)
}

/// Deletes the numbers of minutes before `before`, which nobody asks for any more.
pub fn prune(tx: &mut Tx<'_>, before: Time) -> Result<()> {
    let old = message_count::minute.lt(before.millis().div_euclid(MINUTE));
    diesel::delete(message_count::table.filter(old)).execute(&mut **tx)?;
    Ok(())
}
