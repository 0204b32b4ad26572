//! Puts it all together: store, registry, application, HTTP. The only file that knows everything.

use crate::app::App;
use crate::app::commit::{self, Shared};
use crate::cluster::carrier::Carrier;
use crate::cluster::dispatch::Dispatch;
use crate::config::Config;
use crate::config::cluster::ClusterSettings;
use crate::config::push::VendorName;
use crate::db::connection::Address;
use crate::db::transaction::Alerting;
use crate::error::Error;
use crate::http;
use crate::http::extract::{admission, body};
use crate::http::ops::browser;
use crate::http::ops::hang_up::hang_up;
use crate::http::ops::observe::Observer;
use crate::metrics::Metrics;
use crate::mobile;
use crate::realtime::call::switchboard::Switchboard;
use crate::realtime::registry::actor::Registry;
use crate::realtime::registry::delivery;
use crate::realtime::registry::messages::CloseEverybody;
use crate::store;
use crate::transport::host::{self, Hosted};
use crate::workers::announcements;
use crate::workers::{
    auto_answers, calls, checkpoints, cleanup, counting, dead_nodes, duty_desk, duty_turns, expiry, node,
    old_pushes, presence, presence_of_nodes, receipts, search_index, sweep,
};
use actix::{Actor, Addr, AsyncContext, Context};
use actix_socketio::websocket::OpenSockets;
use actix_socketio::websocket::takeover::{self, Server, Settings};
use actix_web::App as WebApp;
use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// How long what is under way may take when the server ends, and how long the database then.
const DRAIN_SECONDS: u64 = 4;
/// How long connections may take to close before.
const SOCKETS_TIMEOUT: Duration = Duration::from_secs(3);
const CLOSE_TIMEOUT: Duration = Duration::from_millis(1500);

/// A server that runs.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The application, for what is not an HTTP request: demonstration data, tests.
    pub app: App,
    /// Awaiting it serves until `Stop::stop`.
    pub server: Server,
    /// The connections of Socket.IO.
    pub socketio: Hosted,
    /// Ends it.
    pub stop: Stop,
}

/// Ends a server.
#[derive(Clone)]
pub struct Stop {
    handle: ServerHandle,
    registry: Addr<Registry>,
    socketio: Hosted,
    sockets: OpenSockets,
    app: App,
    nodes: Option<Arc<Dispatch>>,
}

/// How a server has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The database is closed; that of SQLite is one whole file.
    Closed,
    /// The database did not answer: threads still wait for it.
    DatabaseSilent,
}

impl Stop {
    /// Takes no more connections, and serves those there are. `stop` closes those on which nobody has asked yet.
    pub async fn pause(&self) {
        self.handle.pause().await;
    }

    /// Takes no more connections, closes those there are with 4010, lets what is under way come to its
    /// end, and closes the database; all within 10 s.
    pub async fn stop(&self) -> Ended {
        self.handle.pause().await;
        self.sockets.close();
        let why = self.app.going_down();
        let _ = self.registry.send(CloseEverybody(why)).await;
        // Those that the registry does not know yet.
        self.socketio.close();
        // Their actors live in the threads of the workers, which wait for requests only.
        let closed = tokio::time::timeout(SOCKETS_TIMEOUT, self.sockets.closed()).await;
        if closed.is_err() {
            log::info!("{} connections did not take the last they were sent", self.sockets.count());
        }
        let within = Duration::from_secs(DRAIN_SECONDS + 1);
        let drained = tokio::time::timeout(within, self.handle.stop(true)).await;
        if let Some(nodes) = &self.nodes {
            node::leave(&self.app, nodes).await;
        }
        match self.app.close_store(CLOSE_TIMEOUT).await && drained.is_ok() {
            true => Ended::Closed,
            false => Ended::DatabaseSilent,
        }
    }
}

/// Starts a server on `listener`; it serves when `Running::server` is awaited.
pub fn start(config: Config, listener: TcpListener) -> Result<Running, Error> {
    let carrier = config.cluster.as_ref().map(ClusterSettings::carrier).transpose().map_err(Error::inside)?;
    start_on(config, listener, carrier)
}

/// The same as a node among those that have this bus.
pub fn start_on(config: Config, listener: TcpListener, carrier: Option<Carrier>) -> Result<Running, Error> {
    let (sender, receiver) = delivery::channel();
    let registry = Registry::new(config.connections, receiver);
    let watch = registry.watch();
    let contacts_watch = config.presence.then(|| registry.watch());
    let registry = registry.start();
    let database = config.database().map_err(Error::inside)?;
    let is_shared = matches!(database, Address::Postgres(_));
    let vendor = config.push.provider != VendorName::None;
    let alerting = (vendor || config.push.is_web_push_on()).then(|| Alerting {
        vendor,
        gather: config.push.batch_window(),
        text: config.push.preview_text(),
    });
    let metrics = Arc::new(Metrics::new()?);
    let nodes = carrier.as_ref().map(|_| Arc::new(Dispatch::default()));
    let (token_cache, acknowledged, desk, rooms) = Default::default();
    let shared = Shared { token_cache, acknowledged, desk, rooms, metrics, nodes: nodes.clone() };
    let on_commit = commit::on_commit(shared.clone(), sender.clone());
    let store =
        store::open(&database, alerting, config.connections, on_commit, shared.metrics.writes.clone());
    let store = store.map_err(Error::inside)?;
    let address = listener.local_addr().map_err(Error::inside)?;
    let (board, timing) = (Context::<Switchboard>::new(), config.call.timing());
    let app = App::new(config, store, registry.clone(), board.address(), shared.clone())?;
    let (calls, lines) = (Rc::new(app.clone()), Rc::new(app.clone()));
    board.run(Switchboard::new(registry.clone(), watch, calls, lines, timing));
    checkpoints::start(app.clone());
    cleanup::start(app.clone());
    old_pushes::start(app.clone());
    counting::start(app.clone());
    expiry::start(app.clone());
    if let Some(watch) = contacts_watch {
        match carrier {
            Some(_) => presence_of_nodes::start(app.clone(), watch),
            None => presence::start(app.clone(), watch),
        }
    }
    announcements::start(app.clone());
    receipts::start(app.clone());
    duty_desk::start(app.clone());
    duty_turns::start(app.clone());
    auto_answers::start(app.clone());
    search_index::start(app.clone());
    if is_shared {
        sweep::start(app.clone());
    }
    if let Some(carrier) = carrier {
        dead_nodes::start(app.clone());
        if let Some(nodes) = nodes.clone() {
            calls::start(app.clone(), nodes);
        }
        node::start(app.clone(), carrier, shared, sender);
    }
    mobile::worker::start(app.clone());
    let socketio = host::serve(app.clone());
    let sockets = OpenSockets::default();
    let server = serve(app.clone(), socketio.clone(), &sockets, listener).map_err(Error::inside)?;
    let (handle, hosted) = (server.handle(), socketio.clone());
    let stop = Stop { handle, registry, socketio: hosted, sockets, app: app.clone(), nodes };
    Ok(Running { address, app, server, socketio, stop })
}

fn serve(
    app: App,
    socketio: Hosted,
    sockets: &OpenSockets,
    listener: TcpListener,
) -> std::io::Result<Server> {
    let observer = Arc::new(Observer::new(app.clone(), http::paths()));
    let (accepting, workers) = (app.clone(), app.config().workers);
    let data = web::Data::new(app);
    let app = move || {
        let routes = |config: &mut ServiceConfig| http::routes(config, &socketio);
        let observer = observer.clone();
        let observe = from_fn(move |request, next| observer.clone().observe(request, next));
        let app = WebApp::new().app_data(data.clone()).app_data(body::limit()).configure(routes);
        app.wrap(from_fn(browser::tell_browser)).wrap(observe).wrap(from_fn(hang_up))
    };
    let server = Server::build().backlog(4096).max_concurrent_connections(100_000);
    let server = match workers {
        0 => server,
        workers => server.workers(workers),
    };
    let server = server.shutdown_timeout(DRAIN_SECONDS).disable_signals();
    let settings = Settings {
        on_connect: Arc::new(move |stream, data| admission::accept(&accepting, stream, data)),
        sockets: sockets.clone(),
        ..Settings::default()
    };
    Ok(takeover::listen(server, listener, settings, app)?.run())
}
