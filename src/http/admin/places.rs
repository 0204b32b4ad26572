//! Communities and teams in the back office: listing, changing and closing them.

use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::http::admin::accounts::Search;
use crate::http::extract::body::{Body, Done, List, Query};
use crate::http::extract::caller::Administrator;
use crate::model::{CommunityId, ContractStatus, Name, Stid, Uid};
use crate::protocol::push::Push;
use crate::store::office::{self, ListedCommunity};
use crate::store::team::{self, Change, ListedTeam, Team};
use crate::store::{alonechat, contract};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The communities, the closed ones too.
pub async fn list_communities(
    app: Data<App>,
    _: Administrator,
    Query(search): Query<Search<CommunityId>>,
) -> Result<Json<List<ListedCommunity>>> {
    let (wanted, limit) = search.wanted();
    let rows = app.read(move |store| office::list_communities(store, &wanted)).await?;
    Ok(Json(List::page(rows, limit, |community| community.communityid.to_string())))
}

/// The body of `/admin/community/update`.
#[derive(Deserialize, JsonSchema)]
pub struct CommunityUpdate {
    communityid: CommunityId,
    #[schemars(example = &"幸福社区")]
    name: Name,
}

/// Gives a community another name.
pub async fn update_community(
    app: Data<App>,
    _: Administrator,
    Body(body): Body<CommunityUpdate>,
) -> Result<Json<ListedCommunity>> {
    let community = app.write(move |tx| office::rename_community(tx, &body.communityid, &body.name));
    Ok(Json(community.await?))
}

/// The body of `/admin/community/disable`.
#[derive(Deserialize, JsonSchema)]
pub struct CommunityDisabling {
    communityid: CommunityId,
    /// False opens it again.
    disabled: Option<bool>,
}

/// Closes a community for newcomers, or opens it again.
pub async fn disable_community(
    app: Data<App>,
    _: Administrator,
    Body(body): Body<CommunityDisabling>,
) -> Result<Json<Done>> {
    let CommunityDisabling { communityid, disabled } = body;
    let disabled = disabled.unwrap_or(true);
    app.write(move |tx| office::set_community_disabled(tx, &communityid, disabled)).await?;
    Ok(Json(Done {}))
}

/// A team with its doctors.
#[derive(Serialize, JsonSchema)]
pub struct TeamView {
    #[serde(flatten)]
    team: ListedTeam,
    /// Its doctors, those with closed accounts too.
    doctors: Vec<Uid>,
}

/// The teams, the closed ones too.
pub async fn list_teams(
    app: Data<App>,
    _: Administrator,
    Query(search): Query<Search<Stid>>,
) -> Result<Json<List<TeamView>>> {
    let (wanted, limit) = search.wanted();
    let rows = app.read(move |store| {
        let teams = team::list_all(store, &wanted)?.into_iter();
        let view =
            |team: ListedTeam| Ok(TeamView { doctors: team::list_all_doctor_ids(store, &team.stid)?, team });
        teams.map(view).collect::<Result<Vec<_>>>()
    });
    Ok(Json(List::page(rows.await?, limit, |view| view.team.stid.to_string())))
}

/// The body of `/admin/team/update`; what is not named stays.
#[derive(Deserialize, JsonSchema)]
pub struct TeamUpdate {
    stid: Stid,
    #[schemars(example = &"签约团队一")]
    name: Option<Name>,
    communityid: Option<CommunityId>,
    leader: Option<Uid>,
    doctors: Option<Vec<Uid>>,
}

/// Changes a team, who leads it and who is in it; rooms and contracts follow.
pub async fn update_team(
    app: Data<App>,
    _: Administrator,
    Body(body): Body<TeamUpdate>,
) -> Result<Json<Done>> {
    let TeamUpdate { stid, name, communityid, leader, doctors } = body;
    let change = Change { name, communityid, leader, doctors };
    app.write(move |tx| {
        let team = team::lock(tx, &stid)?;
        let (joined, left) = team::change(tx, &team, &change)?;
        let leader = change.leader.as_ref().unwrap_or(&team.leader);
        for doctor in &joined {
            alonechat::set_open_with_residents(tx, doctor, &team.stid, true)?;
        }
        left.iter().try_for_each(|doctor| take_leave(tx, &team, doctor, leader))
    })
    .await?;
    Ok(Json(Done {}))
}

/// A doctor has left a team: the rooms with its residents are closed for writing, and the contracts
/// that were through the doctor are through the leader now. Resident and leader hear of that.
fn take_leave(tx: &mut Tx<'_>, team: &Team, doctor: &Uid, leader: &Uid) -> Result<()> {
    alonechat::set_open_with_residents(tx, doctor, &team.stid, false)?;
    for contract in contract::hand_over(tx, &team.stid, doctor, leader)? {
        alonechat::ensure(tx, &contract.uid, leader)?;
        if contract.status == ContractStatus::Signed {
            alonechat::open_with_team(tx, &contract.uid, &team.stid)?;
        }
        tx.push(Push::Signed(vec![contract.uid.clone(), leader.clone()], contract));
    }
    Ok(())
}

/// The body of `/admin/team/disable`.
#[derive(Deserialize, JsonSchema)]
pub struct TeamDisabling {
    stid: Stid,
    /// False opens it again.
    disabled: Option<bool>,
}

/// Closes a team for applications, or opens it again; contracts in force stay.
pub async fn disable_team(
    app: Data<App>,
    _: Administrator,
    Body(body): Body<TeamDisabling>,
) -> Result<Json<Done>> {
    let TeamDisabling { stid, disabled } = body;
    let disabled = disabled.unwrap_or(true);
    app.write(move |tx| {
        let team = team::lock(tx, &stid)?;
        team::set_disabled(tx, &team, disabled)
    })
    .await?;
    Ok(Json(Done {}))
}
