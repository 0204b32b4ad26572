//! The one writer of the embedded database, with group commit.
//!
//! It takes all that is queued, runs it piece by piece, each of which may fail alone, commits once,
//! hands the pushes on in the order of the commit, and only then answers.

use crate::db::checkpoint::{Checkpoint, Log};
use crate::db::connection::AnyConnection;
use crate::db::lane::ENDING;
use crate::db::transaction::{Commit, OnCommit, Outcome, Policy, Tx, Work};
use crate::error::{Error, Result};
use crate::metrics::{Queue, Writes};
use diesel::connection::SimpleConnection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

/// How much work may wait; what comes beyond it is refused with `FA_OVERLOAD`.
const QUEUE: usize = 4096;
/// How much work shares a commit at the most.
const BATCH: usize = 512;

/// One piece of work on its way through the writer.
trait Job: Send {
    /// Runs it; false where it failed and is to be rolled back.
    fn run(&mut self, connection: &mut AnyConnection) -> bool;
    /// What to hand on once it is committed.
    fn take_commit(&mut self) -> Commit;
    /// Answers whoever waits for it; `fault` where the commit itself failed.
    fn answer(self: Box<Self>, fault: Option<&Error>);
}

struct Task<T> {
    work: Work<T>,
    policy: Policy,
    outcome: Option<Outcome<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T: Send> Job for Task<T> {
    fn run(&mut self, connection: &mut AnyConnection) -> bool {
        let run = AssertUnwindSafe(|| Tx::run(connection, self.policy, &*self.work));
        let outcome = catch_unwind(run).unwrap_or_else(|_| Err(Error::inside("the work panicked")));
        self.outcome.insert(outcome).is_ok()
    }

    fn take_commit(&mut self) -> Commit {
        match &mut self.outcome {
            Some(Ok((_, commit))) => std::mem::take(commit),
            Some(Err(_)) | None => Commit::default(),
        }
    }

    fn answer(self: Box<Self>, fault: Option<&Error>) {
        let answer = match (fault, self.outcome) {
            (Some(fault), Some(Ok(_)) | None) => Err(fault.again()),
            (None, None) => Err(Error::inside("the work did not run")),
            (_, Some(Err(error))) => Err(error),
            (None, Some(Ok((value, _)))) => Ok(value),
        };
        // Whoever waited may have gone; what is committed is committed.
        let _ = self.reply.send(answer);
    }
}

/// What the writer is told.
enum Order {
    Work(Box<dyn Job>),
    /// Shorten the log, then say how long it is.
    Checkpoint(Checkpoint, oneshot::Sender<Result<Log>>),
    /// Close the connection, then say so.
    Close(oneshot::Sender<()>),
}

/// The way to the writer's queue.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Order>,
    policy: Policy,
    writes: Writes,
}

impl Writer {
    /// Starts the writer in a thread of its own; it ends when it is closed or the last handle is gone.
    pub(super) fn start(
        connection: AnyConnection,
        policy: Policy,
        on_commit: OnCommit,
        writes: Writes,
    ) -> std::io::Result<Self> {
        let (queue, orders) = mpsc::channel(QUEUE);
        std::thread::Builder::new().name("store-writer".into()).spawn({
            let writes = writes.clone();
            move || work_off(orders, connection, &on_commit, &writes)
        })?;
        Ok(Self { queue, policy, writes })
    }

    /// How much work waits.
    pub(super) fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Queues `work` and waits until it is committed or refused.
    pub(super) async fn write<T: Send + 'static>(&self, work: Work<T>) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let task = Box::new(Task { work, policy: self.policy, outcome: None, reply });
        self.queue.try_send(Order::Work(task)).map_err(|error| match error {
            TrySendError::Closed(_) => ENDING,
            TrySendError::Full(_) => {
                self.writes.refused(Queue::Writer);
                Error::Overload { retry_after: 1 }
            }
        })?;
        answer.await.map_err(|_| ENDING)?
    }

    /// Does something with the log, between two commits.
    pub(super) async fn checkpoint(&self, checkpoint: Checkpoint) -> Result<Log> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Order::Checkpoint(checkpoint, reply)).await.map_err(|_| ENDING)?;
        answer.await.map_err(|_| ENDING)?
    }

    /// Does what is queued, takes no more and closes the connection; false where that takes longer.
    pub(super) async fn close(&self, within: Duration) -> bool {
        let (closed, is_closed) = oneshot::channel();
        let close = async {
            // It may have been closed before.
            self.queue.send(Order::Close(closed)).await.is_err() || is_closed.await.is_ok()
        };
        tokio::time::timeout(within, close).await.unwrap_or(false)
    }
}

fn work_off(
    mut orders: mpsc::Receiver<Order>,
    mut connection: AnyConnection,
    on_commit: &OnCommit,
    writes: &Writes,
) {
    let mut next = orders.blocking_recv();
    let closed = loop {
        let first = match next {
            Some(Order::Work(job)) => job,
            Some(Order::Checkpoint(checkpoint, reply)) => {
                let log = checkpoint.run_in_time(&mut connection);
                // The server may be ending.
                let _ = reply.send(log);
                next = orders.blocking_recv();
                continue;
            }
            Some(Order::Close(closed)) => break Some(closed),
            None => break None,
        };
        let (mut batch, mut other) = (vec![first], None);
        while batch.len() < BATCH
            && other.is_none()
            && let Ok(order) = orders.try_recv()
        {
            match order {
                Order::Work(job) => batch.push(job),
                Order::Checkpoint(..) | Order::Close(_) => other = Some(order),
            }
        }
        commit_and_answer(&mut connection, batch, on_commit, writes);
        next = other.or_else(|| orders.blocking_recv());
    };
    drop(connection);
    if let Some(closed) = closed {
        // Whoever asked may have given up.
        let _ = closed.send(());
    }
}

fn commit_and_answer(
    connection: &mut AnyConnection,
    mut batch: Vec<Box<dyn Job>>,
    on_commit: &OnCommit,
    writes: &Writes,
) {
    let begun = Instant::now();
    let fault = commit(connection, &mut batch).err().map(Error::from);
    if fault.is_none() {
        let commit: Commit = batch.iter_mut().map(|job| job.take_commit()).collect();
        writes.committed(commit.pieces, begun.elapsed());
        on_commit(commit);
    }
    batch.into_iter().for_each(|job| job.answer(fault.as_ref()));
}

/// Runs a batch and commits it; on failure nothing of it is kept. Work that fails is rare, and a
/// savepoint for each piece dear: only where one has failed is the batch run anew, with them.
fn commit(connection: &mut AnyConnection, batch: &mut [Box<dyn Job>]) -> diesel::QueryResult<()> {
    connection.batch_execute("BEGIN IMMEDIATE")?;
    let kept = run_all(connection, batch).and_then(|()| connection.batch_execute("COMMIT"));
    if kept.is_err() {
        // A failed COMMIT may have ended the transaction already; then there is nothing to undo.
        let _ = connection.batch_execute("ROLLBACK");
    }
    kept
}

fn run_all(connection: &mut AnyConnection, batch: &mut [Box<dyn Job>]) -> diesel::QueryResult<()> {
    if batch.iter_mut().all(|job| job.run(connection)) {
        return Ok(());
    }
    connection.batch_execute("ROLLBACK; BEGIN IMMEDIATE")?;
    if batch.len() > 1 { run_each(connection, batch) } else { Ok(()) }
}

fn run_each(connection: &mut AnyConnection, batch: &mut [Box<dyn Job>]) -> diesel::QueryResult<()> {
    for job in batch {
        connection.batch_execute("SAVEPOINT job")?;
        let end = if job.run(connection) { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
        connection.batch_execute(end)?;
    }
    Ok(())
}
