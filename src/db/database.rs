//! The database: reading and writing off the async threads.
//!
//! `Database::read` and `Database::write` hand work to a thread that may block. What a commit pushes
//! is kept by `KeepPushes` in the same transaction and handed to `Committed` after it.

use crate::db::connection::{Address, AnyConnection, OpenError, Pool};
use crate::db::transaction::{OnCommit, Outcome, Policy, Tx, Work};
use crate::db::writer::Writer;
use crate::error::{Error, Result};
use crate::metrics::{Queue, Writes};
use diesel::Connection;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Connections in the pool.
const POOL: u32 = 8;
/// How often a transaction is tried when others are in its way.
const TRIES: u32 = 5;
/// How long work waits for a connection before it is refused with `FA_OVERLOAD`.
const PATIENCE: Duration = Duration::from_secs(5);

/// The database.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    places: Arc<Semaphore>,
    writing: Writing,
    writes: Writes,
}

/// What the store has to do at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Pieces of work that wait for the one writer; `None` where there is none.
    pub waiting: Option<usize>,
    /// Connections of the pool that are in use.
    pub busy: usize,
    /// All that the pool may have.
    pub connections: usize,
}

#[derive(Clone)]
enum Writing {
    OneWriter(Writer),
    Pooled(Policy, OnCommit),
}

impl Database {
    /// Opens the database, migrates it, runs every transaction under `policy`, and hands `on_commit`
    /// what each commit pushes. What is written is counted in `writes`.
    pub fn open(
        address: &Address,
        policy: Policy,
        on_commit: OnCommit,
        writes: Writes,
    ) -> Result<Self, OpenError> {
        address.migrate()?;
        let writing = match address {
            Address::Postgres(_) => Writing::Pooled(policy, on_commit),
            Address::Sqlite(_) => {
                let writer = Writer::start(address.connect()?, policy, on_commit, writes.clone())?;
                Writing::OneWriter(writer)
            }
        };
        let places = Arc::new(Semaphore::new(POOL as usize));
        Ok(Self { pool: address.pool(POOL)?, places, writing, writes })
    }

    /// What it has to do at the moment.
    pub fn load(&self) -> Load {
        let waiting = match &self.writing {
            Writing::OneWriter(writer) => Some(writer.waiting()),
            Writing::Pooled(..) => None,
        };
        let connections = POOL as usize;
        Load { waiting, busy: connections - self.places.available_permits(), connections }
    }

    /// Reads: what `query` sees is committed.
    pub async fn read<T, F>(&self, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        self.with_connection(query).await
    }

    /// Writes: `work` happens whole or not at all, and its pushes after it. Only `App` calls this.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        let work: Work<T> = Arc::new(work);
        match &self.writing {
            Writing::OneWriter(writer) => writer.write(work).await,
            Writing::Pooled(policy, on_commit) => {
                let policy = *policy;
                let (on_commit, writes) = (on_commit.clone(), self.writes.clone());
                self.with_connection(move |connection| {
                    let begun = Instant::now();
                    let (value, commit) = persist(connection, policy, &*work)?;
                    writes.committed(1, begun.elapsed());
                    on_commit(commit);
                    Ok(value)
                })
                .await
            }
        }
    }

    /// Runs `work` on a pooled connection, in a thread that may block.
    async fn with_connection<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        let busy = || {
            self.writes.refused(Queue::Pool);
            Error::Overload { retry_after: 1 }
        };
        let place = tokio::time::timeout(PATIENCE, self.places.clone().acquire_owned());
        let place = place.await.map_err(|_| busy())?.map_err(Error::inside)?;
        let pool = self.pool.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _place = place;
            work(&mut *pool.get().map_err(Error::inside)?)
        });
        task.await.map_err(|_| Error::inside("the work panicked"))?
    }
}

/// One transaction on PostgreSQL, tried again while others are in its way.
fn persist<T>(
    connection: &mut AnyConnection,
    policy: Policy,
    work: &dyn Fn(&mut Tx<'_>) -> Result<T>,
) -> Outcome<T> {
    for _ in 1..TRIES {
        match connection.transaction(|connection| Tx::run(connection, policy, work)) {
            Err(Error::Store(error)) if in_the_way(&error) => {}
            outcome => return outcome,
        }
    }
    connection.transaction(|connection| Tx::run(connection, policy, work))
}

/// Whether another transaction caused the error, so that a second look may fare better: it
/// inserted what this one was about to insert, or the two waited for each other.
fn in_the_way(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)
        | DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        DieselError::DatabaseError(_, about) => about.message().contains("deadlock detected"),
        _ => false,
    }
}
