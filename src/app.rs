//! The application: what handlers and connections are given to work with.
//!
//! `App::write` is the only way to change anything, and so the only way to push. The rules of the
//! service are not here; they are in the handlers, with the queries in `store`.

use crate::auth::password::Passwords;
use crate::auth::throttle::Throttle;
use crate::auth::token::{self, GoodTokens};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::files::Folder;
use crate::metrics::Metrics;
use crate::model::{CallId, DeviceId, SessionId, Time, TopicId, Uid};
use crate::offline::desk::Desk;
use crate::protocol::command::{Register, Reply};
use crate::realtime::acknowledged::Acknowledged;
use crate::realtime::callroom::Word;
use crate::realtime::close::Close;
use crate::realtime::registry::{
    CloseAll, Connect, Connected, CountConnections, Disconnect, Entry, ListConnected, LookAt, Registry, Sign,
    Whisper, WhoIsOnline,
};
use crate::realtime::session::{Entered, ToSession};
use crate::realtime::switchboard::{Invitation, Invite, Rung, Say, Switchboard};
use crate::realtime::turn::IceServers;
use crate::store::connection::AnyConnection;
use crate::store::device;
use crate::store::login::{self, Caller, Origin, TokenHash};
use crate::store::push_log;
use crate::store::topic;
use crate::store::tx::Tx;
use crate::store::{Load, Store};
use actix::{Addr, Recipient};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long an announcement waits where the store has more to do than it can queue.
const BREATH: Duration = Duration::from_millis(200);

/// The application; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

struct Parts {
    config: Config,
    store: Store,
    registry: Addr<Registry>,
    switchboard: Addr<Switchboard>,
    good_tokens: GoodTokens,
    passwords: Passwords,
    throttle: Throttle,
    acknowledged: Acknowledged,
    push: Option<Arc<Desk>>,
    ice: IceServers,
    files: Folder,
    metrics: Arc<Metrics>,
}

impl App {
    /// Puts the parts together.
    pub fn new(
        config: Config,
        store: Store,
        registry: Addr<Registry>,
        switchboard: Addr<Switchboard>,
        metrics: Arc<Metrics>,
    ) -> Result<Self> {
        let passwords = Passwords::new()?;
        let provider = config.push.provider().map_err(Error::inside)?;
        let push = provider.map(|provider| Arc::new(Desk::new(provider, metrics.notices.clone())));
        let (good_tokens, throttle, acknowledged) = Default::default();
        let ice = config.call.ice_servers().map_err(Error::inside)?;
        let files = Folder::new(config.files_folder.clone());
        Ok(Self(Arc::new(Parts {
            config,
            store,
            registry,
            switchboard,
            good_tokens,
            passwords,
            throttle,
            acknowledged,
            push,
            ice,
            files,
            metrics,
        })))
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// What is counted for those who run the server.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// What the store has to do at the moment.
    pub fn store_load(&self) -> Load {
        self.0.store.load()
    }

    /// Where the two ends of a video call may meet.
    pub fn ice(&self) -> &IceServers {
        &self.0.ice
    }

    /// What people have uploaded.
    pub fn files(&self) -> &Folder {
        &self.0.files
    }

    /// Passwords' hashes.
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// The brake on guessing.
    pub fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    /// The vendor of mobile notices, where one is configured.
    pub fn push(&self) -> Option<Arc<Desk>> {
        self.0.push.clone()
    }

    /// Who has acknowledged something lately.
    pub fn acknowledged(&self) -> &Acknowledged {
        &self.0.acknowledged
    }

    /// Keeps that `uid` has taken in everything up to `seq`; `first` is the device where it is the
    /// first time that its app says so.
    pub async fn acknowledge(&self, uid: Uid, seq: i64, first: Option<DeviceId>) -> Result<()> {
        let whose = uid.clone();
        let kept = self.write(move |tx| {
            if let Some(deviceid) = &first {
                device::set_acks(tx, &whose, deviceid)?;
            }
            push_log::acknowledge(tx, &whose, seq)
        });
        kept.await?;
        self.acknowledged().note(uid);
        Ok(())
    }

    /// Reads what is committed.
    pub async fn read<T, F>(&self, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        self.0.store.read(query).await
    }

    /// Does `work` in a transaction: once it is committed its pushes go out, and not before. It
    /// may run more than once, where other transactions are in its way.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        self.0.store.write(work).await
    }

    /// Tells a topic to the whole of its audience, a part at a time between what others write;
    /// returns how many were told. It goes on where who asked has hung up, and where it breaks off
    /// `announcer` takes it up again.
    pub async fn announce(&self, topicid: TopicId) -> Result<i64> {
        let app = self.clone();
        let told = actix::spawn(async move {
            loop {
                let topicid = topicid.clone();
                match app.write(move |tx| topic::go_on(tx, &topicid)).await {
                    Ok(Some(sent)) => return Ok(sent),
                    Ok(None) => {}
                    Err(Error::Overload { .. }) => tokio::time::sleep(BREATH).await,
                    Err(error) => return Err(error),
                }
            }
        });
        told.await.map_err(Error::inside)?
    }

    /// Whose token it is; `FA_AUTH` where it is nobody's.
    pub async fn caller(&self, token: &str) -> Result<Caller> {
        let hash = token::hash(token);
        let before = match self.0.good_tokens.recall(hash) {
            Ok(caller) => return Ok(caller),
            Err(before) => before,
        };
        let found = self.read(move |connection| login::find_caller(connection, hash)).await?;
        let caller = found.ok_or(Error::Auth("the token is not valid: log in"))?;
        self.0.good_tokens.remember(before, &caller);
        Ok(caller)
    }

    /// Makes a token void and closes its connections.
    pub async fn log_out(&self, caller: Caller) -> Result<()> {
        let hash = caller.token;
        self.write(move |tx| login::revoke(tx, hash)).await?;
        self.0.good_tokens.forget(hash);
        self.close_connections(caller.uid, Some(hash)).await
    }

    /// After an account was changed: what is remembered of it is stale.
    pub fn forget(&self, uid: &Uid) {
        self.0.good_tokens.forget_account(uid);
    }

    /// After an account's tokens were made void: forgets them and closes its connections.
    pub async fn shut_out(&self, uid: Uid) -> Result<()> {
        self.0.good_tokens.forget_account(&uid);
        self.close_connections(uid, None).await
    }

    async fn close_connections(&self, uid: Uid, token: Option<TokenHash>) -> Result<()> {
        let message = CloseAll { uid, token: token.map(|hash| hash.0), why: Close::TokenVoid };
        self.0.registry.send(message).await.map_err(Error::inside)
    }

    /// Says a fleeting word to these people, as far as they are connected.
    pub fn whisper(&self, to: Vec<Uid>, reply: Reply) {
        // Where the registry's mailbox is full, a fleeting word may be lost.
        let _ = self.0.registry.try_send(Whisper { to, reply });
    }

    /// Which of these people are connected.
    pub async fn who_is_online(&self, people: Vec<Uid>) -> Result<Vec<Uid>> {
        self.0.registry.send(WhoIsOnline(people)).await.map_err(Error::inside)
    }

    /// What connections these people have.
    pub async fn look_at(&self, people: Vec<Uid>) -> Result<HashMap<Uid, Vec<Sign>>> {
        self.0.registry.send(LookAt(people)).await.map_err(Error::inside)
    }

    /// Who is connected from which devices, at most `limit` people, those before `before`.
    pub async fn list_connected(&self, before: Option<Uid>, limit: i64) -> Result<Vec<Connected>> {
        self.0.registry.send(ListConnected { before, limit: limit as usize }).await.map_err(Error::inside)
    }

    /// How many connections there are.
    pub async fn count_connections(&self) -> Result<usize> {
        self.0.registry.send(CountConnections).await.map_err(Error::inside)
    }

    /// Lets a video call ring.
    pub async fn invite(&self, invitation: Invitation) -> Result<Rung> {
        self.0.switchboard.send(Invite(invitation)).await.map_err(Error::inside)?
    }

    /// Says something to a video call; it is on its way when this returns.
    pub fn tell_call(&self, callid: CallId, word: Word) -> impl Future<Output = Result<()>> + use<> {
        let heard = self.0.switchboard.send(Say { callid, word });
        async move { heard.await.map_err(Error::inside)? }
    }

    /// Lets a connection in: finds out who it is, records the login, enters it in the registry,
    /// and only then reads how far its pushes have come, so that none falls in between.
    pub async fn enter(&self, request: Register, from: Arrival) -> Result<(Caller, Entered)> {
        let caller = self.identify(&request, &from).await?;
        let origin = Origin { deviceid: request.deviceid, platform: request.platform, address: from.address };
        let (uid, deviceid) = (caller.uid.clone(), origin.deviceid.clone());
        let token = caller.token;
        if self.write(move |tx| login::record(tx, &uid, &origin, token)).await? {
            from.acks.store(true, Ordering::Relaxed);
        }
        let (acks, entered) = (from.acks, Time::now());
        let entry = Entry { id: from.id, deviceid, token: token.0, line: from.line, acks, entered };
        let connect = Connect { uid: caller.uid.clone(), entry };
        let replaced = self.0.registry.send(connect).await.map_err(Error::inside)?;
        if !replaced.is_empty() {
            let uid = caller.uid.clone();
            let release = move |tx: &mut Tx<'_>| {
                let mut replaced = replaced.iter();
                replaced.try_for_each(|(deviceid, entered)| {
                    device::release_replaced(tx, &uid, deviceid, *entered)
                })
            };
            self.write(release).await?;
        }
        match self.look_up(&caller, request.since).await {
            Ok(entered) => Ok((caller, entered)),
            Err(error) => {
                self.leave(caller.uid, from.id).await;
                Err(error)
            }
        }
    }

    async fn identify(&self, request: &Register, from: &Arrival) -> Result<Caller> {
        const NONE: Error = Error::Auth("there is no token: log in");
        let token = request.token.as_deref().or_else(|| from.token_for(request)).ok_or(NONE)?;
        let caller = self.caller(token).await?;
        match caller.uid == request.uid && caller.role == request.role {
            true => Ok(caller),
            false => Err(Error::Auth("the token is not of this uid and type")),
        }
    }

    /// How far the pushes have come; the token is looked at once more, as it may have become void
    /// before the registry knew of the connection.
    async fn look_up(&self, caller: &Caller, since: Option<i64>) -> Result<Entered> {
        let (uid, hash) = (caller.uid.clone(), caller.token);
        let mailbox = self.read(move |connection| {
            login::find_caller(connection, hash)?.ok_or(Error::Auth("the token is not valid: log in"))?;
            push_log::find_mailbox(connection, &uid)
        });
        let mailbox = mailbox.await?;
        let held = since.filter(|since| mailbox.holds_after(*since));
        Ok(Entered {
            uid: caller.uid.clone(),
            role: caller.role,
            name: caller.name.clone(),
            seq: mailbox.seq,
            since: held,
            recovered: since == held,
        })
    }

    /// A connection is gone.
    pub async fn leave(&self, uid: Uid, id: SessionId) {
        // The registry is gone only when the server ends.
        let _ = self.0.registry.send(Disconnect { uid, id }).await;
    }
}

/// A connection that wants to be let in.
pub struct Arrival {
    /// The connection.
    pub id: SessionId,
    /// The way to its actor.
    pub line: Recipient<ToSession>,
    /// The network address that it comes from.
    pub address: String,
    /// The tokens that came with the handshake.
    pub tokens: HandshakeTokens,
    /// Whether its client acknowledges what it takes in; the connection sets it too.
    pub acks: Arc<AtomicBool>,
}

/// The tokens that came with a handshake.
#[derive(Debug, Clone, Default)]
pub struct HandshakeTokens {
    /// From `Authorization` or the query.
    pub any: Option<String>,
    /// From the cookies of an allowed origin, each with the role whose cookie it was.
    pub cookies: Vec<(crate::model::Role, String)>,
}

impl Arrival {
    fn token_for(&self, request: &Register) -> Option<&str> {
        let cookie = || self.tokens.cookies.iter().find(|(role, _)| *role == request.role);
        self.tokens.any.as_deref().or_else(|| cookie().map(|(_, token)| token.as_str()))
    }
}
