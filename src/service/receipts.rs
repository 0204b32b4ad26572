//! Delivery receipts: what devices acknowledge, which messages that concerns, and how far a message has
//! come with its recipients.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DeliveryState, DeviceId, RoomId, Uid};
use crate::protocol::effect::Effect;
use crate::protocol::frame::Frame;
use crate::protocol::objects::MessageState;
use crate::protocol::replies::{Reply, Word};
use crate::store::connection::online;
use crate::store::member::{self, Member};
use crate::store::receipts::{self, DeliveryReceipt, Unreported};
use crate::store::{device, mailbox, push_log};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// How many of one person's pushes are looked through at a time.
const PAGE: i64 = 500;

/// Stores that `uid` has taken in every push up to `seq`. `first` is the device if its app has never
/// acknowledged before.
pub fn acknowledge(tx: &mut Tx<'_>, uid: &Uid, seq: i64, first: Option<&DeviceId>) -> Result<()> {
    // The mailbox first, as whoever registers locks them in this order.
    mailbox::acknowledge(tx, uid, seq)?;
    if let Some(deviceid) = first {
        device::set_acks(tx, uid, deviceid)?;
        online::set_acks(tx, uid, deviceid)?;
    }
    tx.effect(Effect::PushesAcknowledged(uid.clone()));
    Ok(())
}

/// The part of a push that names the message it tells of, if it tells of one.
#[derive(Deserialize)]
struct ItemContent {
    data: Message,
}

#[derive(Deserialize)]
struct Message {
    roomid: RoomId,
    roomseq: i64,
    from: Author,
}

#[derive(Deserialize)]
struct Author {
    uid: Uid,
}

/// Finds the newest message of each room and author among the messages that pushes tell of.
fn newest_messages(frames: &[Frame]) -> BTreeMap<(RoomId, Uid), i64> {
    let mut newest = BTreeMap::new();
    let lines = frames.iter().filter_map(|frame| serde_json::from_str::<ItemContent>(&frame.shared).ok());
    for ItemContent { data: Message { roomid, roomseq, from } } in lines {
        let seq = newest.entry((roomid, from.uid)).or_insert(roomseq);
        *seq = roomseq.max(*seq);
    }
    newest
}

/// Tells the authors of what `uid` has acknowledged since the last time, at most a page of pushes;
/// returns whether there is more.
pub fn report(tx: &mut Tx<'_>, uid: &Uid) -> Result<bool> {
    let Some(Unreported { told: since, acked, .. }) = receipts::list_unreported(tx, &[uid])?.pop() else {
        return Ok(false);
    };
    let frames = push_log::list_between(tx, uid, since, acked, PAGE)?;
    let is_full = frames.len() as i64 == PAGE;
    let told = frames.last().filter(|_| is_full).map_or(acked, |last| last.seq);
    if !receipts::set_told(tx, uid, since, told)? {
        return Ok(true);
    }
    let newest = newest_messages(&frames);
    let mut rooms = BTreeMap::<&RoomId, i64>::new();
    for ((roomid, _), roomseq) in &newest {
        let seq = rooms.entry(roomid).or_insert(*roomseq);
        *seq = (*roomseq).max(*seq);
    }
    for (roomid, roomseq) in rooms {
        receipts::advance(tx, roomid, uid, DeliveryState::Delivered, roomseq)?;
    }
    let others = newest.into_iter().filter(|((_, author), _)| author != uid);
    for ((roomid, author), roomseq) in others {
        tell(tx, DeliveryReceipt { author, roomid, roomseq, uid: uid.clone() }, DeliveryState::Delivered)?;
    }
    Ok(told < acked)
}

/// Tells an author how far a message has come with its recipient, unless one of them has left the room
/// since, or it has been read already. Who answers from the duty desk need not be in the room.
pub fn tell(tx: &mut Tx<'_>, receipt: DeliveryReceipt, state: DeliveryState) -> Result<()> {
    let DeliveryReceipt { author, roomid, roomseq, uid } = receipt;
    let author_sees = member::find_view(tx, &roomid, &author)?.is_none_or(|view| view.is_of(roomseq));
    let recipient = member::find_view(tx, &roomid, &uid)?;
    let is_unread = recipient.is_some_and(|view| view.is_of(roomseq) && view.read_seq < roomseq);
    let is_news = state != DeliveryState::Notified || receipts::find_delivered(tx, &roomid, &uid)? < roomseq;
    if author_sees && is_unread && is_news {
        let reply = Reply::Delivery { roomid, roomseq, uid, state };
        tx.effect(Effect::Tell { to: vec![author], word: Word::from(&reply) });
    }
    Ok(())
}

/// How far the messages of a room have come with each of its members.
#[derive(Debug)]
pub struct RoomDelivery(Vec<MemberDelivery>);

#[derive(Debug)]
struct MemberDelivery {
    member: Member,
    delivered: i64,
    notified: i64,
}

impl RoomDelivery {
    /// Reads the present marks of a room, including acknowledgements that its marks do not contain yet.
    pub fn read(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Self> {
        let members = member::list(connection, roomid)?;
        let marks: HashMap<_, _> = receipts::list_marks(connection, roomid)?
            .into_iter()
            .map(|marks| (marks.uid, (marks.delivered, marks.notified)))
            .collect();
        let unreported = list_unreported(connection, roomid, &members)?;
        let with_marks = |member: Member| {
            let uid = &member.person.uid;
            let (delivered, notified) = marks.get(uid).copied().unwrap_or_default();
            let delivered = unreported.get(uid).copied().unwrap_or_default().max(delivered);
            MemberDelivery { member, delivered, notified }
        };
        Ok(Self(members.into_iter().map(with_marks).collect()))
    }

    /// Lists how far the message `roomseq` of `author` has come with each of the others.
    pub fn of(&self, author: &Uid, roomseq: i64) -> Vec<MessageState> {
        let others = self
            .0
            .iter()
            .filter(|MemberDelivery { member, .. }| member.person.uid != *author && member.sees(roomseq));
        let standing = |MemberDelivery { member, delivered, notified }: &MemberDelivery| MessageState {
            uid: member.person.uid.clone(),
            state: match roomseq {
                seq if seq <= member.read_seq => DeliveryState::Read,
                seq if seq <= *delivered => DeliveryState::Delivered,
                seq if seq <= *notified => DeliveryState::Notified,
                _ => DeliveryState::Stored,
            },
        };
        others.map(standing).collect()
    }
}

/// Finds the newest message of a room that each member has acknowledged, where that is unreported.
fn list_unreported(
    connection: &mut AnyConnection,
    roomid: &RoomId,
    members: &[Member],
) -> Result<HashMap<Uid, i64>> {
    let uids: Vec<&Uid> = members.iter().map(|member| &member.person.uid).collect();
    let mut newest = HashMap::new();
    for Unreported { uid, told, acked } in receipts::list_unreported(connection, &uids)? {
        let frames = push_log::list_between(connection, &uid, told, acked, PAGE)?;
        let here = newest_messages(&frames).into_iter().filter(|((room, _), _)| room == roomid);
        if let Some(roomseq) = here.map(|(_, roomseq)| roomseq).max() {
            newest.insert(uid, roomseq);
        }
    }
    Ok(newest)
}
