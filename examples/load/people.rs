//! Doctors and residents, made through the server's own doors.

use crate::client::Http;
use serde_json::json;

/// A resident who writes to a doctor, both logged in.
pub struct Pair {
    pub resident: Http,
    pub resident_uid: String,
    pub doctor: usize,
}

pub struct Doctor {
    pub uid: String,
    pub token: String,
    pub http: Http,
    pub stid: String,
}

pub async fn make_doctor(address: &str, admin: &mut Http, community: &str, n: usize) -> Doctor {
    let account = format!("load-doctor-{n}");
    let new =
        json!({ "account": account, "password": "jiayi-demo", "name": "Doctor", "communityid": community });
    let uid = admin.post("/admin/doctor/create", &new).await["uid"].as_str().unwrap().to_owned();
    let team = json!({ "name": "Team", "communityid": community, "leader": uid, "doctors": [] });
    let stid = admin.post("/admin/team/create", &team).await["stid"].as_str().unwrap().to_owned();
    let mut http = Http::open(address).await;
    http.log_in("doctor", &account).await;
    Doctor { uid, token: http.token.clone(), http, stid }
}

pub async fn make_pair(address: &str, doctors: &mut [Doctor], n: usize) -> Pair {
    let mut resident = Http::open(address).await;
    let new = json!({ "phone": format!("1380000{n:04}"), "password": "jiayi-demo", "name": "Resident" });
    let made = resident.post("/user/register", &new).await;
    resident.token = made["token"].as_str().unwrap().to_owned();
    let resident_uid = made["uid"].as_str().unwrap().to_owned();
    let which = n % doctors.len();
    let doctor = &mut doctors[which];
    let applied =
        resident.post("/social/signed2", &json!({ "stid": doctor.stid, "doctoruid": doctor.uid })).await;
    doctor.http.post("/doctor/signedprocess", &json!({ "sid": applied["sid"], "accept": true })).await;
    Pair { resident, resident_uid, doctor: which }
}
