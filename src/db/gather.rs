//! Work of one kind that is done together: many pieces by the same few statements, in one transaction, or
//! many questions on one connection.
//!
//! What waits is taken when the database is ready for it, so that the more there is to do, the less each
//! piece costs. A piece that is refused is refused alone; where the statements fail, each piece is done by
//! itself. What the pieces are is in `service`.
//!
//! Pieces of one key, as the messages to one room, which is a lock, are never in two transactions of ours at once: they
//! wait here for each other, and for nothing that the database has to give to others. How they wait is in
//! `pieces`.

use crate::db::connection::AnyConnection;
use crate::db::database::{Crowd, Database};
use crate::db::lane::ENDING;
use crate::db::pieces::{Asked, Batch, Pieces, Taking};
use crate::db::transaction::Tx;
use crate::db::turns::Turns;
use crate::error::{Error, Result};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// How many are done together at the most: each may be heard by hundreds.
const BATCH: usize = 64;
/// How many heavy pieces may wait.
const HEAVY_QUEUE: usize = 512;
/// How many questions are answered together: all who asked have much to do then, at once, in the threads in
/// which others wait to be heard.
const QUESTIONS: usize = 16;
/// How long a piece waits to be begun before it is refused with `FA_OVERLOAD`.
const PATIENCE: Duration = Duration::from_secs(15);

/// What became of one piece among several.
#[derive(Debug)]
pub enum Done<A> {
    /// It is done, or was refused with nothing changed.
    Answered(Result<A>),
    /// Nothing was done: it is not to be done beside others, but by itself.
    Alone,
}

/// Does pieces of work; an error undoes all of them.
pub type DoAll<I, A> = fn(&mut Tx<'_>, &[I]) -> Result<Vec<Done<A>>>;
/// Answers questions; what fails of the inside fails all.
pub type ReadAll<I, A> = fn(&mut AnyConnection, &[I]) -> Result<Vec<Result<A>>>;

/// The key of a piece, if it has one: of those of one key only one transaction at a time has any.
pub type KeyOf<I> = fn(&I) -> Option<u64>;

/// Where pieces of one kind of work wait until they are done together; cheap to clone.
pub struct Gather<I, A>(Arc<Parts<I, A>>);

struct Parts<I, A> {
    database: Database,
    crowd: Crowd,
    kind: Kind<I, A>,
    key_of: KeyOf<I>,
    /// Where one batch is done at a time.
    turns: Option<Arc<Turns>>,
    pieces: Pieces<I, A>,
}

enum Kind<I, A> {
    Write(DoAll<I, A>),
    Read(ReadAll<I, A>),
}

/// A fetch under way. If its thread ends before it does, as when the server ends, what waits is refused
/// instead of waiting for ever.
struct Fetch<'a, I, A> {
    pieces: &'a Pieces<I, A>,
    is_done: bool,
}

impl<I, A> Drop for Fetch<'_, I, A> {
    fn drop(&mut self) {
        if !self.is_done {
            self.pieces.abandon();
        }
    }
}

impl<I, A> Clone for Gather<I, A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<I: Send + Sync + 'static, A: Send + 'static> Gather<I, A> {
    /// A gathering of work that is done by `do_all`.
    pub fn writing(database: Database, crowd: Crowd, do_all: DoAll<I, A>) -> Self {
        Self::new(database, crowd, Kind::Write(do_all), |_| None, None)
    }

    /// The same for work that has keys; where there are `turns`, it is heavy and done in those.
    pub fn writing_by_key(
        database: Database,
        crowd: Crowd,
        do_all: DoAll<I, A>,
        key_of: KeyOf<I>,
        turns: Option<Arc<Turns>>,
    ) -> Self {
        // The one writer never does two things at once.
        let key_of = if database.has_one_writer() { |_: &I| None } else { key_of };
        Self::new(database, crowd, Kind::Write(do_all), key_of, turns)
    }

    /// A gathering of questions that are answered by `read_all`.
    pub fn reading(database: Database, crowd: Crowd, read_all: ReadAll<I, A>) -> Self {
        Self::new(database, crowd, Kind::Read(read_all), |_| None, None)
    }

    fn new(
        database: Database,
        crowd: Crowd,
        kind: Kind<I, A>,
        key_of: KeyOf<I>,
        turns: Option<Arc<Turns>>,
    ) -> Self {
        Self(Arc::new(Parts { database, crowd, kind, key_of, turns, pieces: Pieces::new() }))
    }

    /// Does a piece of work together with what else waits; `FA_OVERLOAD` where too much does, or for too long.
    pub async fn run(&self, item: I) -> Result<A> {
        let (reply, mut answer) = oneshot::channel();
        let Parts { pieces, key_of, .. } = &*self.0;
        let key = key_of(&item);
        let added = pieces.add(item, key, reply, self.queue()).ok_or_else(|| self.refuse())?;
        if added.is_to_fetch {
            tokio::spawn(self.clone().do_waiting());
        }
        match tokio::time::timeout(PATIENCE, &mut answer).await {
            Ok(answer) => answer.map_err(|_| ENDING)?,
            Err(_) if pieces.withdraw(added.number) => Err(self.refuse()),
            // It is under way, and will be answered.
            Err(_) => answer.await.map_err(|_| ENDING)?,
        }
    }

    /// How many pieces wait.
    pub fn waiting(&self) -> usize {
        self.0.pieces.len()
    }

    /// How many may wait. Heavy ones wait for each other's rests: whoever waited behind more would have gone.
    fn queue(&self) -> usize {
        if self.0.turns.is_some() { HEAVY_QUEUE } else { self.0.crowd.queue() }
    }

    fn refuse(&self) -> Error {
        self.0.database.count_refused();
        Error::Overload { retry_after: 1 }
    }

    /// Does what waits when the database comes to it.
    async fn do_waiting(self) {
        let mut fetch = Fetch { pieces: &self.0.pieces, is_done: false };
        while self.in_turn(self.do_batch()).await {}
        fetch.is_done = true;
    }

    /// Does this, and where there are turns, when it is its turn.
    async fn in_turn<T>(&self, work: impl Future<Output = T>) -> T {
        let Some(turns) = &self.0.turns else { return work.await };
        let turn = turns.take().await;
        let done = work.await;
        turn.end().await;
        done
    }

    /// Does what waits in one transaction; returns whether it has left something.
    async fn do_batch(&self) -> bool {
        let taking = Arc::new(Mutex::new(Taking::NotYet));
        let outcome = self.ask(taking.clone()).await;
        let Batch { items, asked, has_left } = lock(&taking).end(|| self.take());
        let mut keys: HashSet<_> = asked.iter().filter_map(|asked| asked.key).collect();
        for key in self.spawn_alone(items, answer(asked, outcome)) {
            keys.remove(&key);
        }
        self.0.pieces.release(&keys) || has_left
    }

    /// Has the database do what is taken when it is ready.
    async fn ask(&self, taking: Arc<Mutex<Taking<I, A>>>) -> Result<Vec<Done<A>>> {
        let Parts { database, crowd, kind, .. } = &*self.0;
        let gather = self.clone();
        let items = move || lock(&taking).items(|| gather.take());
        match *kind {
            Kind::Write(do_all) => {
                let work = move |tx: &mut Tx<'_>| {
                    let items = items()?;
                    tx.pieces = items.len();
                    do_all(tx, &items)
                };
                database.write_together(*crowd, work).await
            }
            Kind::Read(read_all) => {
                let read = move |store: &mut AnyConnection| read_all(store, &items()?);
                let answers = database.read_together(*crowd, read).await;
                answers.map(|answers| answers.into_iter().map(Done::Answered).collect())
            }
        }
    }

    /// Takes a batch. What it leaves is fetched at once by another connection; where one writer takes, which is no
    /// thread of the runtime, after it.
    fn take(&self) -> Batch<I, A> {
        let most = match (&self.0.kind, &self.0.turns) {
            (Kind::Write(_), None) => BATCH,
            (Kind::Write(_), Some(turns)) => turns.batch(),
            (Kind::Read(_), _) => QUESTIONS,
        };
        let mut batch = self.0.pieces.take(most);
        if batch.has_left
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(self.clone().do_waiting());
            batch.has_left = false;
        }
        batch
    }

    /// Has these done by themselves, those of one key one after the other; returns their keys, which are busy until then.
    fn spawn_alone(&self, items: Arc<Vec<I>>, alone: Vec<Asked<A>>) -> Vec<u64> {
        let mut by_key = HashMap::<_, Vec<_>>::new();
        for asked in alone {
            by_key.entry(asked.key.ok_or(asked.index)).or_default().push(asked);
        }
        let keys = by_key.keys().filter_map(|key| key.ok()).collect();
        for (key, asked) in by_key {
            tokio::spawn(self.clone().do_one_by_one(key.ok(), items.clone(), asked));
        }
        keys
    }

    async fn do_one_by_one(self, key: Option<u64>, items: Arc<Vec<I>>, asked: Vec<Asked<A>>) {
        let mut unavailable = None::<Error>;
        for Asked { index, reply, .. } in asked {
            let answer = match &unavailable {
                None => self.in_turn(self.do_alone(items.clone(), index)).await,
                // What the database does not do for one, as somebody holds the room, it does for none of them.
                Some(error) => Err(error.again()),
            };
            if let Err(error @ Error::Unavailable(_)) = &answer {
                unavailable = Some(error.again());
            }
            let _ = reply.send(answer);
        }
        if self.0.pieces.release(&key.into_iter().collect()) {
            self.do_waiting().await;
        }
    }

    async fn do_alone(&self, items: Arc<Vec<I>>, index: usize) -> Result<A> {
        const NOT_DONE: &str = "work that is by itself was not done";
        let database = &self.0.database;
        match self.0.kind {
            Kind::Write(do_all) => {
                let work = move |tx: &mut Tx<'_>| match do_all(tx, &items[index..=index])?.pop() {
                    Some(Done::Answered(answer)) => answer,
                    Some(Done::Alone) | None => Err(Error::inside(NOT_DONE)),
                };
                database.write(work).await
            }
            Kind::Read(read_all) => {
                let answer = move |store: &mut AnyConnection| {
                    read_all(store, &items[index..=index])?
                        .pop()
                        .unwrap_or_else(|| Err(Error::inside(NOT_DONE)))
                };
                database.read(answer).await
            }
        }
    }
}

/// Answers those whose work is done; returns those whose is to be done by itself: what was to be, and all where the work failed
/// and is undone. Where the database does not answer, what it has kept is not known, and nothing is tried again.
fn answer<A>(asked: Vec<Asked<A>>, outcome: Result<Vec<Done<A>>>) -> Vec<Asked<A>> {
    let done: Vec<_> = match outcome {
        Ok(done) => done,
        Err(Error::Store(_) | Error::Inside(_)) => return asked,
        Err(error) => asked.iter().map(|_| Done::Answered(Err(error.again()))).collect(),
    };
    let mut alone = Vec::new();
    for (asked, done) in asked.into_iter().zip(done) {
        match done {
            // Whoever waited may have gone; what is committed is committed.
            Done::Answered(answer) => drop(asked.reply.send(answer)),
            Done::Alone => alone.push(asked),
        }
    }
    alone
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
