//! What runs here: the version, the database, the nodes, the backups. How it fares is in `stats`.

use crate::app::App;
use crate::db::connection::Address;
use crate::error::{Error, Result};
use crate::store::node::{self, NamedNode};
use schemars::JsonSchema;
use serde::Serialize;

/// What runs here.
#[derive(Serialize, JsonSchema)]
pub struct Deployment {
    /// The version of the node that answers.
    #[schemars(example = &"0.2.0")]
    version: &'static str,
    /// What everything is kept in.
    database: DatabaseKind,
    /// The nodes that serve together, by their slots; none where one process serves alone.
    nodes: Vec<NamedNode>,
    /// The backups; null where no folder is set for them, or it cannot be read in time.
    backups: Option<Backups>,
}

/// What everything is kept in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum DatabaseKind {
    Sqlite,
    Postgresql,
}

/// The backups in the folder that is set for them.
#[derive(Serialize, JsonSchema)]
struct Backups {
    /// How many there are of this database.
    count: usize,
    /// Seconds since the newest was made; null where there is none.
    age: Option<u64>,
}

/// Looks at this node, its database and its folder of backups.
pub async fn look(app: &App) -> Result<Deployment> {
    let nodes = match app.is_node() {
        true => app.read(node::list_named).await?,
        false => Vec::new(),
    };
    let backups = app.count_backups().await;
    Ok(Deployment {
        version: env!("CARGO_PKG_VERSION"),
        database: match app.config().database().map_err(Error::inside)? {
            Address::Sqlite(_) => DatabaseKind::Sqlite,
            Address::Postgres(_) => DatabaseKind::Postgresql,
        },
        nodes,
        backups: backups.map(|(count, age)| Backups { count, age: age.map(|age| age.as_secs()) }),
    })
}
