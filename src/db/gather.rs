//! Work of one kind that is done together: many pieces by the same few statements, in one transaction, or
//! many questions on one connection.
//!
//! What waits is taken when the database is ready for it, so that the more there is to do, the less each
//! piece costs. A piece that is refused is refused alone; where the statements fail, each piece is done by
//! itself. What the pieces are is in `service`.
//!
//! Pieces of one key, as the messages to one room, which is a lock, are never in two transactions of ours at once: they
//! wait here for each other, and for nothing that the database has to give to others.

use crate::db::connection::AnyConnection;
use crate::db::database::{Crowd, Database};
use crate::db::lane::ENDING;
use crate::db::transaction::Tx;
use crate::db::turns::Turns;
use crate::error::{Error, Result};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// How many are done together at the most: each may be heard by hundreds.
const BATCH: usize = 64;
/// How many heavy pieces may wait.
const HEAVY_QUEUE: usize = 512;
/// How many questions are answered together: all who asked have much to do then, at once, in the threads in
/// which others wait to be heard.
const QUESTIONS: usize = 16;

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
    waiting: Mutex<Waiting<I, A>>,
}

enum Kind<I, A> {
    Write(DoAll<I, A>),
    Read(ReadAll<I, A>),
}

type Reply<A> = oneshot::Sender<Result<A>>;

struct Waiting<I, A> {
    pieces: Vec<Piece<I, A>>,
    /// The keys of the batches that are being done.
    busy: HashSet<u64>,
    /// Whether a batch is on its way that will take those that can be done.
    is_fetched: bool,
}

struct Piece<I, A> {
    item: I,
    reply: Reply<A>,
    key: Option<u64>,
}

/// What a batch has taken.
struct Batch<I, A> {
    items: Arc<Vec<I>>,
    replies: Vec<Reply<A>>,
    keys: HashSet<u64>,
    /// Whether it left something that can be done and has to be fetched.
    has_left: bool,
}

/// A fetch under way. If its thread ends before it does, as when the server ends, what waits is refused
/// instead of waiting for ever.
struct Fetch<'a, I, A> {
    parts: &'a Parts<I, A>,
    is_done: bool,
}

impl<I, A> Drop for Fetch<'_, I, A> {
    fn drop(&mut self) {
        if !self.is_done {
            lock(&self.parts.waiting).busy.clear();
        }
        while !self.is_done {
            self.is_done = !self.parts.take().has_left;
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
        let waiting = Waiting { pieces: Vec::new(), busy: HashSet::new(), is_fetched: false };
        Self(Arc::new(Parts { database, crowd, kind, key_of, turns, waiting: Mutex::new(waiting) }))
    }

    /// Does a piece of work together with what else waits.
    pub async fn run(&self, item: I) -> Result<A> {
        let (reply, answer) = oneshot::channel();
        if self.0.add(item, reply)? {
            tokio::spawn(self.clone().do_waiting());
        }
        answer.await.map_err(|_| ENDING)?
    }

    /// How many pieces wait.
    pub fn waiting(&self) -> usize {
        lock(&self.0.waiting).pieces.len()
    }

    /// Does what waits when the database comes to it.
    async fn do_waiting(self) {
        let mut fetch = Fetch { parts: &self.0, is_done: false };
        while self.do_next().await {}
        fetch.is_done = true;
    }

    /// Does a batch, in its turn; returns whether it has left something.
    async fn do_next(&self) -> bool {
        self.in_turn(self.do_batch()).await
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
        let taken: Arc<Mutex<Option<Batch<I, A>>>> = Arc::default();
        let take = {
            let (parts, taken) = (self.0.clone(), taken.clone());
            move || lock(&taken).get_or_insert_with(|| parts.take()).items.clone()
        };
        let Parts { database, crowd, kind, .. } = &*self.0;
        let outcome = match *kind {
            Kind::Write(do_all) => {
                let work = move |tx: &mut Tx<'_>| {
                    let items = take();
                    tx.pieces = items.len();
                    do_all(tx, &items)
                };
                database.write_together(*crowd, work).await
            }
            Kind::Read(read_all) => {
                let answers = database.read_together(*crowd, move |store| read_all(store, &take())).await;
                answers.map(|answers| answers.into_iter().map(Done::Answered).collect())
            }
        };
        let batch = lock(&taken).take();
        // Where it did not come to that, nobody else takes them.
        let batch = batch.unwrap_or_else(|| self.0.take());
        let has_more = self.0.release(&batch) || batch.has_left;
        match outcome {
            Ok(done) => self.answer(batch, done),
            Err(error) => self.answer_failed(batch, error),
        }
        has_more
    }

    fn answer(&self, Batch { items, replies, .. }: Batch<I, A>, done: Vec<Done<A>>) {
        for (index, (reply, done)) in replies.into_iter().zip(done).enumerate() {
            match done {
                // Whoever waited may have gone; what is committed is committed.
                Done::Answered(answer) => drop(reply.send(answer)),
                Done::Alone => self.spawn_alone(&items, index, reply),
            }
        }
    }

    /// Where the work failed and is undone, each piece is tried by itself; where the database does not
    /// answer, what it has kept is not known.
    fn answer_failed(&self, Batch { items, replies, .. }: Batch<I, A>, error: Error) {
        let undone = matches!(error, Error::Store(_) | Error::Inside(_));
        for (index, reply) in replies.into_iter().enumerate() {
            match undone {
                true => self.spawn_alone(&items, index, reply),
                false => drop(reply.send(Err(error.again()))),
            }
        }
    }

    /// Does one of these by itself, in a turn of its own.
    fn spawn_alone(&self, items: &Arc<Vec<I>>, index: usize, reply: Reply<A>) {
        let (gather, items) = (self.clone(), items.clone());
        tokio::spawn(async move { gather.in_turn(gather.do_alone(items, index, reply)).await });
    }

    async fn do_alone(&self, items: Arc<Vec<I>>, index: usize, reply: Reply<A>) {
        const NOT_DONE: &str = "work that is by itself was not done";
        let database = &self.0.database;
        let answer = match self.0.kind {
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
        };
        let _ = reply.send(answer);
    }
}

impl<I, A> Parts<I, A> {
    /// Lets a piece wait; returns whether it has to be fetched.
    fn add(&self, item: I, reply: Reply<A>) -> Result<bool> {
        let key = (self.key_of)(&item);
        let mut waiting = lock(&self.waiting);
        if waiting.pieces.len() >= self.queue() {
            self.database.count_refused();
            return Err(Error::Overload { retry_after: 1 });
        }
        waiting.pieces.push(Piece { item, reply, key });
        // One whose key is busy is fetched by whoever is done with that.
        Ok(waiting.is_free(key) && !std::mem::replace(&mut waiting.is_fetched, true))
    }

    /// How many may wait. Heavy ones wait for each other's rests: whoever waited behind more would have gone.
    fn queue(&self) -> usize {
        if self.turns.is_some() { HEAVY_QUEUE } else { self.crowd.queue() }
    }

    /// Takes what waits longest of what can be done.
    fn take(&self) -> Batch<I, A> {
        let most = match (&self.kind, &self.turns) {
            (Kind::Write(_), None) => BATCH,
            (Kind::Write(_), Some(turns)) => turns.batch(),
            (Kind::Read(_), _) => QUESTIONS,
        };
        let mut waiting = lock(&self.waiting);
        let Waiting { pieces, busy, is_fetched } = &mut *waiting;
        let is_free = |piece: &mut Piece<I, A>| piece.key.is_none_or(|key| !busy.contains(&key));
        let taken: Vec<_> = pieces.extract_if(.., is_free).take(most).collect();
        let keys: HashSet<_> = taken.iter().filter_map(|piece| piece.key).collect();
        busy.extend(&keys);
        *is_fetched = pieces.iter().any(|piece| piece.key.is_none_or(|key| !busy.contains(&key)));
        let (items, replies) = taken.into_iter().map(|piece| (piece.item, piece.reply)).unzip();
        Batch { items: Arc::new(items), replies, keys, has_left: *is_fetched }
    }

    /// A batch is done; returns whether something that waited for it has to be fetched.
    fn release(&self, batch: &Batch<I, A>) -> bool {
        let mut waiting = lock(&self.waiting);
        waiting.busy.retain(|key| !batch.keys.contains(key));
        let is_free = waiting.pieces.iter().any(|piece| waiting.is_free(piece.key));
        is_free && !std::mem::replace(&mut waiting.is_fetched, true)
    }
}

impl<I, A> Waiting<I, A> {
    fn is_free(&self, key: Option<u64>) -> bool {
        key.is_none_or(|key| !self.busy.contains(&key))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
