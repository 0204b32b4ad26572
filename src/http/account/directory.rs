//! The teams of one's community, with their doctors.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::caller::Member;
use crate::http::extract::page::{Limit, List};
use crate::http::extract::query::Query;
use crate::model::{CommunityId, Stid, Uid};
use crate::service::teams::{self, Directory};
use crate::store::team::{Team, TeamDoctor};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A team as others see it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Team")]
pub struct TeamView {
    stid: Stid,
    #[schemars(example = &"签约团队一")]
    name: String,
    communityid: CommunityId,
    doctors: Vec<DoctorView>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TeamDoctor")]
struct DoctorView {
    uid: Uid,
    #[schemars(example = &"王医生")]
    name: String,
    #[schemars(example = &"主任医师")]
    title: Option<String>,
    leader: bool,
    onduty: bool,
}

impl TeamView {
    fn new(team: Team, doctors: Vec<TeamDoctor>, on_duty: &BTreeSet<Uid>) -> Self {
        let Team { stid, name, communityid, leader, disabled: _ } = team;
        let doctors = doctors.into_iter().map(|TeamDoctor { stid: _, uid, name, title }| DoctorView {
            leader: uid == leader,
            onduty: on_duty.contains(&uid),
            uid,
            name,
            title,
        });
        Self { doctors: doctors.collect(), stid, name, communityid }
    }
}

/// Which teams are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct TeamQuery {
    before: Option<Stid>,
    #[serde(default)]
    limit: Limit,
}

/// Lists the teams of one's community; of all communities for those who belong to none.
pub async fn list_teams(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<TeamQuery>,
) -> Result<Json<List<TeamView>>> {
    let TeamQuery { before, limit } = wanted;
    let directory = app.read(move |connection| {
        teams::list_directory(connection, &caller.uid, before.as_ref(), limit.and_one())
    });
    let Directory { teams, on_duty } = directory.await?;
    let views = teams.into_iter().map(|(team, doctors)| TeamView::new(team, doctors, &on_duty)).collect();
    Ok(Json(List::page(views, limit, |team: &TeamView| team.stid.to_string())))
}
