//! Discussion groups: making one, writing in it, joining and leaving, and lists of them.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::{Body, Both};
use crate::http::extract::caller::{Doctor, Member};
use crate::http::extract::message::Message;
use crate::http::extract::page::{Limit, List};
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::limits::account::Spending;
use crate::model::{Malformed, Name, Role, RoomId, Uid};
use crate::service::chat::{Receipt, Recipient, SendRequest};
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
            0 => Err(Malformed::invalid("must name somebody")),
            1..=MOST_MEMBERS => Ok(Self(people.into_iter().collect())),
            _ => Err(Malformed::invalid("must not name more than 500")),
        }
    }
}

/// The body of `discussion/create`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CreateGroupRequest")]
pub struct NewGroup {
    #[schemars(example = &"高血压病友")]
    name: Name,
    members: People,
}

/// The group that was made.
#[derive(Serialize, JsonSchema)]
pub struct CreatedGroup {
    roomid: RoomId,
}

/// Makes a group of the caller and contacts of theirs; all of them are told.
pub async fn create(
    app: Data<App>,
    Member(caller): Member,
    Body(body): Body<NewGroup>,
) -> Result<Json<CreatedGroup>> {
    app.spend(&caller, Spending::Group)?;
    let roomid = app.write_as(caller, move |tx, caller| {
        discussions::create(tx, &caller.uid, &body.name, &body.members.0)
    });
    Ok(Json(CreatedGroup { roomid: roomid.await? }))
}

/// The group that a message is for.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "GroupMessageRequest")]
pub struct ToGroup {
    roomid: RoomId,
}

/// Writes in a group that the caller is in.
pub async fn send(
    app: Data<App>,
    Member(caller): Member,
    Both(ToGroup { roomid }, message): Both<ToGroup, Message>,
) -> Result<Json<Receipt>> {
    app.spend(&caller, Spending::Message)?;
    let new = message.into_new()?;
    Ok(Json(app.send(SendRequest { caller, to: Recipient::Group(roomid), new }).await?))
}

/// The body of `addmember`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "AddMembersRequest")]
pub struct MemberAddition {
    roomid: RoomId,
    members: People,
}

/// Adds contacts of the caller to a group that the caller is in; whoever is in it stays so.
pub async fn add_members(
    app: Data<App>,
    Member(caller): Member,
    Body(body): Body<MemberAddition>,
) -> Result<Json<Done>> {
    app.spend(&caller, Spending::Message)?;
    let MemberAddition { roomid, members: People(people) } = body;
    app.write_as(caller, move |tx, caller| discussions::add_members(tx, &caller.uid, &roomid, &people))
        .await?;
    Ok(Json(Done {}))
}

/// The body of `removemember`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "RemoveMemberRequest")]
pub struct MemberRemoval {
    roomid: RoomId,
    uid: Option<Uid>,
}

/// Takes the caller out of a group, or as its owner another.
pub async fn remove_member(
    app: Data<App>,
    Doctor(caller): Doctor,
    Body(body): Body<MemberRemoval>,
) -> Result<Json<Done>> {
    app.spend(&caller, Spending::Message)?;
    let MemberRemoval { roomid, uid } = body;
    let uid = uid.unwrap_or_else(|| caller.uid.clone());
    app.write_as(caller, move |tx, caller| discussions::remove_member(tx, &caller.uid, &roomid, &uid))
        .await?;
    Ok(Json(Done {}))
}

/// A group as its members see it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DiscussionGroup")]
pub struct GroupView {
    roomid: RoomId,
    #[schemars(example = &"高血压病友")]
    name: String,
    owner: Option<Uid>,
    members: i64,
}

/// The page of groups that is asked for.
#[derive(Deserialize, JsonSchema)]
pub struct GroupsQuery {
    before: Option<RoomId>,
    #[serde(default)]
    limit: Limit,
}

/// The groups that the caller is in.
pub async fn list(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<GroupsQuery>,
) -> Result<Json<List<GroupView>>> {
    let GroupsQuery { before, limit } = wanted;
    let groups =
        app.read(move |store| discussion::list(store, &caller.uid, before.as_ref(), limit.and_one()));
    let view = |Group { roomid, name, owner, members }| GroupView { roomid, name, owner, members };
    let groups = groups.await?.into_iter().map(view).collect();
    Ok(Json(List::page(groups, limit, |group| group.roomid.to_string())))
}

/// Somebody in a group.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "GroupMember")]
pub struct MemberView {
    uid: Uid,
    #[schemars(example = &"王医生")]
    name: String,
    role: Role,
    owner: bool,
}

/// The group and the page of its members that are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct MembersQuery {
    roomid: RoomId,
    before: Option<Uid>,
    #[serde(default)]
    limit: Limit,
}

/// Who is in a group that the caller is in.
pub async fn list_members(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<MembersQuery>,
) -> Result<Json<List<MemberView>>> {
    let MembersQuery { roomid, before, limit } = wanted;
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
