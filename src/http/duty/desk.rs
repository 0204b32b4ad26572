//! The questions that wait: listing them, taking one on, answering in its doctor's place, reminding.

use crate::app::App;
use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::http::chat::message::Message;
use crate::http::duty::OnDuty;
use crate::http::extract::body::{Body, Both, Cursor, Limit, List, Query};
use crate::model::{DialogId, DialogKind, Reason, RoomId, RoomKind, Time, Uid};
use crate::protocol::shape::{Dialog, Person};
use crate::store::dialog::{self, NewDialog, Posted};
use crate::store::question::{self, Question};
use crate::store::room::{self, Room};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which questions are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct Waiting {
    before: Option<Cursor<DialogId>>,
    #[serde(default)]
    limit: Limit,
}

/// A question that waits.
#[derive(Serialize, JsonSchema)]
pub struct WaitingView {
    #[serde(flatten)]
    dialog: Dialog,
    /// The kind of the room, as a line of a message list has it.
    tags: [RoomKind; 1],
    /// Whose answer it waits for.
    doctor: Option<Person>,
    /// How long it has waited, in whole seconds.
    waiting: i64,
    /// Who has taken it on, while that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<Claim>,
}

#[derive(Serialize, JsonSchema)]
struct Claim {
    uid: Uid,
    until: Time,
}

/// What waits, the oldest first.
pub async fn list(
    app: Data<App>,
    _: OnDuty,
    Query(wanted): Query<Waiting>,
) -> Result<Json<List<WaitingView>>> {
    let Waiting { before, limit } = wanted;
    let items = app.read(move |store| {
        let now = Time::now();
        let after = before.map(|Cursor(asked, dialogid)| (asked, dialogid));
        let questions = question::list(store, after.as_ref(), limit.and_one())?;
        questions.into_iter().map(|question| view(store, question, now)).collect()
    });
    let cursor =
        |item: &WaitingView| Cursor(item.dialog.createtime, item.dialog.dialogid.clone()).to_string();
    Ok(Json(List::page(items.await?, limit, cursor)))
}

fn view(store: &mut AnyConnection, question: Question, now: Time) -> Result<WaitingView> {
    let doctor = question::find_doctor(store, &question)?;
    let claim = question.claim_at(now).cloned().map(|(uid, until)| Claim { uid, until });
    let waiting = (now.millis() - question.dialog.createtime.millis()).max(0) / 1000;
    Ok(WaitingView { tags: [question.room], dialog: question.dialog, doctor, waiting, claim })
}

/// The body of `/admin/duty/claim`.
#[derive(Deserialize, JsonSchema)]
pub struct Taken {
    dialogid: DialogId,
}

/// How long a claim holds.
#[derive(Serialize, JsonSchema)]
pub struct Held {
    until: Time,
}

/// Takes a question on: nobody else of the duty desk answers it until then. Again to go on.
pub async fn claim(app: Data<App>, OnDuty(caller): OnDuty, Body(body): Body<Taken>) -> Result<Json<Held>> {
    let lifetime = app.config().claim_lifetime();
    let until = app.write(move |tx| {
        let (_, question) = hold(tx, &body.dialogid, &caller.uid)?;
        let until = tx.now + lifetime;
        question::claim(tx, &question, &caller.uid, until)?;
        Ok(until)
    });
    Ok(Json(Held { until: until.await? }))
}

/// Locks a question that `uid` may answer.
fn hold(tx: &mut Tx<'_>, dialogid: &DialogId, uid: &Uid) -> Result<(Room, Question)> {
    let (room, question) = question::hold(tx, dialogid)?;
    if question.dialog.from.uid == *uid {
        return Err(Error::Permission("one's own question is for others to answer"));
    }
    match question.claim_at(tx.now) {
        Some((by, _)) if by != uid => Err(Error::State("somebody else has taken the question on")),
        Some(_) | None => Ok((room, question)),
    }
}

/// Which question `/admin/duty/sendmsg` answers, beside the message.
#[derive(Deserialize, JsonSchema)]
pub struct Reply {
    dialogid: DialogId,
}

/// The message that was written.
#[derive(Serialize, JsonSchema)]
pub struct Written {
    dialogid: DialogId,
    roomid: RoomId,
    roomseq: i64,
}

impl From<Posted> for Written {
    fn from(Posted { dialog, .. }: Posted) -> Self {
        Self { dialogid: dialog.dialogid, roomid: dialog.roomid, roomseq: dialog.roomseq }
    }
}

/// Answers a question in the place of its doctor; the whole room hears it.
pub async fn answer(
    app: Data<App>,
    OnDuty(caller): OnDuty,
    Both(Reply { dialogid: asked }, message): Both<Reply, Message>,
) -> Result<Json<Written>> {
    let new = message.into_new()?;
    let written = app.write(move |tx| {
        if let Some(first) = find_first(tx, &caller.uid, &new)? {
            return Ok(first);
        }
        let (room, question) = hold(tx, &asked, &caller.uid)?;
        let doctor = question::find_doctor(tx, &question)?.map(|doctor| doctor.uid);
        question::settle(tx, &question, &caller.uid)?;
        let room = room::advance(tx, &room.roomid)?.ok_or(Error::NotFound("room"))?;
        let author = Person { uid: caller.uid.clone(), name: caller.name.clone(), role: caller.role };
        let posted = dialog::post_on_behalf(tx, room, &author, doctor, &new)?;
        tx.push(posted.push(|member| member.person.uid != caller.uid));
        Ok(posted.into())
    });
    Ok(Json(written.await?))
}

/// What was answered when the same was sent before.
fn find_first(tx: &mut Tx<'_>, from: &Uid, new: &NewDialog) -> Result<Option<Written>> {
    let Some(clientid) = &new.clientid else { return Ok(None) };
    let sent = dialog::find_sent(tx, from, clientid)?;
    Ok(sent.map(|(dialogid, roomid, roomseq)| Written { dialogid, roomid, roomseq }))
}

/// The body of `/admin/duty/remindmsg`.
#[derive(Deserialize, JsonSchema)]
pub struct Reminder {
    dialogid: DialogId,
    /// What is said; there are words for where nothing is.
    #[schemars(example = &"请尽快回复")]
    body: Option<Reason>,
}

/// What is said where a reminder has no words of its own.
const PLEASE_ANSWER: &str = "有一条提问尚未回复，请及时处理";

/// Reminds a room of a question that waits, by a notice in it.
pub async fn remind(
    app: Data<App>,
    OnDuty(caller): OnDuty,
    Body(body): Body<Reminder>,
) -> Result<Json<Written>> {
    let words = body.body.as_ref().map_or(PLEASE_ANSWER, Reason::as_str).to_owned();
    let notice = NewDialog { kind: DialogKind::System, body: words.into(), clientid: None };
    let written = app.write(move |tx| {
        let (room, question) = question::hold(tx, &body.dialogid)?;
        let room = room::advance(tx, &room.roomid)?.ok_or(Error::NotFound("room"))?;
        let posted = dialog::post(tx, room, &caller.uid, &notice)?;
        tx.push(posted.reminder(&question.dialog));
        Ok(posted.into())
    });
    Ok(Json(written.await?))
}
