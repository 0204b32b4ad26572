//! Whether the database can do its work: it is asked to write, as a full disk still reads.
//!
//! Who asks often is answered what was found a moment ago.

use crate::db::connection::AnyConnection;
use crate::db::migration::{self, SchemaAge};
use crate::db::schema::probe;
use crate::error::{Error, Result};
use crate::model::Time;
use diesel::prelude::*;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long an answer is given again.
const FRESH: Duration = Duration::from_secs(1);
/// How long the database may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why the database cannot do its work, for whoever asks.
type Verdict = std::result::Result<(), &'static str>;

/// The last answer, and when it was given.
#[derive(Default)]
pub(super) struct Probe(Mutex<Option<(Instant, Verdict)>>);

impl Probe {
    /// Whether `ask`, which may fail or never end, went well a moment ago or does now.
    pub(super) async fn check(&self, ask: impl Future<Output = Result<SchemaAge>>) -> Result<()> {
        let mut last = self.0.lock().await;
        if let Some((at, verdict)) = *last
            && at.elapsed() < FRESH
        {
            return verdict.map_err(Error::Unready);
        }
        let verdict = judge(tokio::time::timeout(PATIENCE, ask).await.ok());
        *last = Some((Instant::now(), verdict));
        verdict.map_err(Error::Unready)
    }
}

/// `None` where no answer came in time.
fn judge(answer: Option<Result<SchemaAge>>) -> Verdict {
    match answer {
        Some(Ok(SchemaAge::Current)) => Ok(()),
        Some(Ok(SchemaAge::Newer(_))) => Err("the database was migrated by a newer version of jiayi"),
        Some(Ok(SchemaAge::Behind(_))) => Err("the database was put back to an older version"),
        Some(Err(error)) => {
            error.log("/readyz: the database takes nothing");
            Err("the database takes nothing that is written")
        }
        None => Err("the database does not answer"),
    }
}

/// Writes a row, and looks at the schema.
pub(super) fn write(connection: &mut AnyConnection) -> Result<SchemaAge> {
    diesel::update(probe::table.find(1)).set(probe::at.eq(Time::now())).execute(connection)?;
    let age = migration::age(connection)?;
    Ok(match (connection, age) {
        // Migrations only add: while nodes are upgraded one by one, those of the version before go on.
        (AnyConnection::Postgres(_), SchemaAge::Newer(_)) => SchemaAge::Current,
        (AnyConnection::Postgres(_) | AnyConnection::Sqlite(_), age) => age,
    })
}
