//! The database: reading and writing off the async threads.
//!
//! `Database::read` and `Database::write` hand work to a thread that may block. What a commit pushes
//! is kept by `KeepPushes` in the same transaction and handed to `Committed` after it.

use crate::db::checkpoint::{Checkpoint, Log};
use crate::db::connection::{Address, AnyConnection, OpenError};
use crate::db::lane::Lane;
use crate::db::partitions;
use crate::db::probe::{self, Probe};
use crate::db::time_limit;
use crate::db::transaction::{OnCommit, Outcome, Policy, Tx, Work};
use crate::db::writer::Writer;
use crate::error::{Error, Result};
use crate::metrics::{Queue, Writes};
use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use futures_util::future::join_all;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Connections for reads that may be long.
const LONG: u32 = 3;
/// The one writer touches what all readers read. It takes the log over by itself only where nobody else does.
const WRITER_PRAGMAS: &str = "PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 64000";
/// How long such a read may take.
const LONGEST_READ: Duration = Duration::from_secs(5);
/// How often a transaction is tried when others are in its way.
const TRIES: u32 = 5;
/// Connections for what a crowd does together: while one commits, another works.
const TOGETHER: u32 = 2;
/// How long what is done together waits for a lock; then each piece of it waits by itself.
const SHORT_WAIT: &str = "SET LOCAL lock_timeout = 200";

/// The database.
#[derive(Clone)]
pub struct Database {
    pool: Lane,
    /// Connections for what is sent together, where there is no writer that does it.
    senders: Lane,
    /// Those for connections that are registered together: beside the one writer, for what they read alone.
    arrivals: Lane,
    long: Lane,
    /// The connection of the probe, and of what a node lives by; beside the one writer, who probes by himself, that of checkpoints.
    reserve: Lane,
    probe: Arc<Probe>,
    writing: Writing,
    writes: Writes,
}

/// Who does something together, on connections of their own: no crowd keeps others from working.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crowd {
    /// Those who send messages.
    Senders,
    /// Those whose connections are registered.
    Arrivals,
}

impl Crowd {
    /// How many pieces of its work may wait; what comes beyond is refused with `FA_OVERLOAD`.
    pub(super) fn queue(self) -> usize {
        match self {
            Self::Senders => 4096,
            // After a restart all come back at once; each waits for its answer, and for nothing else.
            Self::Arrivals => 16_384,
        }
    }
}

/// What the store has to do at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Pieces of work that wait to be written.
    pub waiting: usize,
    /// Connections of the pool that are in use.
    pub busy: usize,
    /// All that the pool may have.
    pub connections: usize,
}

/// A transaction on PostgreSQL.
type Persist<T> = fn(&mut AnyConnection, Policy, &dyn Fn(&mut Tx<'_>) -> Result<T>) -> Outcome<T>;

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
                let mut connection = address.connect()?;
                connection.batch_execute(WRITER_PRAGMAS)?;
                let writer = Writer::start(connection, policy, on_commit, writes.clone())?;
                Writing::OneWriter(writer)
            }
        };
        let lane = |size| Lane::new(address.clone(), size);
        Ok(Self {
            pool: lane(address.connections()),
            senders: lane(TOGETHER),
            arrivals: lane(match address {
                Address::Postgres(_) => TOGETHER,
                // What is read alone.
                Address::Sqlite(_) => 1,
            }),
            long: lane(LONG),
            reserve: lane(1),
            probe: Arc::default(),
            writing,
            writes,
        })
    }

    /// Whether one thread writes, and nothing at the same time.
    pub(super) fn has_one_writer(&self) -> bool {
        match &self.writing {
            Writing::OneWriter(_) => true,
            Writing::Pooled(..) => false,
        }
    }

    /// What it has to do at the moment.
    pub fn load(&self) -> Load {
        let waiting = match &self.writing {
            Writing::OneWriter(writer) => writer.waiting(),
            Writing::Pooled(..) => 0,
        };
        Load { waiting, busy: self.pool.busy(), connections: self.pool.size() }
    }

    /// Reads: what `query` sees is committed.
    pub async fn read<T, F>(&self, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        self.run(&self.pool, query).await
    }

    /// Reads what may be long, beside all other reads; `FA_OVERLOAD` where it takes longer than 5 s.
    pub async fn read_long<T, F>(&self, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        self.long.run(move |connection| within(LONGEST_READ, connection, query)).await
    }

    /// Whether it takes what is written, and is of this program's version; says why not.
    pub async fn check(&self) -> Result<()> {
        self.probe
            .check(async {
                match &self.writing {
                    Writing::OneWriter(writer) => {
                        writer.write(Arc::new(|tx: &mut Tx<'_>| probe::write(tx))).await
                    }
                    Writing::Pooled(..) => self.reserve.run(probe::write).await,
                }
            })
            .await
    }

    /// Does something with the log of SQLite; `None` on PostgreSQL.
    pub async fn checkpoint(&self, checkpoint: Checkpoint) -> Result<Option<Log>> {
        let Writing::OneWriter(writer) = &self.writing else { return Ok(None) };
        let log = match checkpoint {
            Checkpoint::Look | Checkpoint::Beside => {
                self.reserve.run(move |connection| checkpoint.run(connection)).await
            }
            Checkpoint::Restart | Checkpoint::Truncate => writer.checkpoint(checkpoint).await,
        };
        log.map(Some)
    }

    /// Does what is queued, takes no more, and closes every connection; false where that takes longer.
    /// The file of SQLite is whole then, with nothing beside it.
    pub async fn close(&self, within: Duration) -> bool {
        let writer = async {
            match &self.writing {
                Writing::OneWriter(writer) => writer.close(within).await,
                Writing::Pooled(..) => true,
            }
        };
        let lanes = [&self.pool, &self.senders, &self.arrivals, &self.long, &self.reserve];
        let lanes = join_all(lanes.map(|lane| lane.close(within)));
        let (writer, lanes) = tokio::join!(writer, lanes);
        writer && lanes.into_iter().all(|closed| closed)
    }

    /// Writes: `work` happens whole or not at all, and its pushes after it. Only `App` calls this.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        self.commit(Arc::new(work), &self.pool, persist).await
    }

    /// The same on a connection that requests have no part in, on PostgreSQL: what a node lives by does not wait for them.
    pub(crate) async fn write_apart<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        self.commit(Arc::new(work), &self.reserve, persist).await
    }

    /// Writes what is done together, see `gather`: on PostgreSQL it waits for no lock for long, and is not
    /// tried again.
    pub(super) async fn write_together<T, F>(&self, crowd: Crowd, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        self.commit(Arc::new(work), self.lane_of(crowd), persist_impatiently).await
    }

    /// Reads what is asked together.
    pub(super) async fn read_together<T, F>(&self, crowd: Crowd, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        self.run(self.lane_of(crowd), query).await
    }

    fn lane_of(&self, crowd: Crowd) -> &Lane {
        match crowd {
            Crowd::Senders => &self.senders,
            Crowd::Arrivals => &self.arrivals,
        }
    }

    /// Does `work` by the one writer, or on a connection of `lane`, where `persist` keeps it.
    async fn commit<T>(&self, work: Work<T>, lane: &Lane, persist: Persist<T>) -> Result<T>
    where
        T: Send + 'static,
    {
        let (policy, on_commit) = match &self.writing {
            Writing::OneWriter(writer) => return writer.write(work).await,
            Writing::Pooled(policy, on_commit) => (*policy, on_commit.clone()),
        };
        let writes = self.writes.clone();
        let keep = move |connection: &mut AnyConnection| {
            let begun = Instant::now();
            let (value, commit) = persist(connection, policy, &*work)?;
            writes.committed(commit.pieces, begun.elapsed());
            on_commit(commit);
            Ok(value)
        };
        self.run(lane, keep).await
    }

    /// Counts a piece of work that was refused, as too much waits to be done together.
    pub(super) fn count_refused(&self) {
        self.writes.refused(Queue::Writer);
    }

    /// Runs `work` on a connection of `lane`, in a thread that may block; what is refused is counted.
    async fn run<T, F>(&self, lane: &Lane, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        let count = |error: &Error| {
            if matches!(error, Error::Overload { .. }) {
                self.writes.refused(Queue::Pool);
            }
        };
        lane.run(work).await.inspect_err(count)
    }
}

/// Runs `query`, whose statements fail when this time is up.
fn within<T>(
    limit: Duration,
    connection: &mut AnyConnection,
    query: impl FnOnce(&mut AnyConnection) -> Result<T>,
) -> Result<T> {
    let outcome = match connection {
        AnyConnection::Sqlite(_) => time_limit::within(limit, || query(connection)),
        AnyConnection::Postgres(_) => connection.transaction(|connection| {
            connection.batch_execute(&time_limit::statement(limit))?;
            query(connection)
        }),
    };
    outcome.map_err(time_limit::explain)
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
            Err(Error::Store(error)) if make_lacking(connection, &error)? => {}
            outcome => return outcome,
        }
    }
    connection.transaction(|connection| Tx::run(connection, policy, work))
}

/// Makes the day's tables, if it was those that were lacking.
fn make_lacking(connection: &mut AnyConnection, error: &DieselError) -> Result<bool> {
    let (AnyConnection::Postgres(connection), Some(time)) = (connection, partitions::lacking(error)) else {
        return Ok(false);
    };
    connection.transaction(|connection| partitions::make(connection, time))?;
    Ok(true)
}

/// One transaction on PostgreSQL that fails at once where others are in its way. Where it is the commit that
/// fails, what is kept is not known, and the database is said not to be available.
fn persist_impatiently<T>(
    connection: &mut AnyConnection,
    policy: Policy,
    work: &dyn Fn(&mut Tx<'_>) -> Result<T>,
) -> Outcome<T> {
    let mut is_done = false;
    let outcome = connection.transaction(|connection| {
        connection.batch_execute(SHORT_WAIT)?;
        let outcome = Tx::run(connection, policy, work);
        is_done = outcome.is_ok();
        outcome
    });
    outcome.map_err(|error| match error {
        error if is_done => Error::unavailable(error.explain()),
        // Somebody holds a lock: the work is undone, and each piece may wait for longer by itself.
        error if error.is_held() => Error::inside(error.explain()),
        error => error,
    })
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
