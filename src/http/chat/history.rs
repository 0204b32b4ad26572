//! What becomes of messages once written: withdrawing one's own, and searching.

use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::http::extract::body::{Body, Done, Limit, List, Query};
use crate::http::extract::caller::Member;
use crate::model::{DialogId, DialogKind, Malformed, RoomId, Sought, Time, Uid};
use crate::protocol::push::{Push, Recall};
use crate::protocol::shape::Dialog;
use crate::store::dialog;
use crate::store::member;
use crate::store::room::{self, Room};
use crate::store::search::{self, Cursor, Search};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Duration;

/// How long a message may be withdrawn.
const REGRET: Duration = Duration::from_secs(120);

/// The body of `dialog/recall`.
#[derive(Deserialize, JsonSchema)]
pub struct Recalling {
    dialogid: DialogId,
}

const NONE: Error = Error::NotFound("message");

/// Withdraws a message of one's own within two minutes; its words stay in the record, but are
/// shown to nobody any more.
pub async fn recall(
    app: Data<App>,
    Member(caller): Member,
    Body(body): Body<Recalling>,
) -> Result<Json<Done>> {
    app.write(move |tx| {
        let (room, dialog) = find_locked(tx, &body.dialogid)?;
        require_own(tx, &dialog, &caller.uid)?;
        if dialog.recalled {
            return Ok(());
        }
        if dialog.createtime + REGRET < tx.now {
            return Err(Error::State("a message can be withdrawn within two minutes only"));
        }
        withdraw(tx, &room, dialog)
    })
    .await?;
    Ok(Json(Done {}))
}

/// The message, with its room locked before the look.
fn find_locked(tx: &mut Tx<'_>, dialogid: &DialogId) -> Result<(Room, Dialog)> {
    let roomid = dialog::find(tx, dialogid)?.ok_or(NONE)?.roomid;
    let room = room::lock(tx, &roomid)?.ok_or(NONE)?;
    Ok((room, dialog::find(tx, dialogid)?.ok_or(NONE)?))
}

/// Refuses who did not write the message; to who does not see it, or has left, it does not exist.
fn require_own(tx: &mut Tx<'_>, dialog: &Dialog, caller: &Uid) -> Result<()> {
    let member = member::find(tx, &dialog.roomid, caller)?;
    let sees = member.as_ref().is_some_and(|member| member.sees(dialog.roomseq));
    let has_left = member.is_some_and(|member| member.left_seq.is_some());
    match (dialog.from.uid == *caller, dialog.kind) {
        (true, _) if has_left => Err(NONE),
        (true, DialogKind::Text | DialogKind::Image | DialogKind::Voice | DialogKind::File) => Ok(()),
        (true, DialogKind::System | DialogKind::VideoCall) => {
            Err(Error::Permission("a notice cannot be withdrawn"))
        }
        (false, _) if sees => Err(Error::Permission("only who wrote a message may withdraw it")),
        (false, _) => Err(NONE),
    }
}

/// Marks the message, takes its words out of what is replayed, and tells those who see it.
fn withdraw(tx: &mut Tx<'_>, room: &Room, dialog: Dialog) -> Result<()> {
    let dialog = dialog::withdraw(tx, room, dialog)?;
    let members = member::list(tx, &dialog.roomid)?;
    let told = members.into_iter().filter(|member| member.sees(dialog.roomseq));
    let told = told.map(|member| member.person.uid).collect();
    let Dialog { roomid, dialogid, roomseq, from, .. } = dialog;
    tx.push(Push::Recall(told, Recall { roomid, dialogid, roomseq, by: from.uid }));
    Ok(())
}

/// What is searched for.
#[derive(Deserialize, JsonSchema)]
pub struct Wanted {
    #[schemars(example = &"头疼")]
    q: Sought,
    roomid: Option<RoomId>,
    before: Option<Before>,
    #[serde(default)]
    limit: Limit,
}

/// A cursor as it stands on the wire: `milliseconds.dialogid`.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("examples" = ["1795424400007.dialogid-1"]))]
struct Before(#[schemars(with = "String")] Cursor);

impl TryFrom<String> for Before {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed("must be the next of an earlier page");
        let (millis, id) = text.split_once('.').ok_or(WRONG)?;
        let createtime = Time::from_millis(millis.parse().map_err(|_| WRONG)?);
        let dialogid = DialogId::try_from(id.to_owned()).map_err(|_| WRONG)?;
        Ok(Self(Cursor { createtime, dialogid }))
    }
}

/// The messages that hold the words, in one's own rooms, as far as one may see them.
pub async fn search(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<Wanted>,
) -> Result<Json<List<Dialog>>> {
    let Wanted { q, roomid, before, limit } = wanted;
    let before = before.map(|Before(cursor)| cursor);
    let found = app.read(move |store| {
        if let Some(roomid) = &roomid {
            member::find(store, roomid, &caller.uid)?.ok_or(Error::NotFound("room"))?;
        }
        let search = Search { uid: caller.uid, words: q.as_str().to_owned(), roomid };
        search::search(store, &search, before, limit.and_one())
    });
    let cursor = |dialog: &Dialog| format!("{}.{}", dialog.createtime.millis(), dialog.dialogid);
    Ok(Json(List::page(found.await?, limit, cursor)))
}
