//! Recalling one's own messages, and searching.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::Body;
use crate::http::extract::caller::Member;
use crate::http::extract::page::{Limit, List};
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::limits::account::Spending;
use crate::model::{DialogId, Malformed, RoomId, Sought, Time};
use crate::protocol::objects::Dialog;
use crate::service::history;
use crate::store::search::{Cursor, Search};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::Deserialize;

/// The body of `dialog/recall`.
#[derive(Deserialize, JsonSchema)]
pub struct RecallRequest {
    dialogid: DialogId,
}

/// Recalls a message of the caller's own within two minutes; its body is shown to nobody any more.
pub async fn recall(
    app: Data<App>,
    Member(caller): Member,
    Body(body): Body<RecallRequest>,
) -> Result<Json<Done>> {
    app.spend(&caller, Spending::Message)?;
    app.write_as(caller, move |tx, caller| history::recall(tx, &caller.uid, &body.dialogid)).await?;
    Ok(Json(Done {}))
}

/// What is searched for, and the page of findings that is asked for.
#[derive(Deserialize, JsonSchema)]
pub struct SearchQuery {
    #[schemars(example = &"头疼")]
    q: Sought,
    roomid: Option<RoomId>,
    before: Option<Before>,
    #[serde(default)]
    limit: Limit,
}

/// A cursor as it stands on the wire: `milliseconds.dialogid`.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("examples" = ["1795424400007.dialogid-1"]))]
struct Before(#[schemars(with = "String")] Cursor);

impl TryFrom<String> for Before {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed("must be the next of an earlier page");
        let (millis, id) = text.split_once('.').ok_or(WRONG)?;
        let createtime = Time::from_millis(millis.parse().map_err(|_| WRONG)?);
        let dialogid = DialogId::try_from(id.to_owned()).map_err(|_| WRONG)?;
        Ok(Self(Cursor { createtime, dialogid }))
    }
}

/// The messages that hold the words, in the caller's rooms, as far as the caller may see them.
pub async fn search(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<SearchQuery>,
) -> Result<Json<List<Dialog>>> {
    let SearchQuery { q, roomid, before, limit } = wanted;
    let before = before.map(|Before(cursor)| cursor);
    let search = Search { uid: caller.uid.clone(), words: q.as_str().to_owned(), roomid };
    let find = move |store: &mut _| history::search(store, &search, before, limit.and_one());
    let cursor = |dialog: &Dialog| format!("{}.{}", dialog.createtime.millis(), dialog.dialogid);
    Ok(Json(List::page(app.read_long(&caller.uid, find).await?, limit, cursor)))
}
