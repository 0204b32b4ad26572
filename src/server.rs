//! Puts it all together: store, registry, application, HTTP. The only file that knows everything.

use crate::app::App;
use crate::config::Config;
use crate::error::Error;
use crate::http::{self, body};
use crate::janitor;
use crate::realtime::registry::{self, CloseEverybody, Registry};
use crate::realtime::session::Close;
use crate::store::Store;
use actix::{Actor, Addr};
use actix_web::dev::{Server, ServerHandle};
use actix_web::rt::net::TcpStream;
use actix_web::{App as WebApp, HttpServer, web};
use socket2::{SockRef, TcpKeepalive};
use std::any::Any;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

/// How long what is under way may take when the server ends.
const DRAIN_SECONDS: u64 = 8;
/// How long a peer may leave what it was sent unacknowledged, or its window shut, before the
/// connection is given up. What waits behind a shut window cannot be closed in any other way.
const PEER_PATIENCE: Duration = Duration::from_secs(30);

/// A server that runs.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The application, for what is not an HTTP request: demonstration data, tests.
    pub app: App,
    /// Awaiting it serves until `Stop::stop`.
    pub server: Server,
    /// Ends it.
    pub stop: Stop,
}

/// Ends a server.
#[derive(Clone)]
pub struct Stop {
    handle: ServerHandle,
    registry: Addr<Registry>,
    retry_after: u64,
}

impl Stop {
    /// Takes no more connections, closes those there are with 4010, and lets what is under way
    /// come to its end.
    pub async fn stop(&self) {
        let drained = self.handle.stop(true);
        let why = Close::GoingDown { retry_after: self.retry_after };
        // Connections are closed while the workers wait for them.
        let _ = self.registry.send(CloseEverybody(why)).await;
        drained.await;
    }
}

/// Starts a server on `listener`; it serves when `Running::server` is awaited.
pub fn start(config: Config, listener: TcpListener) -> Result<Running, Error> {
    let (outlet, inlet) = registry::channel();
    let registry = Registry::new(config.connections, inlet).start();
    let database = config.database().map_err(Error::inside)?;
    let store = Store::open(&database, Arc::new(move |deliveries| outlet.hand_on(deliveries)));
    let store = store.map_err(Error::inside)?;
    let address = listener.local_addr().map_err(Error::inside)?;
    let (workers, retry_after) = (config.workers, config.retry_after_seconds);
    let app = App::new(config, store, registry.clone())?;
    janitor::start(app.clone());
    let server = serve(app.clone(), listener, workers).map_err(Error::inside)?;
    let stop = Stop { handle: server.handle(), registry, retry_after };
    Ok(Running { address, app, server, stop })
}

fn serve(app: App, listener: TcpListener, workers: usize) -> std::io::Result<Server> {
    let data = web::Data::new(app);
    let server = HttpServer::new(move || {
        WebApp::new().app_data(data.clone()).app_data(body::limit()).configure(http::routes)
    });
    let server = match workers {
        0 => server,
        workers => server.workers(workers),
    };
    Ok(server
        .on_connect(|connection, _| tune(connection))
        .backlog(4096)
        .max_connections(100_000)
        .h1_allow_half_closed(false)
        .shutdown_timeout(DRAIN_SECONDS)
        .disable_signals()
        .listen(listener)?
        .run())
}

/// Sends small frames at once, and gives up peers that are gone.
fn tune(connection: &dyn Any) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new().with_time(Duration::from_secs(60));
    let tuned = socket
        .set_tcp_nodelay(true)
        .and_then(|()| socket.set_tcp_keepalive(&keepalive))
        .and_then(|()| socket.set_tcp_user_timeout(Some(PEER_PATIENCE)));
    if let Err(error) = tuned {
        log::debug!("a socket was gone before it was set up: {error}");
    }
}
