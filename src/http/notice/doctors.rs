//! Notices of doctors to residents under contract with their teams, and how far each has reached.

use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::http::extract::body::{Both, Done, Limit, List, Query};
use crate::http::extract::caller::Doctor;
use crate::model::Caller;
use crate::model::{ClientId, Content, NoticeKind, Stid, Time, Title, TopicId, Uid};
use crate::store::topic::{self, Facts, NewTopic, Reach, Scope, Topic};
use crate::store::{contract, team};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;

/// The words of a notice.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Words {
    #[schemars(example = &"流感疫苗")]
    title: Title,
    #[schemars(example = &"周六上午可以接种。")]
    content: Content,
    #[schemars(example = &"desk-17")]
    clientid: Option<ClientId>,
}

impl Words {
    /// The notice of `author` in these words.
    pub fn into_new(self, kind: NoticeKind, author: Uid, facts: Facts) -> NewTopic {
        let Self { title, content, clientid } = self;
        NewTopic { kind, author, clientid, title, content, facts }
    }

    /// The same of a doctor's notice, which says whose it is.
    fn into_new_of(self, doctor: &Caller) -> NewTopic {
        let from = json!({ "uid": doctor.uid, "name": doctor.name, "role": doctor.role });
        let facts = Facts::from_iter([("from".to_owned(), from)]);
        self.into_new(NoticeKind::DoctorMsg, doctor.uid.clone(), facts)
    }
}

/// How many were told.
#[derive(Serialize, JsonSchema)]
pub struct Sent {
    /// People.
    pub sent: i64,
}

/// The body of `/doctor/usermessage/push`.
#[derive(Deserialize, JsonSchema)]
pub struct Notice {
    uid: Uid,
}

/// Tells a resident.
pub async fn push(
    app: Data<App>,
    Doctor(caller): Doctor,
    Both(Notice { uid }, words): Both<Notice, Words>,
) -> Result<Json<Done>> {
    let new = words.into_new_of(&caller);
    let told = app.write(move |tx| {
        let before = topic::find_first(tx, &new)?.is_some();
        match before || !tell_bound(tx, &new, std::slice::from_ref(&uid))?.is_empty() {
            true => Ok(Done {}),
            false => Err(Error::Permission("there is no contract in force with your team")),
        }
    });
    Ok(Json(told.await?))
}

/// Tells those of these residents who are under contract in force with a team of the author.
fn tell_bound(tx: &mut Tx<'_>, new: &NewTopic, named: &[Uid]) -> Result<Vec<Uid>> {
    let bound = contract::list_bound(tx, &new.author, named)?;
    if !bound.is_empty() {
        topic::tell(tx, new, &bound)?;
    }
    Ok(bound)
}

/// The body of `/doctor/usermessage/push2`.
#[derive(Deserialize, JsonSchema)]
pub struct NoticeToSeveral {
    uids: BTreeSet<Uid>,
}

/// How many were told, and who was not.
#[derive(Serialize, JsonSchema)]
pub struct SentToSome {
    sent: i64,
    refused: Vec<Uid>,
}

/// Tells those of some residents who are under contract with the doctor's teams.
pub async fn push_to_several(
    app: Data<App>,
    Doctor(caller): Doctor,
    Both(NoticeToSeveral { uids }, words): Both<NoticeToSeveral, Words>,
) -> Result<Json<SentToSome>> {
    if uids.is_empty() {
        return Err(Error::param("uids", "must not be empty"));
    }
    let (named, new) = (Vec::from_iter(uids), words.into_new_of(&caller));
    let sent = app.write(move |tx| {
        let told = match topic::find_first(tx, &new)? {
            Some(first) => topic::list_told(tx, &first.topicid, &named)?,
            None => tell_bound(tx, &new, &named)?,
        };
        let told = BTreeSet::from_iter(told);
        let refused = named.iter().filter(|uid| !told.contains(uid)).cloned().collect();
        Ok(SentToSome { sent: told.len() as i64, refused })
    });
    Ok(Json(sent.await?))
}

/// The body of `/doctor/usermessage/pushall`.
#[derive(Deserialize, JsonSchema)]
pub struct NoticeToTeam {
    stid: Stid,
}

/// Tells every resident under contract with a team of the doctor.
pub async fn push_to_team(
    app: Data<App>,
    Doctor(caller): Doctor,
    Both(NoticeToTeam { stid }, words): Both<NoticeToTeam, Words>,
) -> Result<Json<Sent>> {
    let new = words.into_new_of(&caller);
    let topicid = app.write(move |tx| {
        team::find(tx, &stid)?;
        match team::has_doctor(tx, &stid, &new.author)? {
            true => topic::announce(tx, &new, &Scope::Team(stid.clone())),
            false => Err(Error::Permission("you are not a doctor of this team")),
        }
    });
    let sent = app.announce(topicid.await?).await?;
    Ok(Json(Sent { sent }))
}

/// Which notices are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct Told {
    before: Option<TopicId>,
    #[serde(default)]
    limit: Limit,
}

/// A notice as its author sees it.
#[derive(Serialize, JsonSchema)]
pub struct Listed {
    topicid: TopicId,
    #[schemars(example = &"流感疫苗")]
    title: String,
    #[schemars(example = &"周六上午可以接种。")]
    content: String,
    createtime: Time,
    sent: i64,
}

impl From<Topic> for Listed {
    fn from(topic: Topic) -> Self {
        let Topic { topicid, title, content, createtime, sent, .. } = topic;
        Self { topicid, title, content, createtime, sent }
    }
}

impl Told {
    /// A page of the notices of that kind: the author's, or everybody's.
    pub async fn list(self, app: &App, kind: NoticeKind, author: Option<Uid>) -> Result<Json<List<Listed>>> {
        let Self { before, limit } = self;
        let topics = app
            .read(move |store| topic::list(store, kind, author.as_ref(), before.as_ref(), limit.and_one()));
        let items = topics.await?.into_iter().map(Listed::from).collect();
        Ok(Json(List::page(items, limit, |item: &Listed| item.topicid.to_string())))
    }
}

/// The doctor's own notices.
pub async fn list(
    app: Data<App>,
    Doctor(caller): Doctor,
    Query(told): Query<Told>,
) -> Result<Json<List<Listed>>> {
    told.list(&app, NoticeKind::DoctorMsg, Some(caller.uid)).await
}

/// Of which notice a report is asked for.
#[derive(Deserialize, JsonSchema)]
pub struct Which {
    topicid: TopicId,
}

impl Which {
    /// How far the notice of one of these kinds has reached; another's is not there.
    pub async fn report(
        self,
        app: &App,
        kinds: &'static [NoticeKind],
        author: Option<Uid>,
    ) -> Result<Json<Reach>> {
        let reach = app.read(move |store| topic::report(store, &self.topicid, kinds, author.as_ref()));
        Ok(Json(reach.await?))
    }
}

/// How far one of the doctor's own notices has reached.
pub async fn report(
    app: Data<App>,
    Doctor(caller): Doctor,
    Query(which): Query<Which>,
) -> Result<Json<Reach>> {
    which.report(&app, &[NoticeKind::DoctorMsg], Some(caller.uid)).await
}
