//! The queries of lists: what those of communities and teams have in common, and what accounts are searched by.

use crate::http::extract::page::Limit;
use crate::model::{Name, PhoneEnd, Stid, Uid};
use crate::store::listed_account::AccountQuery;
use crate::store::name_query::NameQuery;
use schemars::JsonSchema;
use serde::Deserialize;

/// Which entries of a list are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct Search<Id> {
    /// Words of the name.
    #[schemars(example = &"王")]
    name: Option<Name>,
    before: Option<Id>,
    #[serde(default)]
    limit: Limit,
}

impl<Id> Search<Id> {
    /// The same for the store, with one entry more, which shows whether there is a further page.
    pub fn into_query(self) -> (NameQuery<Id>, Limit) {
        let Self { name, before, limit } = self;
        (NameQuery { name, before, limit: limit.and_one() }, limit)
    }
}

/// Which accounts are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct AccountSearch {
    /// Words of the name.
    #[schemars(example = &"王")]
    name: Option<Name>,
    /// The last digits of the phone.
    phone: Option<PhoneEnd>,
    /// The doctors of a team, or the residents under contract in force with it.
    stid: Option<Stid>,
    before: Option<Uid>,
    #[serde(default)]
    limit: Limit,
}

impl AccountSearch {
    /// The same for the store, with one entry more.
    pub fn into_query(self) -> (AccountQuery, Limit) {
        let Self { name, phone, stid, before, limit } = self;
        let named = NameQuery { name, before, limit: limit.and_one() };
        (AccountQuery { named, phone, stid }, limit)
    }
}
