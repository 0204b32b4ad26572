//! Who is who: teams with their doctors.

use crate::app::App;
use crate::db::connection::AnyConnection;
use crate::error::Result;
use crate::http::extract::body::{Limit, List, Query};
use crate::http::extract::caller::Member;
use crate::model::{CommunityId, Stid, Time, Uid};
use crate::store::team::Team;
use crate::store::{account, duty, team};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A team as others see it.
#[derive(Serialize, JsonSchema)]
pub struct TeamView {
    stid: Stid,
    #[schemars(example = &"签约团队一")]
    name: String,
    communityid: CommunityId,
    doctors: Vec<DoctorView>,
}

#[derive(Serialize, JsonSchema)]
struct DoctorView {
    uid: Uid,
    #[schemars(example = &"王医生")]
    name: String,
    #[schemars(example = &"主任医师")]
    title: Option<String>,
    leader: bool,
    onduty: bool,
}

/// Which teams are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct Teams {
    before: Option<Stid>,
    #[serde(default)]
    limit: Limit,
}

/// The teams of one's community; of all communities for who belongs to none.
pub async fn list_teams(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<Teams>,
) -> Result<Json<List<TeamView>>> {
    let Teams { before, limit } = wanted;
    let teams = app.read(move |store| {
        let community = account::find_active(store, &caller.uid, "account")?.communityid;
        let on_duty = duty::list_on_duty(store, Time::now())?;
        let teams = team::list(store, community.as_ref(), before.as_ref(), limit.and_one())?;
        teams.into_iter().map(|team| view(store, team, &on_duty)).collect()
    });
    Ok(Json(List::page(teams.await?, limit, |team| team.stid.to_string())))
}

fn view(store: &mut AnyConnection, team: Team, on_duty: &[Uid]) -> Result<TeamView> {
    let Team { stid, name, communityid, leader } = team;
    let doctors = team::list_doctors(store, &stid)?.into_iter().map(|doctor| DoctorView {
        leader: doctor.uid == leader,
        onduty: on_duty.contains(&doctor.uid),
        uid: doctor.uid,
        name: doctor.name,
        title: doctor.title,
    });
    Ok(TeamView { doctors: doctors.collect(), stid, name, communityid })
}
