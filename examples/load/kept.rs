//! A store that is kept, in the folder LOAD_STORE, or on PostgreSQL with who is in it there: a later run need not
//! make it once more, and another version can be measured on it.

use crate::Stage;
use crate::client::Http;
use crate::people::{Doctor, Pair};
use crate::server::{RARE_PINGS, Server};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Who is in a store that is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    admin: String,
    /// Their ids, tokens and teams.
    doctors: Vec<(String, String, String)>,
    /// Residents' ids and tokens, and which doctor is theirs.
    pairs: Vec<(String, String, usize)>,
}

/// The folder of a store that is kept.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os("LOAD_STORE").map(PathBuf::from)
}

fn file() -> Option<PathBuf> {
    Some(folder()?.join("people.json"))
}

/// The stage that an earlier run has left, if there is one.
pub async fn open() -> Option<Stage> {
    let text = std::fs::read_to_string(file()?).ok()?;
    let Kept { admin, doctors: kept, pairs: kept_pairs } = serde_json::from_str(&text).unwrap();
    let server = Server::start(None, RARE_PINGS);
    let http = async |token: String| {
        let mut http = Http::open(&server.address).await;
        http.token = token;
        http
    };
    let (mut doctors, mut pairs) = (Vec::new(), Vec::new());
    for (uid, token, stid) in kept {
        doctors.push(Doctor { uid, token: token.clone(), http: http(token).await, stid });
    }
    for (resident_uid, token, doctor) in kept_pairs {
        pairs.push(Pair { resident: http(token).await, resident_uid, doctor });
    }
    let admin = http(admin).await;
    Some(Stage { server, admin, doctors, pairs })
}

/// Leaves a stage to later runs, if they may have it.
pub fn keep(stage: &Stage) {
    let Some(file) = file() else { return };
    let doctor = |doctor: &Doctor| (doctor.uid.clone(), doctor.token.clone(), doctor.stid.clone());
    let pair = |pair: &Pair| (pair.resident_uid.clone(), pair.resident.token.clone(), pair.doctor);
    let kept = Kept {
        admin: stage.admin.token.clone(),
        doctors: stage.doctors.iter().map(doctor).collect(),
        pairs: stage.pairs.iter().map(pair).collect(),
    };
    std::fs::write(file, serde_json::to_string(&kept).unwrap()).unwrap();
}
