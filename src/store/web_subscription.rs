//! The browsers that are told of what comes by Web Push, each of them of the log-in that has subscribed it: the row
//! goes with its token.
//!
//! What is sent to them is in `web_push`.

use crate::db::connection::AnyConnection;
use crate::db::schema::web_subscription;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{Caller, Language, TokenHash, Uid};
use diesel::prelude::*;
use std::collections::HashMap;

/// How many an account may have; of more, those that subscribed longest ago go.
const MOST: i64 = 10;

/// What a browser says of itself.
#[derive(Debug, Clone)]
pub struct NewSubscription {
    /// Where its messages are posted.
    pub endpoint: String,
    /// Its public key.
    pub p256dh: [u8; 65],
    /// The secret that it shares with who sends.
    pub auth: [u8; 16],
    /// The language of its pages.
    pub language: Language,
    /// Whether its notifications may show names and words.
    pub words: bool,
}

/// Subscribes the browser of a log-in, in the place of what it was subscribed as before. Whoever was logged in to
/// it before, in the same role, is told there no more.
pub fn put(tx: &mut Tx<'_>, caller: &Caller, new: &NewSubscription) -> Result<()> {
    end(tx, caller, Some(&new.endpoint))?;
    let (token, now) = (&caller.token.0[..], tx.now);
    diesel::insert_into(web_subscription::table)
        .values((
            web_subscription::token.eq(token),
            web_subscription::uid.eq(&caller.uid),
            web_subscription::role.eq(caller.role),
            web_subscription::endpoint.eq(&new.endpoint),
            web_subscription::p256dh.eq(&new.p256dh[..]),
            web_subscription::auth.eq(&new.auth[..]),
            web_subscription::language.eq(new.language),
            web_subscription::words.eq(new.words),
            web_subscription::updatetime.eq(now),
        ))
        .execute(&mut **tx)?;
    delete_surplus(tx, &caller.uid)
}

fn delete_surplus(tx: &mut Tx<'_>, uid: &Uid) -> Result<()> {
    let theirs = web_subscription::table.filter(web_subscription::uid.eq(uid));
    let newest_first = theirs.order((web_subscription::updatetime.desc(), web_subscription::token));
    let surplus = newest_first.select(web_subscription::token).offset(MOST).limit(MOST);
    let surplus: Vec<Vec<u8>> = surplus.load(&mut **tx)?;
    let rows = web_subscription::table.filter(web_subscription::token.eq_any(surplus));
    diesel::delete(rows).execute(&mut **tx)?;
    Ok(())
}

/// Ends the subscription of a log-in, if there is one, and that of whoever was logged in to this browser before in
/// the same role.
pub fn end(tx: &mut Tx<'_>, caller: &Caller, endpoint: Option<&str>) -> Result<()> {
    end_of_token(tx, caller.token)?;
    if let Some(endpoint) = endpoint {
        let same = web_subscription::endpoint.eq(endpoint).and(web_subscription::role.eq(caller.role));
        diesel::delete(web_subscription::table.filter(same)).execute(&mut **tx)?;
    }
    Ok(())
}

/// Ends the subscription of a token, if there is one.
pub fn end_of_token(tx: &mut Tx<'_>, token: TokenHash) -> Result<()> {
    diesel::delete(web_subscription::table.find(&token.0[..])).execute(&mut **tx)?;
    Ok(())
}

/// Ends what its push service does not know any more, for every role; not what the browser has named since.
pub(super) fn delete_endpoint(tx: &mut Tx<'_>, endpoint: &str) -> Result<()> {
    let same = web_subscription::table.filter(web_subscription::endpoint.eq(endpoint));
    diesel::delete(same).execute(&mut **tx)?;
    Ok(())
}

/// The browsers of these people, by the hashes of the tokens that have subscribed them.
pub fn list_of(connection: &mut AnyConnection, uids: &[Uid]) -> Result<HashMap<Uid, Vec<Vec<u8>>>> {
    let theirs = web_subscription::table.filter(web_subscription::uid.eq_any(uids));
    let columns = (web_subscription::uid, web_subscription::token);
    let mut of = HashMap::<_, Vec<_>>::new();
    for (uid, token) in theirs.select(columns).load::<(Uid, Vec<u8>)>(connection)? {
        of.entry(uid).or_default().push(token);
    }
    Ok(of)
}
