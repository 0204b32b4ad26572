//! Discussion groups: making one, writing in it, who joins and who leaves.

use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::http::chat::message::{self, Message};
use crate::http::extract::body::{Body, Both, Done, Limit, List, Query};
use crate::http::extract::caller::{Doctor, Member};
use crate::model::{Malformed, Name, Role, RoomId, Uid};
use crate::protocol::push::{Membership, Push};
use crate::store::contact;
use crate::store::dialog::Receipt;
use crate::store::discussion::{self, Group, LARGEST};
use crate::store::member;
use crate::store::room::Room;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The people whom a request names, each once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "Vec<Uid>")]
#[schemars(inline, extend("minItems" = 1, "maxItems" = LARGEST))]
struct People(BTreeSet<Uid>);

impl TryFrom<Vec<Uid>> for People {
    type Error = Malformed;

    fn try_from(people: Vec<Uid>) -> Result<Self, Malformed> {
        match people.len() {
            0 => Err(Malformed("must name somebody")),
            1..=LARGEST => Ok(Self(people.into_iter().collect())),
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
    let room = app.write(move |tx| {
        let room = discussion::insert(tx, &body.name, &caller.uid)?;
        let mut people = body.members.0.clone();
        people.remove(&caller.uid);
        require_known(tx, &caller.uid, &people)?;
        people.insert(caller.uid.clone());
        admit(tx, &room, &people, &caller.uid)?;
        Ok(room)
    });
    Ok(Json(Made { roomid: room.await?.roomid }))
}

/// Refuses people whom the caller does not know, whether they exist or not.
fn require_known(tx: &mut Tx<'_>, caller: &Uid, people: &BTreeSet<Uid>) -> Result<()> {
    let named: Vec<Uid> = people.iter().cloned().collect();
    match contact::list_known(tx, caller, &named)?.len() == named.len() {
        true => Ok(()),
        false => Err(Error::Permission("members: one may add only one's own contacts")),
    }
}

/// Lets people into a locked group who are not in it; everybody in it then hears of it.
fn admit(tx: &mut Tx<'_>, room: &Room, newcomers: &BTreeSet<Uid>, by: &Uid) -> Result<()> {
    member::enter(tx, room, &newcomers.iter().collect::<Vec<_>>())?;
    let members = member::list(tx, &room.roomid)?;
    if members.len() > LARGEST {
        return Err(Error::State("a discussion group has at most 500 members"));
    }
    let everybody = members.iter().map(|member| member.person.uid.clone()).collect();
    let entered = members.into_iter().map(|member| member.person);
    let entered = entered.filter(|person| newcomers.contains(&person.uid)).collect();
    let told = Membership { roomid: room.roomid.clone(), members: entered, by: by.clone() };
    tx.push(Push::TeamMemberEnter(everybody, told));
    Ok(())
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
    let receipt = app.write(move |tx| {
        if let Some(first) = message::find_first(tx, &caller.uid, &new)? {
            return Ok(first);
        }
        let room = discussion::advance(tx, &roomid, &caller.uid)?;
        message::write(tx, room, &caller.uid, &new)
    });
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
    app.write(move |tx| {
        let room = discussion::lock(tx, &body.roomid, &caller.uid)?;
        let mut newcomers = body.members.0.clone();
        for member in member::list(tx, &room.roomid)? {
            newcomers.remove(&member.person.uid);
        }
        require_known(tx, &caller.uid, &newcomers)?;
        match newcomers.is_empty() {
            true => Ok(()),
            false => admit(tx, &room, &newcomers, &caller.uid),
        }
    })
    .await?;
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
    app.write(move |tx| {
        let room = discussion::lock(tx, &body.roomid, &caller.uid)?;
        let uid = body.uid.as_ref().unwrap_or(&caller.uid);
        if *uid != caller.uid && room.owner.as_ref() != Some(&caller.uid) {
            return Err(Error::Permission("only the owner of the group may remove others"));
        }
        part(tx, &room, uid, &caller.uid)
    })
    .await?;
    Ok(Json(Done {}))
}

/// Lets somebody out of a locked room; who stays hears of it, and who left.
pub fn part(tx: &mut Tx<'_>, room: &Room, uid: &Uid, by: &Uid) -> Result<()> {
    let members = member::list(tx, &room.roomid)?;
    let (leaving, staying): (Vec<_>, Vec<_>) = members.iter().partition(|member| member.person.uid == *uid);
    if leaving.is_empty() {
        return Err(Error::NotFound("member"));
    }
    member::leave(tx, room, uid)?;
    if room.owner.as_ref() == Some(uid) {
        discussion::hand_over(tx, room, &staying)?;
    }
    let everybody = members.iter().map(|member| member.person.uid.clone()).collect();
    let left = leaving.into_iter().map(|member| member.person.clone()).collect();
    let told = Membership { roomid: room.roomid.clone(), members: left, by: by.clone() };
    tx.push(Push::TeamMemberLeave(everybody, told));
    Ok(())
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
        let owner = discussion::find(store, &roomid, &caller.uid)?.owner;
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
