//! Contacts: listing them, and taking a past one off the list.

use crate::app::App;
use crate::db::paging::Cursor;
use crate::error::{Error, Result};
use crate::http::extract::body::Body;
use crate::http::extract::caller::{Member, Resident};
use crate::http::extract::page::{Limit, List};
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::model::{Malformed, Role, RoomId, RoomKind, Uid};
use crate::service::contacts::{self, ContactRef};
use crate::store::contact::{self, Contact};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Somebody whom the caller shares a room with.
#[derive(Serialize, JsonSchema)]
pub struct ContactView {
    roomid: RoomId,
    kind: RoomKind,
    uid: Uid,
    #[schemars(example = &"王医生")]
    name: String,
    role: Role,
    online: bool,
}

/// The page of contacts that is asked for.
#[derive(Deserialize, JsonSchema)]
pub struct ContactsQuery {
    before: Option<Cursor<Uid, RoomId>>,
    #[serde(default)]
    limit: Limit,
}

/// The people of the caller's private chats, past ones too, of the caller's teams, and friends. Whether
/// a past contact is connected is not told.
pub async fn list(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<ContactsQuery>,
) -> Result<Json<List<ContactView>>> {
    let ContactsQuery { before, limit } = wanted;
    let contacts =
        app.read(move |store| contact::list(store, &caller.uid, before.as_ref(), limit.and_one())).await?;
    let present = contacts.iter().filter(|contact| contact.open).map(|contact| contact.person.uid.clone());
    let online = app.who_is_online(present.collect()).await?;
    let shown = |contact: Contact| ContactView {
        roomid: contact.roomid,
        kind: contact.kind,
        online: contact.open && online.contains(&contact.person.uid),
        uid: contact.person.uid,
        name: contact.person.name,
        role: contact.person.role,
    };
    let contacts = contacts.into_iter().map(shown).collect();
    let cursor = |contact: &ContactView| Cursor(contact.roomid.clone(), contact.uid.clone()).to_string();
    Ok(Json(List::page(contacts, limit, cursor)))
}

/// The body of `contacts/remove`: a room, or the doctor whom it is shared with.
#[derive(Deserialize, JsonSchema)]
#[schemars(example = serde_json::json!({ "roomid": "RoomId-1" }))]
#[schemars(rename = "RemoveContactRequest")]
pub struct ContactRemoval {
    roomid: Option<RoomId>,
    uid: Option<Uid>,
}

/// Takes a past contact off the list and leaves that room; leaves a discussion group.
pub async fn remove(
    app: Data<App>,
    Resident(caller): Resident,
    Body(body): Body<ContactRemoval>,
) -> Result<Json<Done>> {
    let contact = match (body.roomid, body.uid) {
        (Some(roomid), None) => ContactRef::Room(roomid),
        (None, Some(doctor)) => ContactRef::Doctor(doctor),
        (None, None) => return Err(Error::param("roomid", Malformed::Missing)),
        (Some(_), Some(_)) => return Err(Error::param("uid", "must not come with roomid")),
    };
    app.write_as(caller, move |tx, caller| contacts::remove(tx, &caller.uid, &contact)).await?;
    Ok(Json(Done {}))
}
