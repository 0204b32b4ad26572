//! Who a resident is: what they or their doctors have written of them, their contract, their next appointments.
//! For the resident, the doctors whom a contract in force binds to them, and who may answer a question of theirs
//! at the duty desk.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Birthdate, DialogId, FactKind, Reason, Role, Sex, Time, Uid};
use crate::protocol::objects::{Fact, PersonCard};
use crate::service::duty_view;
use crate::store::reservation::{self, ReservationsOf};
use crate::store::{account, contract, person};

/// How many appointments a card shows.
const COMING: usize = 5;

/// The same whether there is no such resident or no contract: who exists is private.
const NO_CONTRACT: Error = Error::Permission("there is no contract in force with this resident");

/// The same for what somebody has written meanwhile, whoever it was.
const CHANGED: Error = Error::Conflict("this is not what is there any more: read it anew");

/// What is to be written of somebody.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// What will be there.
    pub facts: Facts,
    /// What was there when it was read. Where it is not any more, nothing is written: a doctor who adds an allergy takes none
    /// away that was added meanwhile.
    pub seen: Facts,
}

/// What is written of somebody; what is `None` stays, or is not looked at.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The day of birth.
    pub birthdate: Option<Entry<Birthdate>>,
    /// The sex.
    pub sex: Option<Entry<Sex>>,
    /// Long-term illnesses.
    pub illnesses: Option<Entry<Reason>>,
    /// Allergies.
    pub allergies: Option<Entry<Reason>>,
}

/// A fact that is written, or taken away.
#[derive(Debug, Clone)]
pub enum Entry<T> {
    /// It is this from now on.
    Written(T),
    /// It is not known any more.
    Erased,
}

impl Facts {
    /// Each that is to be changed, with its words.
    fn changes(&self) -> impl Iterator<Item = (FactKind, Option<String>)> {
        let Self { birthdate, sex, illnesses, allergies } = self;
        [
            (FactKind::Birthdate, words(birthdate, ToString::to_string)),
            (FactKind::Sex, words(sex, |sex| sex.as_str().to_owned())),
            (FactKind::Illnesses, words(illnesses, |words| words.as_str().to_owned())),
            (FactKind::Allergies, words(allergies, |words| words.as_str().to_owned())),
        ]
        .into_iter()
        .filter_map(|(kind, change)| Some((kind, change?)))
    }
}

fn words<T>(entry: &Option<Entry<T>>, word: impl Fn(&T) -> String) -> Option<Option<String>> {
    entry.as_ref().map(|entry| match entry {
        Entry::Written(value) => Some(word(value)),
        Entry::Erased => None,
    })
}

/// A resident's own card.
pub fn find_own(connection: &mut AnyConnection, uid: &Uid) -> Result<PersonCard> {
    find(connection, uid, Some(&ReservationsOf::Resident(uid.clone())))
}

/// The card of a resident whom a contract in force binds to a team of the doctor.
pub fn find_for_doctor(connection: &mut AnyConnection, doctor: &Uid, uid: &Uid) -> Result<PersonCard> {
    require_bound(connection, doctor, uid)?;
    find(connection, uid, Some(&ReservationsOf::Doctor(doctor.clone())))
}

/// The card of the resident who asks a question, for who may answer it; for others it does not exist.
pub fn find_at_desk(connection: &mut AnyConnection, uid: &Uid, dialogid: &DialogId) -> Result<PersonCard> {
    let asker = duty_view::find_question(connection, uid, dialogid)?.dialog.from;
    match asker.role {
        Role::User => find(connection, &asker.uid, None),
        Role::Doctor | Role::Admin => Err(Error::NotFound("resident")),
    }
}

/// Writes what is known of oneself.
pub fn change_own(tx: &mut Tx<'_>, uid: &Uid, update: &Update) -> Result<PersonCard> {
    write(tx, uid, update, uid)?;
    find_own(tx, uid)
}

/// Writes what is known of a resident, as a doctor whom a contract in force binds to them.
pub fn change_by_doctor(tx: &mut Tx<'_>, doctor: &Uid, uid: &Uid, update: &Update) -> Result<PersonCard> {
    require_bound(tx, doctor, uid)?;
    write(tx, uid, update, doctor)?;
    find_for_doctor(tx, doctor, uid)
}

fn require_bound(connection: &mut AnyConnection, doctor: &Uid, uid: &Uid) -> Result<()> {
    match contract::binds(connection, uid, doctor)? {
        true => Ok(()),
        false => Err(NO_CONTRACT),
    }
}

fn write(tx: &mut Tx<'_>, uid: &Uid, Update { facts, seen }: &Update, by: &Uid) -> Result<()> {
    account::lock(tx, uid)?;
    let known = person::list(tx, uid)?;
    let content = |kind| known.iter().find(|(known, _)| *known == kind).map(|(_, fact)| &fact.content);
    if seen.changes().any(|(kind, words)| content(kind) != words.as_ref()) {
        return Err(CHANGED);
    }
    facts.changes().try_for_each(|(kind, content)| person::set(tx, uid, kind, content.as_deref(), by))
}

/// A card; with the next of those appointments that `of` names.
fn find(connection: &mut AnyConnection, uid: &Uid, of: Option<&ReservationsOf>) -> Result<PersonCard> {
    let name = account::find(connection, uid)?.ok_or(Error::NotFound("resident"))?.name;
    let reservations = match of {
        Some(of) => reservation::list_coming(connection, uid, of, Time::now(), COMING)?,
        None => Vec::new(),
    };
    let (birthdate, sex, illnesses, allergies) = Default::default();
    let contract = contract::find_open(connection, uid)?;
    let uid = uid.clone();
    let mut card = PersonCard { uid, name, birthdate, sex, illnesses, allergies, contract, reservations };
    for (kind, fact) in person::list(connection, &card.uid)? {
        *place(&mut card, kind) = Some(fact);
    }
    Ok(card)
}

fn place(card: &mut PersonCard, kind: FactKind) -> &mut Option<Fact> {
    match kind {
        FactKind::Birthdate => &mut card.birthdate,
        FactKind::Sex => &mut card.sex,
        FactKind::Illnesses => &mut card.illnesses,
        FactKind::Allergies => &mut card.allergies,
    }
}
