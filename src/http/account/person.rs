//! Who a resident is: for themself, and for the doctors under contract. What the duty desk sees is in `duty::desk`.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::{Body, Both};
use crate::http::extract::caller::{Doctor, Resident};
use crate::http::extract::query::Query;
use crate::limits::account::Spending;
use crate::model::{Birthdate, Malformed, Reason, Sex, Uid};
use crate::protocol::objects::PersonCard;
use crate::service::persons::{self, Entry, Facts, Update};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::Deserialize;

/// What is to be written; what is not named stays, what is empty is taken away.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "UpdatePersonRequest")]
pub struct PersonUpdate {
    /// The day of birth, as `YYYY-MM-DD`.
    #[schemars(with = "Option<String>", example = &"1952-03-08")]
    birthdate: Option<Field<Birthdate>>,
    /// `female` or `male`.
    #[schemars(with = "Option<String>", example = &"female")]
    sex: Option<Field<Sex>>,
    /// Long-term illnesses, at most 500 characters.
    #[schemars(with = "Option<String>", example = &"高血压")]
    illnesses: Option<Field<Reason>>,
    /// Allergies, at most 500 characters.
    #[schemars(with = "Option<String>", example = &"青霉素")]
    allergies: Option<Field<Reason>>,
    /// What was there when it was read, of any of these; where it is not any more, nothing is written.
    seen: Option<Seen>,
}

/// What was there; empty where nothing was.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "SeenPerson")]
pub struct Seen {
    #[schemars(with = "Option<String>", example = &"1952-03-08")]
    birthdate: Option<Field<Birthdate>>,
    #[schemars(with = "Option<String>", example = &"female")]
    sex: Option<Field<Sex>>,
    #[schemars(with = "Option<String>", example = &"高血压")]
    illnesses: Option<Field<Reason>>,
    #[schemars(with = "Option<String>", example = &"青霉素")]
    allergies: Option<Field<Reason>>,
}

/// A field whose empty text takes away what was there.
#[derive(Deserialize)]
#[serde(try_from = "String", bound(deserialize = "T: TryFrom<String, Error = Malformed>"))]
struct Field<T>(Entry<T>);

impl<T: TryFrom<String, Error = Malformed>> TryFrom<String> for Field<T> {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        match text.trim() {
            "" => Ok(Self(Entry::Erased)),
            _ => T::try_from(text).map(Entry::Written).map(Self),
        }
    }
}

impl From<PersonUpdate> for Update {
    fn from(PersonUpdate { birthdate, sex, illnesses, allergies, seen }: PersonUpdate) -> Self {
        let facts = Seen { birthdate, sex, illnesses, allergies }.into();
        Self { facts, seen: seen.map(Facts::from).unwrap_or_default() }
    }
}

impl From<Seen> for Facts {
    fn from(Seen { birthdate, sex, illnesses, allergies }: Seen) -> Self {
        Self {
            birthdate: birthdate.map(|Field(entry)| entry),
            sex: sex.map(|Field(entry)| entry),
            illnesses: illnesses.map(|Field(entry)| entry),
            allergies: allergies.map(|Field(entry)| entry),
        }
    }
}

/// Shows who one is, as one's doctors see it.
pub async fn show_own(app: Data<App>, Resident(caller): Resident) -> Result<Json<PersonCard>> {
    Ok(Json(app.read(move |connection| persons::find_own(connection, &caller.uid)).await?))
}

/// Writes who one is.
pub async fn update_own(
    app: Data<App>,
    Resident(caller): Resident,
    Body(body): Body<PersonUpdate>,
) -> Result<Json<PersonCard>> {
    app.spend(&caller, Spending::Application)?;
    let update = body.into();
    Ok(Json(app.write_as(caller, move |tx, caller| persons::change_own(tx, &caller.uid, &update)).await?))
}

/// The resident who is asked for.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PersonQuery")]
pub struct Wanted {
    uid: Uid,
}

/// Shows who a resident under contract is.
pub async fn show(
    app: Data<App>,
    Doctor(caller): Doctor,
    Query(Wanted { uid }): Query<Wanted>,
) -> Result<Json<PersonCard>> {
    Ok(Json(app.read(move |connection| persons::find_for_doctor(connection, &caller.uid, &uid)).await?))
}

/// Whose facts are written.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "UpdatePersonByDoctorRequest")]
pub struct Whose {
    uid: Uid,
}

/// Writes who a resident under contract is.
pub async fn update(
    app: Data<App>,
    Doctor(caller): Doctor,
    Both(Whose { uid }, body): Both<Whose, PersonUpdate>,
) -> Result<Json<PersonCard>> {
    app.spend(&caller, Spending::Message)?;
    let update = body.into();
    let card =
        app.write_as(caller, move |tx, caller| persons::change_by_doctor(tx, &caller.uid, &uid, &update));
    Ok(Json(card.await?))
}
