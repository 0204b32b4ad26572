//! The questions that wait: listing them and what was written before them, claiming and answering them,
//! and reminding of them.

use crate::app::App;
use crate::db::paging::Cursor;
use crate::error::{Error, Result};
use crate::http::duty::on_duty::OnDuty;
use crate::http::extract::body::{Body, Both};
use crate::http::extract::message::{Attachment, Message};
use crate::http::extract::page::{Limit, List};
use crate::http::extract::query::Query;
use crate::limits::account::Spending;
use crate::model::{DialogId, Malformed, Reason, Role, RoomId, RoomKind, Time, Uid};
use crate::protocol::objects::{Dialog, Person, PersonCard};
use crate::service::duty::{self, Written};
use crate::service::duty_answers::{self, DutyAnswer};
use crate::service::{duty_view, persons};
use crate::store::question::Question;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which questions are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct WaitingQuery {
    before: Option<Cursor<DialogId>>,
    #[serde(default)]
    limit: Limit,
}

/// A question that waits.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WaitingQuestion")]
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
#[schemars(rename = "WaitingQuestionClaim")]
struct Claim {
    uid: Uid,
    until: Time,
}

impl WaitingView {
    fn new(question: Question, doctor: Option<Person>, now: Time) -> Self {
        let claim = question.claim_at(now).cloned().map(|(uid, until)| Claim { uid, until });
        let waiting = (now.millis() - question.dialog.createtime.millis()).max(0) / 1000;
        Self { tags: [question.room], dialog: question.dialog, doctor, waiting, claim }
    }
}

/// Lists the questions that wait, oldest first. An administrator who does so hears how they change from then on.
pub async fn list(
    app: Data<App>,
    OnDuty(caller): OnDuty,
    Query(wanted): Query<WaitingQuery>,
) -> Result<Json<List<WaitingView>>> {
    if caller.role == Role::Admin {
        app.open_desk(caller.uid);
    }
    let WaitingQuery { before, limit } = wanted;
    let questions = app.read(move |connection| duty::list(connection, before.as_ref(), limit.and_one()));
    let (questions, now) = (questions.await?.into_iter(), Time::now());
    let views = questions.map(|(question, doctor)| WaitingView::new(question, doctor, now)).collect();
    let cursor =
        |item: &WaitingView| Cursor(item.dialog.createtime, item.dialog.dialogid.clone()).to_string();
    Ok(Json(List::page(views, limit, cursor)))
}

/// The question whose history is asked for.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "QuestionHistoryQuery")]
pub struct HistoryQuery {
    dialogid: DialogId,
}

/// Shows a question to who may answer it, with the messages before it, newest first.
pub async fn history(
    app: Data<App>,
    OnDuty(caller): OnDuty,
    Query(HistoryQuery { dialogid }): Query<HistoryQuery>,
) -> Result<Json<List<Dialog>>> {
    let items = app.read(move |store| duty_view::list_history(store, &caller.uid, &dialogid)).await?;
    Ok(Json(List { items, next: None }))
}

/// Shows who the resident is that asks, to who may answer the question.
pub async fn person(
    app: Data<App>,
    OnDuty(caller): OnDuty,
    Query(HistoryQuery { dialogid }): Query<HistoryQuery>,
) -> Result<Json<PersonCard>> {
    Ok(Json(app.read(move |store| persons::find_at_desk(store, &caller.uid, &dialogid)).await?))
}

/// The body of `/admin/duty/claim`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "ClaimQuestionRequest")]
pub struct ClaimRequest {
    dialogid: DialogId,
}

/// How long a claim holds.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ClaimReceipt")]
pub struct Claimed {
    until: Time,
}

/// Claims a question, or prolongs one's claim.
pub async fn claim(
    app: Data<App>,
    OnDuty(caller): OnDuty,
    Body(body): Body<ClaimRequest>,
) -> Result<Json<Claimed>> {
    let lifetime = app.config().claim_lifetime();
    let until =
        app.write_as(caller, move |tx, caller| duty::claim(tx, caller, &body.dialogid, lifetime)).await?;
    Ok(Json(Claimed { until }))
}

/// Which question `/admin/duty/sendmsg` answers, beside the message.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "DutyAnswerRequest")]
pub struct AnsweredQuestion {
    dialogid: DialogId,
    /// Files that come right after the message, each as a message of its own, in this order; at most 9.
    #[serde(default)]
    #[schemars(length(max = 9))]
    attachments: Vec<Attachment>,
}

/// How many files go with an answer.
const MOST_ATTACHMENTS: usize = 9;

/// The message that was written.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WrittenMessage")]
pub struct WrittenView {
    dialogid: DialogId,
    roomid: RoomId,
    roomseq: i64,
}

impl From<Written> for WrittenView {
    fn from(Written { dialogid, roomid, roomseq }: Written) -> Self {
        Self { dialogid, roomid, roomseq }
    }
}

/// Answers a question on behalf of its doctor, with all that is attached or not at all.
pub async fn answer(
    app: Data<App>,
    OnDuty(caller): OnDuty,
    Both(AnsweredQuestion { dialogid, attachments }, message): Both<AnsweredQuestion, Message>,
) -> Result<Json<WrittenView>> {
    if attachments.len() > MOST_ATTACHMENTS {
        return Err(Error::param("attachments", Malformed::TooLong));
    }
    (0..=attachments.len()).try_for_each(|_| app.spend(&caller, Spending::Message))?;
    let attached = attachments.into_iter().enumerate().map(|(index, attachment)| {
        attachment.into_new().map_err(|error| error.within(format!("attachments[{index}]")))
    });
    let answer = DutyAnswer { message: message.into_new()?, attachments: attached.collect::<Result<_>>()? };
    let answer = app.write_as(caller, move |tx, caller| duty_answers::answer(tx, caller, &dialogid, &answer));
    Ok(Json(answer.await?.into()))
}

/// The body of `/admin/duty/remindmsg`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "RemindRequest")]
pub struct ReminderRequest {
    dialogid: DialogId,
    /// What is said; there are words for where nothing is.
    #[schemars(example = &"请尽快回复")]
    body: Option<Reason>,
}

/// Reminds a room of a question that waits, by a notice in it.
pub async fn remind(
    app: Data<App>,
    OnDuty(caller): OnDuty,
    Body(body): Body<ReminderRequest>,
) -> Result<Json<WrittenView>> {
    app.spend(&caller, Spending::Notice)?;
    let written =
        app.write_as(caller, move |tx, caller| duty::remind(tx, caller, &body.dialogid, body.body.as_ref()));
    Ok(Json(written.await?.into()))
}
