//! All sessions of a server by their ids. The workers share it, because a poll may reach another
//! worker than the one on which its session lives.

use std::{
    array,
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use actix::{Actor, Addr, Context, Handler};

use crate::{disconnect::DisconnectReason, options::Options};

use super::{
    codec::packet::Encoding, connection::messages::Disconnect, http::error::RequestError,
    session_id::SessionId,
};

/// Workers that look up different sessions rarely wait for the same lock.
const SHARDS: usize = 16;

/// The actor of a session: the connection. Sessions know of it only what they need to end it.
pub(crate) trait SessionActor: Actor<Context = Context<Self>> + Handler<Disconnect> {}

impl<A: Actor<Context = Context<A>> + Handler<Disconnect>> SessionActor for A {}

type Shard<A> = Mutex<HashMap<SessionId, SessionEntry<A>>>;

/// All sessions of one server.
pub(crate) struct Sessions<A: SessionActor> {
    shards: [Shard<A>; SHARDS],
    hasher: RandomState,
    open: AtomicUsize,
    silent: AtomicUsize,
    closed: AtomicBool,
}

/// What a request needs to know of its session.
pub(crate) struct SessionEntry<A: SessionActor> {
    pub(crate) address: Addr<A>,
    pub(crate) encoding: Encoding,
    posting: Arc<AtomicBool>,
}

/// The place of one session, which is free again when this is dropped.
pub(crate) struct SessionSlot<A: SessionActor> {
    sessions: Arc<Sessions<A>>,
    id: SessionId,
    silent: bool,
}

/// The permission to send a POST request, which one request of a session has at a time. If it is
/// dropped before [`PostPermit::body_received`], packets of the client are lost and its session
/// ends.
pub(crate) struct PostPermit<A: SessionActor> {
    address: Addr<A>,
    posting: Arc<AtomicBool>,
    receiving: bool,
}

impl<A: SessionActor> Sessions<A> {
    /// Reserves a place under a new id that begins with `prefix`. Fails if there are as many sessions as
    /// [`Options::max_connections`] and [`Options::max_silent_connections`] allow, and after
    /// [`Sessions::close`].
    pub(crate) fn reserve(
        self: &Arc<Self>,
        prefix: &str,
        options: &Options,
    ) -> Result<SessionSlot<A>, RequestError> {
        let id = SessionId::random(prefix).map_err(|_| RequestError::TooManyConnections)?;
        let open = self.open.fetch_add(1, Ordering::Relaxed);
        let silent = self.silent.fetch_add(1, Ordering::Relaxed);
        // Gives the place back where it is dropped below.
        let slot = SessionSlot { sessions: Arc::clone(self), id, silent: true };
        let free = open < options.max_connections && silent < options.max_silent_connections;
        if free && !self.closed.load(Ordering::Acquire) {
            Ok(slot)
        } else {
            Err(RequestError::TooManyConnections)
        }
    }

    /// Ends all sessions and admits no more.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        for shard in &self.shards {
            for entry in shard.lock().unwrap_or_else(PoisonError::into_inner).values() {
                // A connection whose mailbox is full ends when its thread does.
                let _ = entry.address.try_send(Disconnect(DisconnectReason::ServerShutdown));
            }
        }
    }

    /// Finds a session by its id.
    pub(crate) fn find(&self, id: &SessionId) -> Option<SessionEntry<A>> {
        self.shard(id).get(id).cloned()
    }

    /// The number of sessions.
    pub(crate) fn count(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    fn shard(&self, id: &SessionId) -> MutexGuard<'_, HashMap<SessionId, SessionEntry<A>>> {
        let index = self.hasher.hash_one(id) as usize % SHARDS;
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A: SessionActor> Default for Sessions<A> {
    fn default() -> Self {
        Sessions {
            shards: array::from_fn(|_| Shard::default()),
            hasher: RandomState::new(),
            open: AtomicUsize::new(0),
            silent: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        }
    }
}

impl<A: SessionActor> Clone for SessionEntry<A> {
    fn clone(&self) -> Self {
        SessionEntry {
            address: self.address.clone(),
            encoding: self.encoding,
            posting: Arc::clone(&self.posting),
        }
    }
}

impl<A: SessionActor> SessionEntry<A> {
    /// The permission to send a POST request, unless another request has it.
    pub(crate) fn permit_post(&self) -> Option<PostPermit<A>> {
        let taken = self.posting.swap(true, Ordering::AcqRel);
        (!taken).then(|| PostPermit {
            address: self.address.clone(),
            posting: Arc::clone(&self.posting),
            receiving: true,
        })
    }
}

impl<A: SessionActor> SessionSlot<A> {
    pub(crate) fn id(&self) -> &SessionId {
        &self.id
    }

    /// Lets requests find the session.
    pub(crate) fn register(&self, address: Addr<A>, encoding: Encoding) {
        let entry = SessionEntry { address, encoding, posting: Arc::default() };
        self.sessions.shard(&self.id).insert(self.id.clone(), entry);
    }

    /// Whether the server admits no more sessions, and has ended those that it had.
    pub(crate) fn server_is_closed(&self) -> bool {
        self.sessions.closed.load(Ordering::Acquire)
    }

    /// Hides the session from requests.
    pub(crate) fn unregister(&self) {
        self.sessions.shard(&self.id).remove(&self.id);
    }

    /// Notes that the client has sent a packet, so that it no longer counts as silent.
    pub(crate) fn packet_received(&mut self) {
        if self.silent {
            self.silent = false;
            self.sessions.silent.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl<A: SessionActor> Drop for SessionSlot<A> {
    fn drop(&mut self) {
        self.packet_received();
        self.unregister();
        self.sessions.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<A: SessionActor> PostPermit<A> {
    /// Notes that the body is complete. Other requests still have to wait until the permit is
    /// dropped.
    pub(crate) fn body_received(&mut self) {
        self.receiving = false;
    }
}

impl<A: SessionActor> Drop for PostPermit<A> {
    fn drop(&mut self) {
        self.posting.store(false, Ordering::Release);
        if self.receiving {
            // If the mailbox is full, the heartbeat ends the session later.
            let _ = self.address.try_send(Disconnect(DisconnectReason::TransportLost));
        }
    }
}
