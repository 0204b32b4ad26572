//! Discussion groups: making one, writing in it, who joins and who leaves.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::{Body, Both, Done, Limit, List, Query};
use crate::http::extract::caller::{Doctor, Member};
use crate::http::extract::message::Message;
use crate::model::{Malformed, Name, Role, RoomId, Uid};
use crate::service::chat::{self, Receipt};
use crate::service::discussions::{self, MOST_MEMBERS};
use crate::store::discussion::{self, Group};
use crate::store::member;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The people whom a request names, each once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "Vec<Uid>")]
#[schemars(inline, extend("minItems" = 1, "maxItems" = MOST_MEMBERS))]
struct People(BTreeSet<Uid>);

impl TryFrom<Vec<Uid>> for People {
    type Error = Malformed;

    fn try_from(people: Vec<Uid>) -> Result<Self, Malformed> {
        match people.len() {
            0 => Err(Malformed("must name somebody")),
            1..=MOST_MEMBERS => Ok(Self(people.into_iter().collect())),
            _ => Err(Malformed("must not name more than 500")),
        }
    }
}

/// The body of `discussion/create`.
#[derive(Deserialize, JsonSchema)]
pub struct NewGroup {
    #[schemars(example = &"高血压病友")]
    name: Name,
    members: People,
}

/// The group that was made.
#[derive(Serialize, JsonSchema)]
pub struct Made {
    roomid: RoomId,
}

/// Makes a group of one's contacts; all of them hear of it.
pub async fn create(
    app: Data<App>,
    Member(caller): Member,
    Body(body): Body<NewGroup>,
) -> Result<Json<Made>> {
    let roomid = app.write(move |tx| discussions::create(tx, &caller.uid, &body.name, &body.members.0));
    Ok(Json(Made { roomid: roomid.await? }))
}

/// Which group a message is for.
#[derive(Deserialize, JsonSchema)]
pub struct ToGroup {
    roomid: RoomId,
}

/// Writes in a group that one is in.
pub async fn send(
    app: Data<App>,
    Member(caller): Member,
    Both(ToGroup { roomid }, message): Both<ToGroup, Message>,
) -> Result<Json<Receipt>> {
    let new = message.into_new()?;
    let receipt = app.write(move |tx| chat::send_teamchat(tx, &caller.uid, &roomid, &new));
    Ok(Json(receipt.await?))
}

/// The body of `addmember`.
#[derive(Deserialize, JsonSchema)]
pub struct Addition {
    roomid: RoomId,
    members: People,
}

/// Lets contacts of one's own into a group that one is in; who is in it already stays so.
pub async fn add_members(
    app: Data<App>,
    Member(caller): Member,
    Body(body): Body<Addition>,
) -> Result<Json<Done>> {
    let Addition { roomid, members: People(people) } = body;
    app.write(move |tx| discussions::add_members(tx, &caller.uid, &roomid, &people)).await?;
    Ok(Json(Done {}))
}

/// The body of `removemember`.
#[derive(Deserialize, JsonSchema)]
pub struct Removal {
    roomid: RoomId,
    uid: Option<Uid>,
}

/// Leaves a group; its owner may remove others.
pub async fn remove_member(
    app: Data<App>,
    Doctor(caller): Doctor,
    Body(body): Body<Removal>,
) -> Result<Json<Done>> {
    let Removal { roomid, uid } = body;
    let uid = uid.unwrap_or_else(|| caller.uid.clone());
    app.write(move |tx| discussions::remove_member(tx, &caller.uid, &roomid, &uid)).await?;
    Ok(Json(Done {}))
}

/// A group as its members see it.
#[derive(Serialize, JsonSchema)]
pub struct GroupView {
    roomid: RoomId,
    #[schemars(example = &"高血压病友")]
    name: String,
    owner: Option<Uid>,
    members: i64,
}

/// Which groups are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct Groups {
    before: Option<RoomId>,
    #[serde(default)]
    limit: Limit,
}

/// The groups that one is in.
pub async fn list(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<Groups>,
) -> Result<Json<List<GroupView>>> {
    let Groups { before, limit } = wanted;
    let groups =
        app.read(move |store| discussion::list(store, &caller.uid, before.as_ref(), limit.and_one()));
    let view = |Group { roomid, name, owner, members }| GroupView { roomid, name, owner, members };
    let groups = groups.await?.into_iter().map(view).collect();
    Ok(Json(List::page(groups, limit, |group| group.roomid.to_string())))
}

/// Somebody in a group.
#[derive(Serialize, JsonSchema)]
pub struct MemberView {
    uid: Uid,
    #[schemars(example = &"王医生")]
    name: String,
    role: Role,
    owner: bool,
}

/// Which members are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct Members {
    roomid: RoomId,
    before: Option<Uid>,
    #[serde(default)]
    limit: Limit,
}

/// Who is in a group that one is in oneself.
pub async fn list_members(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<Members>,
) -> Result<Json<List<MemberView>>> {
    let Members { roomid, before, limit } = wanted;
    let members = app.read(move |store| {
        let owner = discussions::find(store, &roomid, &caller.uid)?.owner;
        let mut members = member::list(store, &roomid)?;
        members.retain(|member| before.as_ref().is_none_or(|before| member.person.uid < *before));
        members.sort_by(|one, other| other.person.uid.cmp(&one.person.uid));
        let view = |member: member::Member| MemberView {
            owner: owner.as_ref() == Some(&member.person.uid),
            uid: member.person.uid,
            name: member.person.name,
            role: member.person.role,
        };
        Ok(members.into_iter().take(limit.and_one() as usize).map(view).collect())
    });
    Ok(Json(List::page(members.await?, limit, |member| member.uid.to_string())))
}
