//! Chat: who may write to whom. Sending itself, of many messages at once, is in `sending`.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Caller, DialogId, MessageId, Role, RoomId, Stid, Uid};
use crate::service::discussions;
use crate::service::posting::{self, NewDialog};
use crate::service::rooms::{alonechat, teammate};
use crate::store::room::{self, Address, Room};
use crate::store::{self, account, team};
use schemars::JsonSchema;
use serde::Serialize;

/// What the sender of a message is answered.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "MessageReceipt")]
pub struct Receipt {
    /// The sender's own line for the room.
    pub messageid: MessageId,
    /// The message.
    pub dialogid: DialogId,
    /// The room.
    pub roomid: RoomId,
    /// The message's number in the room.
    pub roomseq: i64,
}

/// A message that somebody asks to be sent.
#[derive(Debug)]
pub struct SendRequest {
    /// Who asks.
    pub caller: Caller,
    /// To whom.
    pub to: Recipient,
    /// What.
    pub new: NewDialog,
}

/// To whom a message is sent.
#[derive(Debug)]
pub enum Recipient {
    /// To the doctor, or to the resident, whom a contract in force binds to the caller.
    Party(Uid),
    /// To the other doctors of a team that the caller is in.
    Team(Stid),
    /// To a friend among the doctors.
    Friend(Uid),
    /// To a discussion group that the caller is in.
    Group(RoomId),
}

impl SendRequest {
    /// Where the room is found that it goes to.
    pub fn address(&self) -> Address {
        match &self.to {
            Recipient::Party(other) => {
                let (resident, doctor) = parties(&self.caller, other);
                Address::Pair(store::alonechat::pair(resident, doctor))
            }
            Recipient::Team(stid) => Address::Pair(store::teammate::pair(stid)),
            Recipient::Friend(friend) => Address::Pair(store::friend::pair(&self.caller.uid, friend)),
            Recipient::Group(roomid) => Address::Id(roomid.clone()),
        }
    }

    /// Opens the room to the caller where what binds them has it so; refuses otherwise.
    pub fn open_room(&self, tx: &mut Tx<'_>) -> Result<()> {
        let caller = &self.caller.uid;
        match &self.to {
            Recipient::Party(other) => {
                let (resident, doctor) = parties(&self.caller, other);
                match alonechat::open(tx, resident, doctor)? {
                    true => Ok(()),
                    false => Err(alonechat::refusal(tx, resident, doctor, caller)?),
                }
            }
            Recipient::Team(stid) => {
                let team = team::find(tx, stid)?;
                match teammate::open(tx, &team, caller)? {
                    true => Ok(()),
                    false => Err(Error::Permission("you are not a doctor of this team")),
                }
            }
            Recipient::Friend(friend) => Err(not_friends(tx, friend)?),
            Recipient::Group(_) => Err(Error::NotFound("room")),
        }
    }

    /// Whether it may go to this room, which is open and which the caller is in.
    pub fn require_kind(&self, room: &Room) -> Result<()> {
        match &self.to {
            Recipient::Group(_) => discussions::require_group(room),
            Recipient::Party(_) | Recipient::Team(_) | Recipient::Friend(_) => Ok(()),
        }
    }
}

/// The resident and the doctor of a private chat.
fn parties<'a>(caller: &'a Caller, other: &'a Uid) -> (&'a Uid, &'a Uid) {
    match caller.role {
        Role::User => (&caller.uid, other),
        Role::Doctor | Role::Admin => (other, &caller.uid),
    }
}

/// Doctors are known to each other; whether a resident exists is not.
fn not_friends(connection: &mut AnyConnection, uid: &Uid) -> Result<Error> {
    let there = account::find(connection, uid)?.is_some_and(|account| account.role == Role::Doctor);
    Ok(match there {
        true => Error::Permission("you are not friends"),
        false => Error::NotFound("doctor"),
    })
}

/// Posts a notice of what a doctor has decided in the room of the two, open or closed; the resident is
/// told.
pub fn post_notice(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid, words: String) -> Result<()> {
    let roomid = alonechat::ensure(tx, resident, doctor)?.roomid;
    let room = room::reserve_next_seq(tx, &roomid)?.ok_or(Error::NotFound("room"))?;
    posting::post(tx, room, doctor, &NewDialog::notice(words))?.tell(tx);
    Ok(())
}
