//! The application: what handlers, connections and workers are given to work with.
//!
//! `App::read` and `App::write` are the way to the database; `write` is the only way to change anything,
//! and so the only way to push. The rules are in `service`. `access` finds whose token it is,
//! `registration` registers connections, `brakes` slow who guesses passwords, `actors` has what actors are told and asked;
//! `call_store` and `duty_store` keep what actors have kept, `group_rooms` is what rooms ask of it, `questions` is what nodes ask each other, `call_lines` what calls do and `polls` what polls of Socket.IO do that came to the wrong node; `commit` is
//! what follows a commit, `chores` says who does what is done once, `backups` how many there are and how old the newest is.

mod access;
mod actors;
pub mod announcements;
mod backups;
mod brakes;
mod call_lines;
mod call_store;
mod chores;
pub mod commit;
mod duty_store;
mod group_rooms;
mod polls;
mod questions;
pub mod registration;

use crate::app::commit::Shared;
use crate::auth::password::Passwords;
use crate::auth::token::TokenCache;
use crate::cluster::dispatch::Dispatch;
use crate::config::Config;
use crate::db::checkpoint::{Checkpoint, Log};
use crate::db::connection::AnyConnection;
use crate::db::database::{Crowd, Database, Load};
use crate::db::files::Folder;
use crate::db::gather::Gather;
use crate::db::transaction::Tx;
use crate::db::weighed::Weighed;
use crate::error::{Error, Result};
use crate::limits::account::AccountLimit;
use crate::limits::login::LoginLimit;
use crate::limits::network::Network;
use crate::limits::registration::RegistrationLimit;
use crate::limits::share::Shares;
use crate::metrics::Metrics;
use crate::mobile::vendor_client::VendorClient;
use crate::model::{Caller, Node, Slot, Uid};
use crate::realtime::acknowledged::Acknowledged;
use crate::realtime::call::switchboard::Switchboard;
use crate::realtime::close::CloseReason;
use crate::realtime::duty::desk::Desk;
use crate::realtime::group::warm::WarmRooms;
use crate::realtime::polls::Polls;
use crate::realtime::registry::actor::Registry;
use crate::service::chat::{Receipt, SendRequest};
use crate::service::registration::{self as registering, Entered, Recorded, Start};
use crate::service::sending::{self, Accepted};
use crate::service::turn::IceServers;
use crate::service::{places, sessions};
use crate::store::connection::enter::Gone;
use actix::Addr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// How many reads that may take long an account may have under way: fewer than there are places for.
const LONG_READS: usize = 2;

/// The application; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

struct Parts {
    config: Config,
    /// What is kept: the database, and the files that people have uploaded.
    database: Database,
    sends: Weighed<SendRequest, Accepted>,
    records: Gather<registering::Request, Recorded>,
    starts: Gather<Entered, Start>,
    leaves: Gather<Gone, ()>,
    files: Folder,
    /// Who is connected, and who is in a video call.
    registry: Addr<Registry>,
    switchboard: Addr<Switchboard>,
    acknowledged: Arc<Acknowledged>,
    desk: Arc<Desk>,
    /// The rooms in which somebody types.
    rooms: Arc<WarmRooms>,
    /// This process as one of several nodes.
    nodes: Option<Arc<Dispatch>>,
    /// The connections of Socket.IO that poll, for requests that came to another node.
    polls: OnceLock<Box<dyn Polls>>,
    /// A permit for each poll that waits for another node.
    polls_elsewhere: Semaphore,
    ice_servers: IceServers,
    /// Who is let in.
    token_cache: Arc<TokenCache>,
    passwords: Passwords,
    login_limit: LoginLimit,
    account_limit: AccountLimit,
    long_reads: Arc<Shares<Uid>>,
    registration_limit: RegistrationLimit,
    /// What networks hold before anybody has logged in: TCP connections, and sessions of Socket.IO.
    connections: Arc<Shares<Network>>,
    socketio_sessions: Arc<Shares<Network>>,
    /// The vendor of mobile notices, where one is configured.
    vendor: Option<Arc<VendorClient>>,
    /// The client of the push services of browsers, where there is a key.
    web_push: Option<Arc<webpush_client::Client>>,
    metrics: Arc<Metrics>,
}

impl App {
    /// Puts the parts together: those that others hold too are given, the rest is made as `config` says.
    pub fn new(
        config: Config,
        database: Database,
        registry: Addr<Registry>,
        switchboard: Addr<Switchboard>,
        shared: Shared,
    ) -> Result<Self> {
        let Shared { token_cache, acknowledged, desk, rooms, metrics, nodes } = shared;
        let provider = config.push.provider().map_err(Error::inside)?;
        let vendor = provider.map(|provider| Arc::new(VendorClient::new(provider, metrics.notices.clone())));
        Ok(Self(Arc::new(Parts {
            sends: Weighed::writing(
                database.clone(),
                Crowd::Senders,
                sending::send_all,
                sending::key_of,
                Accepted::weight,
            ),
            records: Gather::writing(database.clone(), Crowd::Arrivals, registering::record_all),
            leaves: Gather::writing(database.clone(), Crowd::Arrivals, places::leave_all),
            starts: Gather::reading(database.clone(), Crowd::Arrivals, registering::find_starts),
            database,
            files: Folder::new(config.files_folder.clone()),
            registry,
            switchboard,
            acknowledged,
            desk,
            rooms,
            nodes,
            polls: OnceLock::new(),
            polls_elsewhere: Semaphore::new(polls::MOST),
            ice_servers: config.call.ice_servers().map_err(Error::inside)?,
            token_cache,
            passwords: Passwords::new()?,
            login_limit: LoginLimit::default(),
            account_limit: AccountLimit::new(config.budgets),
            long_reads: Shares::new(LONG_READS),
            registration_limit: RegistrationLimit::new(config.registrations_per_hour),
            connections: Shares::new(config.connections_before_login),
            socketio_sessions: Shares::new(config.socketio.sessions_before_login),
            vendor,
            web_push: config.push.web_client().map_err(Error::inside)?.map(Arc::new),
            metrics,
            config,
        })))
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Takes over the limits of settings that were read anew: budgets, and what one network may do and hold. The other settings stay.
    pub fn set_limits(&self, config: &Config) {
        self.0.account_limit.set_budgets(config.budgets);
        self.0.registration_limit.set_per_hour(config.registrations_per_hour);
        self.0.connections.set_most(config.connections_before_login);
        self.0.socketio_sessions.set_most(config.socketio.sessions_before_login);
    }

    /// What the database has to do at the moment.
    pub fn store_load(&self) -> Load {
        let load = self.0.database.load();
        let gathered = self.0.sends.waiting()
            + self.0.records.waiting()
            + self.0.starts.waiting()
            + self.0.leaves.waiting();
        Load { waiting: load.waiting + gathered, ..load }
    }

    /// What people have uploaded.
    pub fn files(&self) -> &Folder {
        &self.0.files
    }

    /// Who has acknowledged something lately.
    pub fn acknowledged(&self) -> &Acknowledged {
        &self.0.acknowledged
    }

    /// What the duty desk has to be told.
    pub fn desk(&self) -> &Arc<Desk> {
        &self.0.desk
    }

    /// This node's life, as long as it is one of several.
    pub fn node(&self) -> Option<Node> {
        self.0.nodes.as_ref()?.node()
    }

    /// Where this node is among several, while it is.
    pub fn slot(&self) -> Option<Slot> {
        self.node().map(|node| node.slot)
    }

    /// Whether this process is one of several nodes, or is to be.
    pub fn is_node(&self) -> bool {
        self.0.nodes.is_some()
    }

    /// How long ago this node's lease among the others was renewed, if it has one.
    pub fn lease_age(&self) -> Option<Duration> {
        self.0.nodes.as_ref()?.lease_age(Instant::now())
    }

    /// Whether this process is to be one of several nodes, and is not yet.
    pub fn waits_for_slot(&self) -> bool {
        self.0.nodes.as_ref().is_some_and(|nodes| nodes.node().is_none())
    }

    /// Where the two ends of a video call may meet.
    pub fn ice_servers(&self) -> &IceServers {
        &self.0.ice_servers
    }

    /// Passwords' hashes.
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// The connections that networks hold on which nobody has logged in.
    pub fn connections_before_login(&self) -> &Arc<Shares<Network>> {
        &self.0.connections
    }

    /// The sessions of Socket.IO that networks hold in which nobody has registered.
    pub fn sessions_before_login(&self) -> &Arc<Shares<Network>> {
        &self.0.socketio_sessions
    }

    /// The vendor of mobile notices, if one is configured.
    pub fn vendor(&self) -> Option<Arc<VendorClient>> {
        self.0.vendor.clone()
    }

    /// The client of the push services of browsers, if web push is on.
    pub fn web_push(&self) -> Option<Arc<webpush_client::Client>> {
        self.0.web_push.clone()
    }

    /// What is counted for those who run the server.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Whether the database takes what is written; says why not.
    pub async fn check_store(&self) -> Result<()> {
        self.0.database.check().await
    }

    /// Why connections are closed when the server ends, and when their clients may come back.
    pub fn going_down(&self) -> CloseReason {
        CloseReason::GoingDown { retry_after: self.config().retry_after_seconds }
    }

    /// Does something with the log of SQLite; `None` on PostgreSQL.
    pub async fn checkpoint(&self, checkpoint: Checkpoint) -> Result<Option<Log>> {
        self.0.database.checkpoint(checkpoint).await
    }

    /// Ends the work with the database; false where it did not end in time.
    pub async fn close_store(&self, within: Duration) -> bool {
        self.0.database.close(within).await
    }

    /// Reads what may take long, for an account that may have two such reads under way.
    pub async fn read_long<T, F>(&self, uid: &Uid, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        let under_way = self.0.long_reads.take(uid.clone()).ok_or(Error::Limit { retry_after: 1 })?;
        let query = move |connection: &mut AnyConnection| {
            // It is under way until it is done, also where nobody waits for it any more.
            let _under_way = under_way;
            query(connection)
        };
        self.0.database.read_long(query).await
    }

    /// Reads what is committed.
    pub async fn read<T, F>(&self, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        self.0.database.read(query).await
    }

    /// Does `work` for a caller, in a transaction in which their token is still valid; `FA_AUTH` where
    /// it is not, as the body of a request may come long after the head whose token was looked at.
    pub async fn write_as<T, F>(&self, caller: Caller, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Caller) -> Result<T> + Send + Sync + 'static,
    {
        let checked = move |tx: &mut Tx<'_>| {
            sessions::require_valid(tx, caller.token)?;
            work(tx, &caller)
        };
        self.write(checked).await
    }

    /// Sends a message, together with what others send at the time.
    pub async fn send(&self, send: SendRequest) -> Result<Receipt> {
        Ok(self.0.sends.run(send).await?.receipt)
    }

    /// Does `work` in a transaction: once it is committed its pushes go out, and not before. It
    /// may run more than once, where other transactions are in its way. What somebody asks for is done
    /// by `write_as` or `send`.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        self.0.database.write(work).await
    }

    /// The same on a connection that requests have no part in: what a node lives by does not wait for them.
    pub async fn write_apart<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        self.0.database.write_apart(work).await
    }
}
