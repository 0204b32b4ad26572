//! Writing messages: private chat of residents and doctors, and the chats of doctors.

use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::http::extract::body::Both;
use crate::http::extract::caller::{Doctor, Member};
use crate::model::{ClientId, DialogKind, Role, Stid, Uid};
use crate::store::alonechat;
use crate::store::dialog::{self, NewDialog, Receipt};
use crate::store::file;
use crate::store::room::Room;
use crate::store::{account, friend, team, teammate};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// How many characters a text may have.
const LONGEST: usize = 10_000;

/// What somebody writes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Message {
    /// `text` where nothing is said.
    #[schemars(extend("enum" = ["text", "image", "voice", "file", null]))]
    kind: Option<DialogKind>,
    /// A text of at most 10,000 characters; of a file the `fileid`, or an object that holds it.
    #[schemars(example = &"我头疼两天了")]
    body: Value,
    /// The sender's own number for it: the same again gives the first answer and writes nothing.
    #[schemars(example = &"phone-17")]
    clientid: Option<ClientId>,
}

impl Message {
    /// The message to be written; `FA_PARAM` for what a person may not write.
    pub fn into_new(self) -> Result<NewDialog> {
        let kind = self.kind.unwrap_or(DialogKind::Text);
        match kind {
            DialogKind::Text => check_text(&self.body)?,
            DialogKind::Image | DialogKind::Voice | DialogKind::File => drop(file::named_in(&self.body)?),
            DialogKind::System | DialogKind::VideoCall => {
                return Err(Error::param("kind", "must be text, image, voice or file"));
            }
        }
        Ok(NewDialog { kind, body: self.body, clientid: self.clientid })
    }
}

fn check_text(body: &Value) -> Result<()> {
    match body.as_str().map(|text| (text.trim().is_empty(), text.chars().count())) {
        None => Err(Error::param("body", "must be a text")),
        Some((true, _)) => Err(Error::param("body", "must not be empty")),
        Some((false, length)) if length > LONGEST => {
            Err(Error::param("body", "must have at most 10000 characters"))
        }
        Some((false, _)) => Ok(()),
    }
}

/// Whom a private message is for.
#[derive(Deserialize, JsonSchema)]
pub struct AloneChat {
    touid: Uid,
}

/// Writes to the doctor, or to the resident, under a contract in force.
pub async fn send_alonechat(
    app: Data<App>,
    Member(caller): Member,
    Both(AloneChat { touid }, message): Both<AloneChat, Message>,
) -> Result<Json<Receipt>> {
    let new = message.into_new()?;
    let receipt = app.write(move |tx| {
        let (resident, doctor) = match caller.role {
            Role::User => (&caller.uid, &touid),
            Role::Doctor | Role::Admin => (&touid, &caller.uid),
        };
        write_alonechat(tx, resident, doctor, &caller.uid, &new)
    });
    Ok(Json(receipt.await?))
}

fn write_alonechat(
    tx: &mut Tx<'_>,
    resident: &Uid,
    doctor: &Uid,
    from: &Uid,
    new: &NewDialog,
) -> Result<Receipt> {
    if let Some(first) = find_first(tx, from, new)? {
        return Ok(first);
    }
    let Some(room) = alonechat::advance(tx, resident, doctor)? else {
        return Err(refusal(tx, resident, doctor, from)?);
    };
    write(tx, room, from, new)
}

/// Writes in a room whose next number was taken; its other members hear of it.
pub fn write(tx: &mut Tx<'_>, room: Room, from: &Uid, new: &NewDialog) -> Result<Receipt> {
    let posted = dialog::post(tx, room, from, new)?;
    tx.push(posted.push(|member| member.person.uid != *from));
    posted.receipt()
}

/// What was answered when the same was sent before.
pub fn find_first(tx: &mut Tx<'_>, from: &Uid, new: &NewDialog) -> Result<Option<Receipt>> {
    match &new.clientid {
        Some(clientid) => dialog::find_receipt(tx, from, clientid),
        None => Ok(None),
    }
}

/// Why one may not write. Doctors are known to everybody; whether a resident exists is private,
/// so that a doctor reads the same of one without a contract as of one that is not there.
pub fn refusal(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid, from: &Uid) -> Result<Error> {
    let there = account::find(tx, doctor)?.is_some_and(|account| account.role == Role::Doctor);
    Ok(match from == resident && !there {
        true => Error::NotFound("doctor"),
        false => Error::Permission("there is no contract in force that lets you write to each other"),
    })
}

/// Which team a message is for.
#[derive(Deserialize, JsonSchema)]
pub struct TeammateChat {
    stid: Stid,
}

/// Writes to the other doctors of one's team.
pub async fn send_teammatechat(
    app: Data<App>,
    Doctor(caller): Doctor,
    Both(TeammateChat { stid }, message): Both<TeammateChat, Message>,
) -> Result<Json<Receipt>> {
    let new = message.into_new()?;
    let receipt = app.write(move |tx| {
        if let Some(first) = find_first(tx, &caller.uid, &new)? {
            return Ok(first);
        }
        let team = team::find(tx, &stid)?;
        let room = teammate::advance(tx, &team, &caller.uid)?;
        let room = room.ok_or(Error::Permission("you are not a doctor of this team"))?;
        write(tx, room, &caller.uid, &new)
    });
    Ok(Json(receipt.await?))
}

/// Writes to a friend among the doctors.
pub async fn send_doctorfriendchat(
    app: Data<App>,
    Doctor(caller): Doctor,
    Both(AloneChat { touid }, message): Both<AloneChat, Message>,
) -> Result<Json<Receipt>> {
    let new = message.into_new()?;
    let receipt = app.write(move |tx| {
        if let Some(first) = find_first(tx, &caller.uid, &new)? {
            return Ok(first);
        }
        match friend::advance(tx, &caller.uid, &touid)? {
            Some(room) => write(tx, room, &caller.uid, &new),
            None => Err(not_friends(tx, &touid)?),
        }
    });
    Ok(Json(receipt.await?))
}

/// Doctors are known to each other; whether a resident exists is not.
fn not_friends(tx: &mut Tx<'_>, touid: &Uid) -> Result<Error> {
    let there = account::find(tx, touid)?.is_some_and(|account| account.role == Role::Doctor);
    Ok(match there {
        true => Error::Permission("you are not friends"),
        false => Error::NotFound("doctor"),
    })
}
