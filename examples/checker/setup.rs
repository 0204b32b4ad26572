//! The people: doctors, each with a team of their own, residents under contract with one of them, and a group for each doctor
//! with all their residents. The demonstration's admin makes them.

use crate::api::Api;
use crate::client::Heard;
use crate::line::{KINDS, Kind};
use serde_json::{Value, json};
use std::sync::Mutex;

/// How many residents a doctor has.
const RESIDENTS: usize = 9;
const PASSWORD: &str = "jiayi-demo";

/// Somebody, with the one connection that they hold.
pub struct Person {
    pub role: &'static str,
    pub uid: String,
    pub token: String,
    pub kind: Kind,
    pub heard: Mutex<Heard>,
}

/// Where people write to each other.
pub struct Group {
    /// The doctor first.
    pub members: Vec<usize>,
    pub roomid: String,
}

pub struct Crowd {
    pub people: Vec<Person>,
    pub groups: Vec<Group>,
    pub api: Api,
    pub admin: Api,
}

impl Crowd {
    pub fn api(&self, who: usize) -> Api {
        self.api.of(&self.people[who].token)
    }

    fn add(&mut self, role: &'static str, made: &Value) -> usize {
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        let kind = KINDS[self.people.len() % KINDS.len()];
        let (uid, token) = (text("uid"), text("token"));
        self.people.push(Person { role, uid, token, kind, heard: Mutex::default() });
        self.people.len() - 1
    }
}

/// Makes this many people.
pub async fn gather(front: &str, count: usize) -> Result<Crowd, String> {
    let nobody = Api::new(front, "");
    let login = |account: &str| json!({ "account": account, "password": PASSWORD });
    let admin = nobody.posts("/admin/login", &login("admin")).await?;
    let admin = nobody.of(admin["token"].as_str().unwrap());
    let mut crowd =
        Crowd { people: Vec::new(), groups: Vec::new(), api: nobody.clone(), admin: admin.clone() };
    let community =
        admin.posts("/admin/community/create", &json!({ "name": "北区" })).await?["communityid"].clone();
    let run = std::process::id();
    while crowd.people.len() < count {
        let number = crowd.people.len();
        let account = format!("checker-{run}-{number}");
        let new =
            json!({ "account": account, "password": PASSWORD, "name": "医生", "communityid": community });
        let uid = admin.posts("/admin/doctor/create", &new).await?["uid"].clone();
        let team = json!({ "name": "团队", "communityid": community, "leader": uid, "doctors": [] });
        let stid = admin.posts("/admin/team/create", &team).await?["stid"].clone();
        let doctor = crowd.add("doctor", &nobody.posts("/doctor/login", &login(&account)).await?);
        let mut members = vec![doctor];
        for _ in 0..RESIDENTS {
            let phone = format!("139{:04}{:04}", run % 10_000, crowd.people.len());
            let new = json!({ "phone": phone, "password": PASSWORD, "name": "居民" });
            let resident = crowd.add("user", &nobody.posts("/user/register", &new).await?);
            let apply = json!({ "stid": stid, "doctoruid": uid });
            let applied = crowd.api(resident).posts("/social/signed2", &apply).await?;
            let accept = json!({ "sid": applied["sid"], "accept": true });
            crowd.api(doctor).posts("/doctor/signedprocess", &accept).await?;
            members.push(resident);
        }
        let uids: Vec<_> = members[1..].iter().map(|who| &crowd.people[*who].uid).collect();
        let new = json!({ "name": "群", "members": uids });
        let roomid = crowd.api(doctor).posts("/doctor/discussion/create", &new).await?["roomid"].clone();
        crowd.groups.push(Group { members, roomid: roomid.as_str().unwrap().to_owned() });
    }
    Ok(crowd)
}
