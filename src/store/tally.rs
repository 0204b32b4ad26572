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

/// The tally of messages.
const MESSAGES: &str = "messages";
const MINUTE: i64 = 60_000;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// How many messages were written from one time until the other, both of them whole minutes.
pub fn count_messages(connection: &mut AnyConnection, from: Time, until: Time) -> Result<i64> {
    let number = diesel::sql_query(
        "SELECT CAST((SELECT coalesce(sum(messages), 0) FROM message_count WHERE minute >= $1 AND minute < $2) \
         + (SELECT count(*) FROM social_dialog WHERE dialogid < $3 AND dialogid > \
         (SELECT CASE WHEN counted > $4 THEN counted ELSE $5 END FROM tally WHERE name = 'messages')) \
         AS BIGINT) AS number",
    );
    let first = DialogId::least_from(from);
    let number = number
        .bind::<BigInt, _>(from.millis().div_euclid(MINUTE))
        .bind::<BigInt, _>(until.millis().div_euclid(MINUTE))
        .bind::<Text, _>(DialogId::least_from(until))
        .bind::<Text, _>(first.clone())
        .bind::<Text, _>(first);
    Ok(number.get_result::<Number>(connection)?.number)
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
