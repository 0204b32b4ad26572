//! A lane: connections for one kind of work, so that what is slow takes none from what is quick.
//!
//! Connections are opened when they are first needed and dropped when they break; work waits for one of the
//! `places` and is refused when it has waited long enough, or when the database does not answer. Which lanes
//! there are is in `database`.

use crate::db::connection::{Address, AnyConnection};
use crate::db::places::{Place, Places};
use crate::error::{Error, Result};
use diesel::Connection;
use diesel::connection::{SimpleConnection, TransactionManager};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How long work waits for a place before it is refused with `FA_OVERLOAD`.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a connection to a server may rest before it is asked whether it is still alive.
const TRUSTED: Duration = Duration::from_secs(1);

/// Work that answers whoever asked for it, and returns whether the database was available. It is of one type, so that
/// what runs it is compiled once, not for each of some hundred queries.
type Job = Box<dyn FnOnce(&mut AnyConnection) -> bool + Send>;

/// The connections of a lane; cheap to clone.
#[derive(Clone)]
pub struct Lane(Arc<Parts>);

struct Parts {
    address: Address,
    places: Arc<Places>,
    /// The one that rested last is on top: its caches are warm, and the others may rest on.
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AnyConnection,
    /// Since when; `None` where another one has failed since then.
    since: Option<Instant>,
}

impl Lane {
    /// A lane of at most `size` connections, none of which is open yet.
    pub fn new(address: Address, size: u32) -> Self {
        Self(Arc::new(Parts { address, places: Places::new(size), idle: Mutex::default() }))
    }

    /// How many connections there may be.
    pub fn size(&self) -> usize {
        self.0.places.size()
    }

    /// How many of them are at work.
    pub fn busy(&self) -> usize {
        self.0.places.busy()
    }

    /// Does `work` in a thread that may block. `FA_OVERLOAD` where no place came free in time, or where the
    /// server is mute; what was written then may yet be kept.
    pub async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = move |connection: &mut AnyConnection| {
            let outcome = work(connection);
            let was_available = !matches!(outcome, Err(Error::Unavailable(_)));
            // Whoever asked may have gone.
            let _ = answer.send(outcome);
            was_available
        };
        self.do_job(Box::new(job)).await?;
        answered.await.map_err(Error::inside)?
    }

    async fn do_job(&self, job: Job) -> Result<()> {
        if let Some(longest) = self.0.address.longest_work() {
            self.0.places.reclaim(longest);
        }
        match self.0.places.try_take() {
            Some(place) => self.work(place, job).await,
            None => {
                // Whoever waits may not be polled for a while, as an actor whose client takes nothing in: a
                // place that is given to it then would be nobody's.
                let lane = Self(self.0.clone());
                tokio::spawn(async move { lane.wait(job).await }).await.map_err(Error::inside)?
            }
        }
    }

    /// Waits for a place, and does the job then.
    async fn wait(&self, job: Job) -> Result<()> {
        let place = tokio::time::timeout(PATIENCE, self.0.places.take()).await;
        let place = place.map_err(|_| Error::Overload { retry_after: 1 })?.map_err(|_| ENDING)?;
        self.work(place, job).await
    }

    async fn work(&self, place: Place, job: Job) -> Result<()> {
        let parts = self.0.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _place = place;
            parts.run(job)
        });
        let outcome = match self.0.address.longest_work() {
            Some(longest) => {
                tokio::time::timeout(longest, task).await.map_err(|_| Error::unavailable(MUTE))?
            }
            None => task.await,
        };
        outcome.map_err(|_| Error::inside("the work panicked"))?
    }

    /// Takes no more work and closes the connections, those at work as soon as they have done it; false
    /// where some have not within this time.
    pub async fn close(&self, within: Duration) -> bool {
        let all = self.0.places.close(within).await;
        self.0.idle().clear();
        all
    }
}

/// What is logged of work that does not end.
const MUTE: &str = "the server of the database is mute";
/// What is refused while the server ends.
pub const ENDING: Error = Error::Unready("the server is ending");

/// Whether work was refused because the server ends.
pub fn is_ending(error: &Error) -> bool {
    matches!((error, ENDING), (Error::Unready(why), Error::Unready(ending)) if *why == ending)
}

impl Parts {
    fn run(&self, job: Job) -> Result<()> {
        let mut connection = self.take()?;
        // What panics does not come further: its connection is dropped.
        match job(&mut connection) {
            false => self.idle().iter_mut().for_each(|idle| idle.since = None),
            true if is_broken(&mut connection) => {}
            true => self.put_back(connection),
        }
        Ok(())
    }

    /// A connection that rests and is alive, or a new one.
    fn take(&self) -> Result<AnyConnection> {
        let rested = self.idle().pop();
        if let Some(Idle { mut connection, since }) = rested {
            let is_alive = match self.address {
                Address::Sqlite(_) => true,
                Address::Postgres(_) => {
                    since.is_some_and(|since| since.elapsed() < TRUSTED)
                        || connection.batch_execute("SELECT 1").is_ok()
                }
            };
            if is_alive {
                return Ok(connection);
            }
            // What broke one, a server that went away, has broken all.
            self.idle().clear();
        }
        self.address.connect().map_err(Error::unavailable)
    }

    fn put_back(&self, connection: AnyConnection) {
        if !self.places.is_closed() {
            self.idle().push(Idle { connection, since: Some(Instant::now()) });
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a transaction was left open.
fn is_broken(connection: &mut AnyConnection) -> bool {
    <AnyConnection as Connection>::TransactionManager::is_broken_transaction_manager(connection)
}
