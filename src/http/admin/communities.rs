//! Communities in the back office: creating, listing, renaming and closing them.

use crate::app::App;
use crate::error::Result;
use crate::http::admin::search::Search;
use crate::http::extract::body::Body;
use crate::http::extract::caller::Administrator;
use crate::http::extract::page::List;
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::model::{Access, CommunityId, Name};
use crate::service::communities;
use crate::store::community::{self, ListedCommunity};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of `/admin/community/create`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CreateCommunityRequest")]
pub struct NewCommunity {
    #[schemars(example = &"幸福社区")]
    name: Name,
}

/// The id of a community that was made.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CreatedCommunity")]
pub struct MadeCommunity {
    communityid: CommunityId,
}

/// Creates a community.
pub async fn create(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(body): Body<NewCommunity>,
) -> Result<Json<MadeCommunity>> {
    let communityid = app.write_as(caller, move |tx, _| communities::create(tx, &body.name)).await?;
    Ok(Json(MadeCommunity { communityid }))
}

/// Lists the communities, closed ones included.
pub async fn list(
    app: Data<App>,
    _: Administrator,
    Query(search): Query<Search<CommunityId>>,
) -> Result<Json<List<ListedCommunity>>> {
    let (query, limit) = search.into_query();
    let rows = app.read(move |connection| community::list(connection, &query)).await?;
    Ok(Json(List::page(rows, limit, |community| community.communityid.to_string())))
}

/// The body of `/admin/community/update`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "UpdateCommunityRequest")]
pub struct CommunityUpdate {
    communityid: CommunityId,
    #[schemars(example = &"幸福社区")]
    name: Name,
}

/// Renames a community.
pub async fn update(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(body): Body<CommunityUpdate>,
) -> Result<Json<ListedCommunity>> {
    Ok(Json(app.write_as(caller, move |tx, _| communities::rename(tx, &body.communityid, &body.name)).await?))
}

/// The body of `/admin/community/disable`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "DisableCommunityRequest")]
pub struct CommunityDisabling {
    communityid: CommunityId,
    /// False opens it again.
    disabled: Option<bool>,
}

/// Closes a community for newcomers, or opens it again.
pub async fn disable(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(body): Body<CommunityDisabling>,
) -> Result<Json<Done>> {
    let CommunityDisabling { communityid, disabled } = body;
    let access = Access::open_if(disabled == Some(false));
    app.write_as(caller, move |tx, _| communities::set_access(tx, &communityid, access)).await?;
    Ok(Json(Done {}))
}
