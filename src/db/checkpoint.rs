//! The log of SQLite (`-wal`): what is committed stands there first, and is taken over into the file by a checkpoint.
//!
//! What is slow about it, writing pages and waiting for the disk, goes on beside the writer. Only the writer can
//! begin the log anew, between two commits, once nobody reads in it any more; it waits for readers no longer
//! than `PATIENCE`. When it is done is decided in `workers::checkpoints`.

use crate::db::connection::{AnyConnection, BUSY_TIMEOUT};
use crate::error::Result;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Integer;

/// Milliseconds for which the writer waits for readers.
const PATIENCE: u32 = 5;

/// What is done with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checkpoint {
    /// Nothing: it is looked how long it is.
    Look,
    /// It is taken over as far as readers let it, beside the writer.
    Beside,
    /// It is taken over, so that the next commit begins it anew. By the writer.
    Restart,
    /// The same, and its file is cut to nothing. By the writer.
    Truncate,
}

/// How long the log is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct Log {
    /// Whether somebody who reads in it was in the way.
    #[diesel(sql_type = Integer)]
    busy: i32,
    /// Its pages.
    #[diesel(sql_type = Integer, column_name = log)]
    pub pages: i32,
    /// Those of them that are taken over.
    #[diesel(sql_type = Integer, column_name = checkpointed)]
    pub saved: i32,
}

impl Log {
    /// The pages that are not taken over yet.
    pub fn unsaved(self) -> i32 {
        self.pages - self.saved
    }

    /// Whether somebody who reads in it was in the way.
    pub fn is_busy(self) -> bool {
        self.busy != 0
    }
}

impl Checkpoint {
    /// Does it, and says how long the log is then.
    pub(super) fn run(self, connection: &mut AnyConnection) -> Result<Log> {
        let pragma = match self {
            Self::Look => "PRAGMA wal_checkpoint(NOOP)",
            Self::Beside => "PRAGMA wal_checkpoint(PASSIVE)",
            Self::Restart => "PRAGMA wal_checkpoint(RESTART)",
            Self::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
        };
        Ok(diesel::sql_query(pragma).get_result(connection)?)
    }

    /// The same by the writer, for whom others wait.
    pub(super) fn run_in_time(self, connection: &mut AnyConnection) -> Result<Log> {
        connection.batch_execute(&format!("PRAGMA busy_timeout = {PATIENCE}"))?;
        let log = self.run(connection);
        connection.batch_execute(&format!("PRAGMA busy_timeout = {BUSY_TIMEOUT}"))?;
        log
    }
}
