//! Friends among doctors: asking, accepting, parting, listing.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::Body;
use crate::http::extract::caller::Doctor;
use crate::http::extract::page::{Limit, List};
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::limits::account::Spending;
use crate::model::{RoomId, Uid};
use crate::service::friends;
use crate::store::friend::{self, Friend, Relation};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of `doctorfriend/add` and `remove`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "FriendRequest")]
pub struct FriendTarget {
    #[serde(alias = "uid")]
    friendid: Uid,
}

/// The body of `doctorfriend/accept`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "AcceptFriendRequest")]
pub struct FriendRequester {
    #[serde(alias = "friendid")]
    uid: Uid,
}

/// Asks a doctor to be friends; where that doctor has asked already, the two are friends now.
pub async fn add(
    app: Data<App>,
    Doctor(caller): Doctor,
    Body(body): Body<FriendTarget>,
) -> Result<Json<Done>> {
    app.spend(&caller, Spending::Application)?;
    app.write_as(caller, move |tx, caller| friends::ask(tx, caller, &body.friendid)).await?;
    Ok(Json(Done {}))
}

/// Accepts the doctor who has asked.
pub async fn accept(
    app: Data<App>,
    Doctor(caller): Doctor,
    Body(body): Body<FriendRequester>,
) -> Result<Json<Done>> {
    app.write_as(caller, move |tx, caller| friends::accept(tx, caller, &body.uid)).await?;
    Ok(Json(Done {}))
}

/// Ends a friendship, or takes back or refuses a request. Nobody is told; the messages stay.
pub async fn remove(
    app: Data<App>,
    Doctor(caller): Doctor,
    Body(body): Body<FriendTarget>,
) -> Result<Json<Done>> {
    app.write_as(caller, move |tx, caller| friends::remove(tx, &caller.uid, &body.friendid)).await?;
    Ok(Json(Done {}))
}

/// The relation that is asked for.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum State {
    #[default]
    Friends,
    Received,
    Sent,
}

impl From<State> for Relation {
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
pub struct FriendsQuery {
    #[serde(default)]
    state: State,
    before: Option<RoomId>,
    #[serde(default)]
    limit: Limit,
}

/// A doctor as another sees them.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Friend")]
pub struct FriendView {
    uid: Uid,
    #[schemars(example = &"赵医生")]
    name: String,
    #[schemars(example = &"住院医师")]
    title: Option<String>,
    roomid: RoomId,
    online: bool,
}

/// The caller's friends, or those who have asked the caller, or whom the caller has asked. Whether they
/// are connected is told of friends alone.
pub async fn list(
    app: Data<App>,
    Doctor(caller): Doctor,
    Query(wanted): Query<FriendsQuery>,
) -> Result<Json<List<FriendView>>> {
    let FriendsQuery { state, before, limit } = wanted;
    let relation = Relation::from(state);
    let friends = app
        .read(move |store| friend::list(store, &caller.uid, relation, before.as_ref(), limit.and_one()))
        .await?;
    let online = match relation {
        Relation::Friends => {
            app.who_is_online(friends.iter().map(|friend| friend.uid.clone()).collect()).await?
        }
        Relation::Received | Relation::Sent => Vec::new(),
    };
    let view = |Friend { roomid, uid, name, title }| FriendView {
        online: online.contains(&uid),
        uid,
        name,
        title,
        roomid,
    };
    let friends = friends.into_iter().map(view).collect();
    Ok(Json(List::page(friends, limit, |friend| friend.roomid.to_string())))
}
