//! The sessions that there are, by their ids: the one thing that the workers share, since a poll
//! may reach another worker than the one on which its session lives.

use std::{
    array,
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use actix::Addr;

use super::{
    super::{
        error::{Ending, RequestError},
        options::Options,
    },
    channel::Channel,
    connection::Connection,
    messages::Fail,
    packet::Dialect,
    sid::Sid,
};

const SHARDS: usize = 16;

type Shard<C> = Mutex<HashMap<Sid, Entry<C>>>;

/// All sessions of one server.
pub struct Sessions<C: Channel> {
    shards: [Shard<C>; SHARDS],
    hasher: RandomState,
    open: AtomicUsize,
    silent: AtomicUsize,
    closed: AtomicBool,
}

/// How a request finds its connection.
pub struct Entry<C: Channel> {
    /// The connection.
    pub address: Addr<Connection<C>>,
    /// How it was agreed to write.
    pub dialect: Dialect,
    posting: Arc<AtomicBool>,
}

/// One place among the sessions; given back when it is dropped.
pub struct Ticket<C: Channel> {
    sessions: Arc<Sessions<C>>,
    sid: Sid,
    silent: bool,
}

/// The right to post, which one request at a time has.
pub struct Posting<C: Channel> {
    address: Addr<Connection<C>>,
    flag: Arc<AtomicBool>,
    unfinished: bool,
}

impl<C: Channel> Sessions<C> {
    /// None yet.
    pub fn new() -> Self {
        Sessions {
            shards: array::from_fn(|_| Shard::default()),
            hasher: RandomState::new(),
            open: AtomicUsize::new(0),
            silent: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        }
    }

    /// Gives a place under a new id, where there is one left.
    pub fn admit(self: &Arc<Self>, options: &Options) -> Result<Ticket<C>, RequestError> {
        let sid = Sid::random().map_err(|_| RequestError::Overload)?;
        let open = self.open.fetch_add(1, Ordering::Relaxed);
        let silent = self.silent.fetch_add(1, Ordering::Relaxed);
        let ticket = Ticket { sessions: Arc::clone(self), sid, silent: true };
        let room = open < options.max_sessions && silent < options.max_silent;
        if room && !self.closed.load(Ordering::Acquire) { Ok(ticket) } else { Err(RequestError::Overload) }
    }

    /// Ends all sessions and admits no more: the server goes down.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        for shard in &self.shards {
            for entry in shard.lock().unwrap_or_else(PoisonError::into_inner).values() {
                // One whose mailbox is full ends with its thread.
                let _ = entry.address.try_send(Fail(Ending::Shutdown));
            }
        }
    }

    /// The session of that id.
    pub fn find(&self, sid: &Sid) -> Option<Entry<C>> {
        self.shard(sid).get(sid).cloned()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn shard(&self, sid: &Sid) -> MutexGuard<'_, HashMap<Sid, Entry<C>>> {
        let index = self.hasher.hash_one(sid) as usize % SHARDS;
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Channel> Default for Sessions<C> {
    fn default() -> Self {
        Sessions::new()
    }
}

impl<C: Channel> Clone for Entry<C> {
    fn clone(&self) -> Self {
        Entry { address: self.address.clone(), dialect: self.dialect, posting: Arc::clone(&self.posting) }
    }
}

impl<C: Channel> Entry<C> {
    /// The right to post, unless another request has it.
    pub fn post(&self) -> Option<Posting<C>> {
        let taken = self.posting.swap(true, Ordering::AcqRel);
        (!taken).then(|| Posting {
            address: self.address.clone(),
            flag: Arc::clone(&self.posting),
            unfinished: true,
        })
    }
}

impl<C: Channel> Ticket<C> {
    /// The id of the session.
    pub fn sid(&self) -> &Sid {
        &self.sid
    }

    /// From now on requests find it.
    pub fn register(&self, address: Addr<Connection<C>>, dialect: Dialect) {
        let entry = Entry { address, dialect, posting: Arc::default() };
        self.sessions.shard(&self.sid).insert(self.sid.clone(), entry);
    }

    /// From now on requests do not find it.
    pub fn withdraw(&self) {
        self.sessions.shard(&self.sid).remove(&self.sid);
    }

    /// A packet came: it is no longer one of the silent.
    pub fn heard(&mut self) {
        if self.silent {
            self.silent = false;
            self.sessions.silent.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl<C: Channel> Drop for Ticket<C> {
    fn drop(&mut self) {
        self.heard();
        self.withdraw();
        self.sessions.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<C: Channel> Posting<C> {
    /// The body is complete; the right is kept until it has been taken in.
    pub fn complete(&mut self) {
        self.unfinished = false;
    }
}

impl<C: Channel> Drop for Posting<C> {
    /// A client that went away in the middle of a body has lost packets: its session is over.
    fn drop(&mut self) {
        self.flag.store(false, Ordering::Release);
        if self.unfinished {
            // A full mailbox only leaves the end of it to the heartbeat.
            let _ = self.address.try_send(Fail(Ending::Lost));
        }
    }
}
