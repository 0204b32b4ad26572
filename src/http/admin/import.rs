//! Importing residents and doctors, a part of a checked file at a time. The check is in `import_check`.
//!
//! A password costs some 20 ms: so a part is small, whoever imports sees how far it has come, and what is hashed
//! leaves half of all turns to others. A part that is sent again changes nothing and is answered alike.

use crate::app::App;
use crate::auth::password::Lane;
use crate::error::{Error, Result};
use crate::http::admin::new_accounts::{NewDoctor, NewUser};
use crate::http::extract::body::Body;
use crate::http::extract::caller::Administrator;
use crate::model::{Caller, Login, Role, Uid};
use crate::service::imports::{self, Candidate, Kept};
use crate::store::account::NewAccount;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How many rows are made by one request: a second of work.
const MOST_IN_A_PART: usize = 50;

/// The body of `/admin/user/import`: rows as the check has answered them.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "ImportResidentsRequest")]
pub struct Residents {
    #[schemars(length(min = 1, max = 50))]
    rows: Vec<NewUser>,
}

/// The body of `/admin/doctor/import`: rows as the check has answered them.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "ImportDoctorsRequest")]
pub struct Doctors {
    #[schemars(length(min = 1, max = 50))]
    rows: Vec<NewDoctor>,
}

/// The accounts of a part, in the order of its rows.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ImportedPart")]
pub struct Imported {
    accounts: Vec<ImportedAccount>,
}

/// The account of a row.
#[derive(Serialize, JsonSchema)]
pub struct ImportedAccount {
    uid: Uid,
    outcome: Outcome,
}

/// What became of a row.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ImportOutcome")]
#[serde(rename_all = "lowercase")]
enum Outcome {
    /// There is an account with this login and this password: now, or since the part was sent before.
    Made,
    /// There was one already, made longer than an hour ago or with another password; it stays as it is.
    Existed,
}

/// Makes the accounts of some residents.
pub async fn import_residents(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(Residents { rows }): Body<Residents>,
) -> Result<Json<Imported>> {
    import(&app, caller, Role::User, rows.into_iter().map(Candidate::from).collect()).await
}

/// Makes the accounts of some doctors.
pub async fn import_doctors(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(Doctors { rows }): Body<Doctors>,
) -> Result<Json<Imported>> {
    import(&app, caller, Role::Doctor, rows.into_iter().map(Candidate::from).collect()).await
}

async fn import(app: &App, caller: Caller, role: Role, candidates: Vec<Candidate>) -> Result<Json<Imported>> {
    if candidates.is_empty() || candidates.len() > MOST_IN_A_PART {
        return Err(Error::param("rows", "must be 1 to 50"));
    }
    app.require_valid(&caller).await?;
    let mut hashes: HashMap<usize, String> = HashMap::new();
    // Whoever is made by somebody else meanwhile is found the next time: each round leaves fewer.
    loop {
        let kept = find(app, role, &candidates).await?;
        let mut new = Vec::new();
        let rows = candidates.iter().zip(&kept).enumerate();
        for (row, (candidate, _)) in rows.filter(|(_, (_, kept))| kept.is_none()) {
            let account = account_of(app, role, candidate).await?;
            hashes.insert(row, account.password.clone());
            new.push((row, account));
        }
        if new.is_empty() {
            return answer(app, candidates, kept.into_iter().flatten(), hashes).await;
        }
        app.write_as(caller.clone(), move |tx, _| imports::create(tx, &new)).await?;
    }
}

async fn find(app: &App, role: Role, candidates: &[Candidate]) -> Result<Vec<Option<Kept>>> {
    let logins: Vec<Login> = candidates.iter().map(|candidate| candidate.login.clone()).collect();
    app.read(move |store| imports::find_accounts(store, role, &logins)).await
}

async fn account_of(app: &App, role: Role, candidate: &Candidate) -> Result<NewAccount> {
    let Candidate { login, password, name, communityid, title } = candidate.clone();
    let password = app.passwords().hash_in(Lane::Import, password).await?;
    Ok(NewAccount { role, login, password, name, communityid: Some(communityid), title })
}

/// Says of each account whether it is that of its row. Of an older one the password is not compared: importing is no way of
/// guessing passwords.
async fn answer(
    app: &App,
    candidates: Vec<Candidate>,
    kept: impl Iterator<Item = Kept>,
    hashes: HashMap<usize, String>,
) -> Result<Json<Imported>> {
    let mut accounts = Vec::new();
    for ((row, candidate), Kept { uid, password, is_new }) in candidates.into_iter().enumerate().zip(kept) {
        let is_made_here = hashes.get(&row) == Some(&password);
        let secret = candidate.password.secret().to_owned();
        let is_its =
            is_made_here || is_new && app.passwords().matches(Lane::Import, secret, Some(password)).await?;
        let outcome = if is_its { Outcome::Made } else { Outcome::Existed };
        accounts.push(ImportedAccount { uid, outcome });
    }
    Ok(Json(Imported { accounts }))
}
