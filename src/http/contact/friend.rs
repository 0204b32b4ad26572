//! Friends among doctors: asking, accepting, parting, listing.

use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::http::extract::body::{Body, Done, Limit, List, Query};
use crate::http::extract::caller::Doctor;
use crate::model::Caller;
use crate::model::{Role, RoomId, Uid};
use crate::protocol::push::{FriendAccept, FriendApply, Push};
use crate::store::account;
use crate::store::friend::{self, Stand};
use crate::store::room::Room;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of `doctorfriend/add` and `remove`.
#[derive(Deserialize, JsonSchema)]
pub struct Friend {
    #[serde(alias = "uid")]
    friendid: Uid,
}

/// The body of `doctorfriend/accept`.
#[derive(Deserialize, JsonSchema)]
pub struct Asking {
    #[serde(alias = "friendid")]
    uid: Uid,
}

const FRIENDS: Error = Error::State("you are friends already");

/// Asks a doctor to be friends; where that doctor has asked already, the two are friends now.
pub async fn add(app: Data<App>, Doctor(caller): Doctor, Body(body): Body<Friend>) -> Result<Json<Done>> {
    app.write(move |tx| {
        let friend = &body.friendid;
        require_other_doctor(tx, friend, &caller.uid)?;
        let room = friend::ensure(tx, &caller.uid, friend)?;
        match friend::find_asking(tx, &room)? {
            _ if room.open => Err(FRIENDS),
            Some(asking) if asking == caller.uid => Ok(()),
            Some(asking) => befriend(tx, &room, asking, &caller),
            None => {
                friend::ask(tx, &room, &caller.uid, friend)?;
                let told = FriendApply::new(caller.uid.clone(), &caller.name, tx.now);
                tx.push(Push::FriendApply(vec![friend.clone()], told));
                Ok(())
            }
        }
    })
    .await?;
    Ok(Json(Done {}))
}

fn require_other_doctor(tx: &mut Tx<'_>, friend: &Uid, caller: &Uid) -> Result<()> {
    match account::find_active(tx, friend, "doctor")?.role {
        Role::Doctor if friend == caller => Err(Error::param("friendid", "must be another doctor")),
        Role::Doctor => Ok(()),
        Role::User | Role::Admin => Err(Error::NotFound("doctor")),
    }
}

/// Makes friends of two; the one who asked hears of it.
fn befriend(tx: &mut Tx<'_>, room: &Room, asking: Uid, accepting: &Caller) -> Result<()> {
    friend::set_friends(tx, room, true)?;
    let (uid, name) = (accepting.uid.clone(), accepting.name.clone());
    tx.push(Push::FriendAccept(vec![asking], FriendAccept { uid, name, roomid: room.roomid.clone() }));
    Ok(())
}

/// Accepts the doctor who has asked.
pub async fn accept(app: Data<App>, Doctor(caller): Doctor, Body(body): Body<Asking>) -> Result<Json<Done>> {
    const NONE: Error = Error::NotFound("request");
    app.write(move |tx| {
        let room = friend::lock(tx, &caller.uid, &body.uid)?.ok_or(NONE)?;
        match friend::find_asking(tx, &room)? {
            _ if room.open => Err(FRIENDS),
            Some(asking) if asking == body.uid => befriend(tx, &room, asking, &caller),
            Some(_) | None => Err(NONE),
        }
    })
    .await?;
    Ok(Json(Done {}))
}

/// Ends a friendship, or takes back or refuses a request. Nobody is told; the record stays.
pub async fn remove(app: Data<App>, Doctor(caller): Doctor, Body(body): Body<Friend>) -> Result<Json<Done>> {
    const NONE: Error = Error::NotFound("friend");
    app.write(move |tx| {
        let room = friend::lock(tx, &caller.uid, &body.friendid)?.ok_or(NONE)?;
        match room.open || friend::find_asking(tx, &room)?.is_some() {
            true => friend::set_friends(tx, &room, false),
            false => Err(NONE),
        }
    })
    .await?;
    Ok(Json(Done {}))
}

/// Which doctors are asked for.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum State {
    #[default]
    Friends,
    Received,
    Sent,
}

impl From<State> for Stand {
    fn from(state: State) -> Self {
        match state {
            State::Friends => Self::Friends,
            State::Received => Self::Received,
            State::Sent => Self::Sent,
        }
    }
}

/// The query of `doctorfriend/list`.
#[derive(Deserialize, JsonSchema)]
pub struct Friends {
    #[serde(default)]
    state: State,
    before: Option<RoomId>,
    #[serde(default)]
    limit: Limit,
}

/// A doctor as another sees them.
#[derive(Serialize, JsonSchema)]
pub struct FriendView {
    uid: Uid,
    #[schemars(example = &"赵医生")]
    name: String,
    #[schemars(example = &"住院医师")]
    title: Option<String>,
    roomid: RoomId,
    online: bool,
}

/// One's friends, or who has asked, or whom one has asked; only friends are seen to be connected.
pub async fn list(
    app: Data<App>,
    Doctor(caller): Doctor,
    Query(wanted): Query<Friends>,
) -> Result<Json<List<FriendView>>> {
    let Friends { state, before, limit } = wanted;
    let stand = Stand::from(state);
    let friends = app
        .read(move |store| friend::list(store, &caller.uid, stand, before.as_ref(), limit.and_one()))
        .await?;
    let online = match stand {
        Stand::Friends => {
            app.who_is_online(friends.iter().map(|friend| friend.uid.clone()).collect()).await?
        }
        Stand::Received | Stand::Sent => Vec::new(),
    };
    let view = |friend::Friend { roomid, uid, name, title }: friend::Friend| FriendView {
        online: online.contains(&uid),
        uid,
        name,
        title,
        roomid,
    };
    let friends = friends.into_iter().map(view).collect();
    Ok(Json(List::page(friends, limit, |friend| friend.roomid.to_string())))
}
