//! The query that lists of accounts, communities and teams have in common.

use crate::http::extract::page::Limit;
use crate::model::Name;
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
