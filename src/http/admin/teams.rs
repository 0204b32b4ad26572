//! Teams in the back office: creating, listing, changing and closing them.

use crate::app::App;
use crate::error::Result;
use crate::http::admin::search::Search;
use crate::http::extract::body::Body;
use crate::http::extract::caller::Administrator;
use crate::http::extract::page::List;
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::model::{Access, CommunityId, Name, Stid, Uid};
use crate::service::teams;
use crate::store::listed_team::ListedTeam;
use crate::store::team::{self, TeamChange};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of `/admin/team/create`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CreateTeamRequest")]
pub struct NewTeam {
    #[schemars(example = &"签约团队一")]
    name: Name,
    communityid: CommunityId,
    leader: Uid,
    doctors: Vec<Uid>,
}

/// The id of a team that was made.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CreatedTeam")]
pub struct MadeTeam {
    stid: Stid,
}

/// Creates a team.
pub async fn create(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(body): Body<NewTeam>,
) -> Result<Json<MadeTeam>> {
    let NewTeam { name, communityid, leader, doctors } = body;
    let new = team::NewTeam { name, communityid, leader, doctors };
    let stid = app.write_as(caller, move |tx, _| teams::create(tx, &new)).await?;
    Ok(Json(MadeTeam { stid }))
}

/// A team with its doctors.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TeamDetails")]
pub struct ListedTeamView {
    #[serde(flatten)]
    team: ListedTeam,
    /// Its doctors, those with closed accounts too.
    doctors: Vec<Uid>,
}

/// Lists the teams, closed ones included.
pub async fn list(
    app: Data<App>,
    _: Administrator,
    Query(search): Query<Search<Stid>>,
) -> Result<Json<List<ListedTeamView>>> {
    let (query, limit) = search.into_query();
    let teams = app.read(move |connection| teams::list_all(connection, &query)).await?;
    let views = teams.into_iter().map(|(team, doctors)| ListedTeamView { team, doctors }).collect();
    Ok(Json(List::page(views, limit, |view: &ListedTeamView| view.team.stid.to_string())))
}

/// The body of `/admin/team/update`; what is not named stays.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "UpdateTeamRequest")]
pub struct TeamUpdate {
    stid: Stid,
    #[schemars(example = &"签约团队一")]
    name: Option<Name>,
    communityid: Option<CommunityId>,
    leader: Option<Uid>,
    doctors: Option<Vec<Uid>>,
}

/// Changes a team and its doctors.
pub async fn update(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(body): Body<TeamUpdate>,
) -> Result<Json<Done>> {
    let TeamUpdate { stid, name, communityid, leader, doctors } = body;
    let change = TeamChange { name, communityid, leader, doctors };
    app.write_as(caller, move |tx, _| teams::change(tx, &stid, &change)).await?;
    Ok(Json(Done {}))
}

/// The body of `/admin/team/disable`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "DisableTeamRequest")]
pub struct TeamDisabling {
    stid: Stid,
    /// False opens it again.
    disabled: Option<bool>,
}

/// Closes a team for applications, or opens it again.
pub async fn disable(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(body): Body<TeamDisabling>,
) -> Result<Json<Done>> {
    let TeamDisabling { stid, disabled } = body;
    let access = Access::open_if(disabled == Some(false));
    app.write_as(caller, move |tx, _| teams::set_access(tx, &stid, access)).await?;
    Ok(Json(Done {}))
}
