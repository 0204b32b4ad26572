//! Reads what is to be sent to browsers: which is due, and each as it is at the moment when it is sent.

use super::row::{Item, from_json};
use crate::db::connection::AnyConnection;
use crate::db::schema::{mailbox, web_push, web_subscription as subscription};
use crate::error::Result;
use crate::model::{AlertKind, Language, RingEnd, Role, Time, Uid};
use diesel::prelude::*;

/// A browser as it is subscribed.
#[derive(Debug, Clone, Queryable)]
pub struct Address {
    /// The address at its push service.
    pub endpoint: String,
    /// Its public key.
    pub p256dh: Vec<u8>,
    /// The secret that it shares with who sends.
    pub auth: Vec<u8>,
    /// In which role its owner is logged in there.
    pub role: Role,
    /// The language of its pages.
    pub language: Language,
    /// Whether its notifications may show names and words.
    pub words: bool,
}

/// What is to be sent to a browser.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The row.
    pub pushid: String,
    /// For whom.
    pub uid: Uid,
    /// How urgent it is.
    pub kind: AlertKind,
    /// See [`NewWebPush::tag`](super::queue::NewWebPush::tag).
    pub tag: String,
    /// See [`NewWebPush::place`](super::queue::NewWebPush::place).
    pub place: Option<String>,
    /// What it tells of and has not been acknowledged, the newest last. That a call rings no more is told also to who
    /// has acknowledged that it did.
    pub items: Vec<Item>,
    /// When it is no news any more.
    pub expires: Time,
    /// How often it has failed.
    pub tries: i32,
    /// How the ringing of the call ended, if that is what it tells.
    pub ended: Option<RingEnd>,
    /// Where; `None` where the browser is subscribed no more.
    pub address: Option<Address>,
}

impl Outgoing {
    /// Whether a call rings.
    pub fn rings(&self) -> bool {
        match self.kind {
            AlertKind::Call => self.ended.is_none(),
            AlertKind::Message | AlertKind::Announcement => false,
        }
    }
}

type Row =
    (String, Uid, i64, AlertKind, (String, Option<String>), String, (Time, i32, Option<RingEnd>), Vec<u8>);

fn outgoing(
    (pushid, uid, acked, kind, (tag, place), items, (expires, tries, ended), _): Row,
    address: Option<Address>,
) -> Result<Outgoing> {
    let mut items = from_json(&items)?;
    items.retain(|item| item.seq > acked || ended.is_some());
    Ok(Outgoing { pushid, uid, kind, tag, place, items, expires, tries, ended, address })
}

/// The ids of up to `limit` of what is due, the longest waiting first.
pub fn list_due(
    connection: &mut AnyConnection,
    kinds: &[AlertKind],
    now: Time,
    limit: i64,
) -> Result<Vec<String>> {
    let due = web_push::table
        .inner_join(mailbox::table.on(mailbox::uid.eq(web_push::uid)))
        .filter(web_push::kind.eq_any(kinds).and(web_push::due.le(now)))
        .order((web_push::due, web_push::pushid))
        .limit(limit)
        .select(web_push::pushid);
    Ok(due.load(connection)?)
}

/// What is to be sent, as it is by now; `None` where it was withdrawn, or something new has taken its place.
pub fn find(connection: &mut AnyConnection, pushid: &str) -> Result<Option<Outgoing>> {
    let row = web_push::table
        .inner_join(mailbox::table.on(mailbox::uid.eq(web_push::uid)))
        .filter(web_push::pushid.eq(pushid))
        .select((
            web_push::pushid,
            web_push::uid,
            mailbox::acked,
            web_push::kind,
            (web_push::tag, web_push::place),
            web_push::items,
            (web_push::expires, web_push::tries, web_push::ended),
            web_push::token,
        ));
    let Some(row) = row.first::<Row>(connection).optional()? else { return Ok(None) };
    let address = find_address(connection, &row.7)?;
    outgoing(row, address).map(Some)
}

fn find_address(connection: &mut AnyConnection, token: &[u8]) -> Result<Option<Address>> {
    let address = subscription::table.filter(subscription::token.eq(token)).select((
        subscription::endpoint,
        subscription::p256dh,
        subscription::auth,
        subscription::role,
        subscription::language,
        subscription::words,
    ));
    Ok(address.first(connection).optional()?)
}
