//! Message lists, the messages of a room, missed pushes, and read marks.

use crate::app::App;
use crate::db::paging::Cursor;
use crate::error::{Error, Result};
use crate::http::extract::body::Body;
use crate::http::extract::caller::Member;
use crate::http::extract::page::{Limit, List};
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::model::{Malformed, MessageId, RoomId, Tag};
use crate::protocol::commands::Read;
use crate::protocol::frame::Frame;
use crate::protocol::objects::{DialogWithStates, InboxItem};
use crate::service::{history, inbox, sync};
use crate::store::dialog::Range;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The page of a message list that is asked for.
#[derive(Deserialize, JsonSchema)]
pub struct LinesQuery {
    tag: Option<Tag>,
    before: Option<Cursor<MessageId>>,
    #[serde(default)]
    limit: Limit,
}

/// The caller's message list.
pub async fn list_messages(
    app: Data<App>,
    Member(caller): Member,
    Query(lines): Query<LinesQuery>,
) -> Result<Json<List<InboxItem>>> {
    let LinesQuery { tag, before, limit } = lines;
    let items = app.read(move |store| inbox::list(store, &caller.uid, tag, before.as_ref(), limit.and_one()));
    let cursor =
        |item: &InboxItem| Cursor(item.content.updatetime, item.recipient.messageid.clone()).to_string();
    Ok(Json(List::page(items.await?, limit, cursor)))
}

/// Marks a room, or a line of the message list, as read.
pub async fn read(app: Data<App>, Member(caller): Member, Body(body): Body<Read>) -> Result<Json<Done>> {
    let target = body.target()?;
    app.write_as(caller, move |tx, caller| inbox::read(tx, &caller.uid, &target)).await?;
    Ok(Json(Done {}))
}

/// The room and the page of its messages that are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct DialogsQuery {
    roomid: RoomId,
    before: Option<Number>,
    after: Option<Number>,
    #[serde(default)]
    limit: Limit,
}

/// A message's number in its room, or a push's, in a query.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("type" = "integer", "minimum" = 0, "maximum" = i64::MAX, "examples" = [7]))]
struct Number(i64);

impl TryFrom<String> for Number {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let number = text.parse().ok().filter(|number| *number >= 0);
        number.map(Self).ok_or(Malformed::invalid("must be a whole number from 0"))
    }
}

/// The messages of a room between `after` and `before` that the caller may see; the caller's own with
/// how far they have come.
pub async fn list_dialogs(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<DialogsQuery>,
) -> Result<Json<List<DialogWithStates>>> {
    let DialogsQuery { roomid, before, after, limit } = wanted;
    let range = Range {
        after: after.map_or(0, |Number(after)| after),
        before: before.map_or(i64::MAX, |Number(before)| before),
    };
    let dialogs = app.read(move |store| history::list(store, &caller.uid, &roomid, range, limit.and_one()));
    Ok(Json(List::page(dialogs.await?, limit, |written| written.dialog.roomseq.to_string())))
}

/// The last push that the caller has.
#[derive(Deserialize, JsonSchema)]
pub struct SyncQuery {
    since: Number,
    #[serde(default)]
    limit: Limit,
}

/// A push as it would come on the connection.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StoredPush")]
pub struct MissedPush {
    #[schemars(example = &"S2C_READ_PUSH")]
    r#type: String,
    seq: i64,
    #[schemars(example = serde_json::json!({ "roomid": "RoomId-1", "uid": "Uid-1", "roomseq": 3 }))]
    data: Box<RawValue>,
}

impl TryFrom<Frame> for MissedPush {
    type Error = Error;

    fn try_from(frame: Frame) -> Result<Self> {
        let data = RawValue::from_string(frame.data()).map_err(Error::inside)?;
        Ok(Self { r#type: frame.name.into_owned(), seq: frame.seq, data })
    }
}

/// The durable pushes after `since`, oldest first; `next` is the `since` to go on with.
pub async fn sync(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<SyncQuery>,
) -> Result<Json<List<MissedPush>>> {
    let SyncQuery { since: Number(since), limit } = wanted;
    let (frames, more) =
        app.read(move |store| sync::list_after(store, &caller.uid, since, limit.get())).await?;
    let items: Vec<_> = frames.into_iter().map(MissedPush::try_from).collect::<Result<_>>()?;
    let next = items.last().filter(|_| more).map(|last| last.seq.to_string());
    Ok(Json(List { items, next }))
}
