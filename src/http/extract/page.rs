//! Pages of lists: how many items are asked for and what is answered. Where a page begins is read and
//! written by `cursor`.

use crate::model::{MAX_PAGE_SIZE, Malformed, PAGE_SIZE, check_page_size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many items of a list are asked for: 1 to 200, 50 where nothing is said.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("type" = "integer", "minimum" = 1, "maximum" = MAX_PAGE_SIZE, "default" = PAGE_SIZE, "examples" = [PAGE_SIZE]))]
pub struct Limit(i64);

impl Default for Limit {
    fn default() -> Self {
        Self(PAGE_SIZE)
    }
}

impl Limit {
    /// One item more than a page has: whether it is there tells whether there is a further page.
    pub fn and_one(self) -> i64 {
        self.0 + 1
    }

    /// The number itself.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<String> for Limit {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        check_page_size(text.parse().unwrap_or_default()).map(Self)
    }
}

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}List")]
pub struct List<T> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// What to pass as `before` for the following page; null at the end.
    #[schemars(example = &"messageid-9")]
    pub next: Option<String>,
}

impl<T> List<T> {
    /// The page of which `limit.and_one()` items were read.
    pub fn page(mut items: Vec<T>, limit: Limit, cursor: impl Fn(&T) -> String) -> Self {
        let further = items.len() as i64 > limit.0;
        items.truncate(limit.0 as usize);
        let next = items.last().filter(|_| further).map(cursor);
        Self { items, next }
    }
}
