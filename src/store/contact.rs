//! Who knows whom, as it follows from rooms and contracts; nothing of it is kept for itself.

use crate::db::connection::AnyConnection;
use crate::db::paging::Cursor;
use crate::db::schema::{account, room, room_member, social_signed, team_doctor};
use crate::error::Result;
use crate::model::{ContractStatus, Role, RoomId, RoomKind, Uid};
use crate::protocol::objects::Person;
use diesel::prelude::*;
use std::collections::BTreeSet;

/// Somebody whom another shares a room with.
#[derive(Debug, Clone)]
pub struct Contact {
    /// The room.
    pub roomid: RoomId,
    /// Whom it is for.
    pub kind: RoomKind,
    /// Whether one may write in it.
    pub open: bool,
    /// The other one.
    pub person: Person,
}

type Row = (RoomId, RoomKind, bool, Uid, String, Role);

/// Somebody's contacts, newest room first: those of private chats, past ones too, the doctors of the
/// same teams, and friends.
pub fn list(
    connection: &mut AnyConnection,
    uid: &Uid,
    before: Option<&Cursor<Uid, RoomId>>,
    limit: i64,
) -> Result<Vec<Contact>> {
    let mine = diesel::alias!(room_member as mine);
    let present = mine.field(room_member::uid).eq(uid).and(mine.field(room_member::left_seq).is_null());
    let roomid = mine.field(room_member::roomid);
    let lasting = room::open.eq(true).and(room_member::left_seq.is_null());
    let listed = room::kind.eq(RoomKind::AloneChat).or(room::kind.ne(RoomKind::Discussion).and(lasting));
    let mut others = room_member::table
        .inner_join(room::table)
        .inner_join(account::table)
        .inner_join(mine.on(roomid.eq(room_member::roomid)))
        .filter(listed.and(room_member::uid.ne(uid)).and(present))
        .select((room::roomid, room::kind, room::open, account::uid, account::name, account::role))
        .into_boxed();
    if let Some(Cursor(roomid, uid)) = before {
        let further = mine.field(room_member::roomid);
        let later = further.lt(roomid.clone()).or(room_member::uid.lt(uid.clone()));
        others = others.filter(further.le(roomid.clone()).and(later));
    }
    // One's own places lie in this order, so that no more of them are read than the page has.
    let order = (mine.field(room_member::roomid).desc(), room_member::uid.desc());
    let rows = others.order(order).limit(limit).load::<Row>(connection)?;
    let contact = |(roomid, kind, open, uid, name, role)| {
        let person = Person { uid, name, role };
        Contact { roomid, kind, open, person }
    };
    Ok(rows.into_iter().map(contact).collect())
}

/// The present contacts of each of `people`: the others in their open rooms, without groups.
pub fn list_present(connection: &mut AnyConnection, people: &[Uid]) -> Result<Vec<(Uid, Uid)>> {
    let theirs = diesel::alias!(room_member as theirs);
    let others = theirs.on(theirs.field(room_member::roomid).eq(room::roomid));
    Ok(room_member::table
        .inner_join(room::table.inner_join(others))
        .filter(room_member::uid.eq_any(people).and(room_member::left_seq.is_null()))
        .filter(room::open.eq(true).and(room::kind.ne(RoomKind::Discussion)))
        .filter(theirs.field(room_member::left_seq).is_null())
        .filter(theirs.field(room_member::uid).ne(room_member::uid))
        .select((room_member::uid, theirs.field(room_member::uid)))
        .distinct()
        .load(connection)?)
}

/// Those of `people` whom somebody knows: those in an open room with them, or bound to them by a
/// contract in force. Nobody knows closed accounts.
pub fn list_known(connection: &mut AnyConnection, uid: &Uid, people: &[Uid]) -> Result<BTreeSet<Uid>> {
    let mine = diesel::alias!(room_member as mine);
    let rooms =
        mine.filter(mine.field(room_member::uid).eq(uid).and(mine.field(room_member::left_seq).is_null()));
    let in_rooms: Vec<Uid> = room_member::table
        .inner_join(room::table)
        .inner_join(account::table)
        .filter(room_member::uid.eq_any(people).and(room_member::left_seq.is_null()))
        .filter(room::open.eq(true).and(account::disabled.eq(false)))
        .filter(room::roomid.eq_any(rooms.select(mine.field(room_member::roomid))))
        .select(room_member::uid)
        .distinct()
        .load(connection)?;
    let mut known: BTreeSet<Uid> = in_rooms.into_iter().collect();
    known.extend(list_bound(connection, uid, people)?);
    Ok(known)
}

/// Those of `people` who are bound to somebody by a contract in force, as residents or as doctors.
fn list_bound(connection: &mut AnyConnection, uid: &Uid, people: &[Uid]) -> Result<Vec<Uid>> {
    let bonds = || {
        social_signed::table
            .inner_join(team_doctor::table.on(team_doctor::stid.eq(social_signed::stid)))
            .filter(social_signed::status.eq(ContractStatus::Signed))
    };
    let mut bound: Vec<Uid> = bonds()
        .inner_join(account::table.on(account::uid.eq(team_doctor::uid)))
        .filter(social_signed::uid.eq(uid).and(team_doctor::uid.eq_any(people)))
        .filter(account::disabled.eq(false))
        .select(account::uid)
        .load(connection)?;
    let residents: Vec<Uid> = bonds()
        .inner_join(account::table.on(account::uid.eq(social_signed::uid)))
        .filter(team_doctor::uid.eq(uid).and(social_signed::uid.eq_any(people)))
        .filter(account::disabled.eq(false))
        .select(account::uid)
        .load(connection)?;
    bound.extend(residents);
    Ok(bound)
}
