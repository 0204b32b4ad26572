//! Notices of doctors to residents under contract with their teams.

use crate::app::App;
use crate::app::announcements;
use crate::error::{Error, Result};
use crate::http::extract::body::Both;
use crate::http::extract::caller::Doctor;
use crate::http::extract::page::List;
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::http::notice::topic::{ListedTopic, SentCount, TopicChoice, TopicQuery, Words};
use crate::limits::account::Spending;
use crate::model::{Caller, Malformed, NoticeKind, Stid, Uid};
use crate::service::notices;
use crate::store::topic::{Facts, NewTopic};
use crate::store::topic_recipient::Reach;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The doctor's notice with this text.
fn new_topic(words: Words, doctor: &Caller) -> NewTopic {
    words.into_topic(NoticeKind::DoctorMsg, doctor, Facts::new())
}

/// The body of `/doctor/usermessage/push`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NoticeRequest")]
pub struct Notice {
    uid: Uid,
}

/// Sends a notice to a resident.
pub async fn push(
    app: Data<App>,
    Doctor(caller): Doctor,
    Both(Notice { uid }, words): Both<Notice, Words>,
) -> Result<Json<Done>> {
    app.spend(&caller, Spending::Notice)?;
    let new = new_topic(words, &caller);
    app.write_as(caller, move |tx, _| notices::send_to_resident(tx, &new, &uid)).await?;
    Ok(Json(Done {}))
}

/// The body of `/doctor/usermessage/push2`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NoticeToSeveralRequest")]
pub struct NoticeToSeveral {
    uids: BTreeSet<Uid>,
}

/// How many were told, and who was not.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SentToSeveral")]
pub struct SentToSome {
    sent: i64,
    refused: Vec<Uid>,
}

/// Sends a notice to those of some residents who are under contract with the doctor's teams.
pub async fn push_to_several(
    app: Data<App>,
    Doctor(caller): Doctor,
    Both(NoticeToSeveral { uids }, words): Both<NoticeToSeveral, Words>,
) -> Result<Json<SentToSome>> {
    app.spend(&caller, Spending::Notice)?;
    if uids.is_empty() {
        return Err(Error::param("uids", Malformed::Empty));
    }
    let (residents, new) = (Vec::from_iter(uids.clone()), new_topic(words, &caller));
    let recipients =
        app.write_as(caller, move |tx, _| notices::send_to_residents(tx, &new, &residents)).await?;
    let refused = uids.difference(&recipients).cloned().collect();
    Ok(Json(SentToSome { sent: recipients.len() as i64, refused }))
}

/// The body of `/doctor/usermessage/pushall`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NoticeToTeamRequest")]
pub struct NoticeToTeam {
    stid: Stid,
}

/// Announces to every resident under contract with a team of the doctor.
pub async fn push_to_team(
    app: Data<App>,
    Doctor(caller): Doctor,
    Both(NoticeToTeam { stid }, words): Both<NoticeToTeam, Words>,
) -> Result<Json<SentCount>> {
    app.spend(&caller, Spending::Notice)?;
    let new = new_topic(words, &caller);
    let (_, sent) =
        announcements::announce(&app, caller, move |tx| notices::announce_to_team(tx, &new, &stid)).await?;
    Ok(Json(SentCount { sent }))
}

/// Lists the doctor's own notices.
pub async fn list(
    app: Data<App>,
    Doctor(caller): Doctor,
    Query(query): Query<TopicQuery>,
) -> Result<Json<List<ListedTopic>>> {
    query.list(&app, NoticeKind::DoctorMsg, Some(caller.uid)).await
}

/// Reports how far one of the doctor's own notices has reached.
pub async fn report(
    app: Data<App>,
    Doctor(caller): Doctor,
    Query(choice): Query<TopicChoice>,
) -> Result<Json<Reach>> {
    choice.report(&app, &[NoticeKind::DoctorMsg], Some(caller.uid)).await
}
