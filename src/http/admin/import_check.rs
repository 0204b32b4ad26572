//! Checking a file of residents or doctors before they are imported: it is answered as rows, and nothing of it is kept.

use crate::app::App;
use crate::auth::password::first_password;
use crate::error::Result;
use crate::http::admin::people_file::{self, Checked};
use crate::http::extract::caller::Administrator;
use crate::http::extract::file_part::SmallFile;
use crate::http::extract::query::Query;
use crate::model::{Caller, CommunityId, Role};
use crate::service::imports::{self, Entry, Fault};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where those belong of whom the file does not say it.
#[derive(Deserialize, JsonSchema)]
pub struct ImportQuery {
    communityid: Option<CommunityId>,
}

/// What a file of people holds. Nothing of it is kept.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "{Row}Preview")]
pub struct Preview<Row> {
    /// Who can be imported, in the order of the file.
    rows: Vec<Row>,
    /// What is wrong with the other lines.
    faults: Vec<ImportFault>,
    /// The columns that nothing is taken from.
    #[schemars(example = &["备注"])]
    ignored: Vec<String>,
}

/// What is wrong in a line of a file, as `FA_PARAM` says it.
#[derive(Serialize, JsonSchema)]
pub struct ImportFault {
    /// The line, from 1.
    #[schemars(example = &7)]
    line: u64,
    /// The field.
    #[schemars(example = &"phone")]
    field: &'static str,
    /// The rule that it breaks.
    #[schemars(example = &"taken")]
    rule: &'static str,
    /// The same in words.
    #[schemars(example = &"has an account already")]
    message: String,
}

impl From<Fault> for ImportFault {
    fn from(Fault { line, field, why }: Fault) -> Self {
        Self { line, field, rule: why.rule(), message: why.to_string() }
    }
}

/// A resident of a file, as `/admin/user/import` takes them.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ImportedResident")]
pub struct ResidentRow {
    /// The line.
    line: u64,
    #[schemars(example = &"13800000001")]
    phone: String,
    #[schemars(example = &"王芳")]
    name: String,
    communityid: CommunityId,
    /// That of the file, or one that was made up, for this answer alone.
    #[schemars(example = &"h7kmw2pqxz")]
    password: String,
}

/// A doctor of a file, as `/admin/doctor/import` takes them.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ImportedDoctor")]
pub struct DoctorRow {
    /// The line.
    line: u64,
    #[schemars(example = &"doctor1")]
    account: String,
    #[schemars(example = &"王芳")]
    name: String,
    #[schemars(example = &"主任医师")]
    title: Option<String>,
    communityid: CommunityId,
    /// That of the file, or one that was made up, for this answer alone.
    #[schemars(example = &"h7kmw2pqxz")]
    password: String,
}

/// Checks a file of residents.
pub async fn check_residents(
    app: Data<App>,
    Administrator(caller): Administrator,
    Query(query): Query<ImportQuery>,
    file: SmallFile,
) -> Result<Json<Preview<ResidentRow>>> {
    let row = |entry: Entry<CommunityId>, password| ResidentRow {
        line: entry.line,
        phone: entry.login.as_str().to_owned(),
        name: entry.name.as_str().to_owned(),
        communityid: entry.place,
        password,
    };
    check(&app, &caller, Role::User, query, file, row).await
}

/// Checks a file of doctors.
pub async fn check_doctors(
    app: Data<App>,
    Administrator(caller): Administrator,
    Query(query): Query<ImportQuery>,
    file: SmallFile,
) -> Result<Json<Preview<DoctorRow>>> {
    let row = |entry: Entry<CommunityId>, password| DoctorRow {
        line: entry.line,
        account: entry.login.as_str().to_owned(),
        name: entry.name.as_str().to_owned(),
        title: entry.title.map(|title| title.as_str().to_owned()),
        communityid: entry.place,
        password,
    };
    check(&app, &caller, Role::Doctor, query, file, row).await
}

async fn check<Row>(
    app: &App,
    caller: &Caller,
    role: Role,
    ImportQuery { communityid }: ImportQuery,
    file: SmallFile,
    row: impl Fn(Entry<CommunityId>, String) -> Row,
) -> Result<Json<Preview<Row>>> {
    let bytes = file.receive(app.config().body_timeout()).await?;
    app.require_valid(caller).await?;
    let Checked { entries, faults, ignored } = people_file::read(role, bytes).await?;
    let login = people_file::login_column(role).field();
    let checked =
        app.read(move |store| imports::check(store, role, login, entries, communityid.as_ref())).await?;
    let (entries, more) = checked;
    let row = |entry: Entry<CommunityId>| -> Result<Row> {
        let given = entry.password.as_ref().map(|password| password.secret().to_owned());
        Ok(row(entry, given.map_or_else(first_password, Ok)?))
    };
    let rows = entries.into_iter().map(row).collect::<Result<_>>()?;
    let mut faults: Vec<_> = faults.into_iter().chain(more).map(ImportFault::from).collect();
    faults.sort_by_key(|fault| fault.line);
    Ok(Json(Preview { rows, faults, ignored }))
}
