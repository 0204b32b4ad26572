//! Recalling one's own messages, and searching.

use crate::app::App;
use crate::db::paging::Cursor;
use crate::error::Result;
use crate::http::extract::body::Body;
use crate::http::extract::caller::Member;
use crate::http::extract::page::{Limit, List};
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::limits::account::Spending;
use crate::model::{DialogId, RoomId, Sought};
use crate::protocol::objects::FoundDialog;
use crate::service::history;
use crate::store::search::fold::Folded;
use crate::store::search::query::Search;
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
    before: Option<Cursor<DialogId>>,
    #[serde(default)]
    limit: Limit,
}

/// The messages that hold the words, in the caller's rooms, as far as the caller may see them.
pub async fn search(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<SearchQuery>,
) -> Result<Json<List<FoundDialog>>> {
    let SearchQuery { q, roomid, before, limit } = wanted;
    let search = Search { uid: caller.uid.clone(), words: Folded::new(q.as_str()), roomid };
    let before = before.map(|Cursor(_, dialogid)| dialogid);
    let find = move |store: &mut _| history::search(store, &search, before.as_ref(), limit.get() as usize);
    let page = app.read_long(&caller.uid, find).await?;
    let next = page.next.map(|dialogid| Cursor(dialogid.made_at(), dialogid).to_string());
    Ok(Json(List { items: page.items, next }))
}
