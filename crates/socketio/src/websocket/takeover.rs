//! How a connection comes from the HTTP server to an actor.
//!
//! [`listen`] serves an actix-web application as [`actix_web::HttpServer`] does. A request that asks for
//! another protocol goes through the application like any other, with its middleware; if the answer is one
//! that [`accept`] made, the TCP connection is then taken from the HTTP server and given to an actor. The
//! task of the HTTP server ends with that, and its buffers with it.

use std::{
    convert::Infallible, fmt, future::poll_fn, io, net::TcpListener, pin::pin, rc::Rc, sync::Arc,
    time::Duration,
};

use actix_codec::Framed;
use actix_http::{
    ConnectionType, HttpService, Request, Response,
    body::{BodySize, BoxBody, MessageBody},
    h1::{Codec, Message},
};
pub use actix_server::{Server, ServerBuilder};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, fn_factory, fn_service, map_config,
};
use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    dev::{AppConfig, Extensions},
    rt::net::TcpStream,
    web::BytesMut,
};
use futures_util::SinkExt;
use thiserror::Error;

use crate::tcp;

use super::{
    budget::FrameLimits,
    handshake::{self, HandshakeError},
    open::{OpenSocket, OpenSockets},
    socket::Socket,
};

/// How long a connection is read on after the answer to a request whose body was not wanted. Most clients send all
/// of a body before they read, and a connection that is closed meanwhile takes the answer with it.
const LINGER: Duration = Duration::from_secs(5);

/// What is called with each connection that is accepted, and with what its requests will find in
/// [`HttpRequest::conn_data`].
pub type OnConnect = Arc<dyn Fn(&TcpStream, &mut Extensions) + Send + Sync>;

/// How connections are served.
#[derive(Clone)]
pub struct Settings {
    /// Sets up a connection; by [`tcp::configure`] unless it is set.
    pub on_connect: OnConnect,
    /// Counts the WebSockets.
    pub sockets: OpenSockets,
    /// How many of them there may be. 100,000 by default.
    pub max_sockets: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            on_connect: Arc::new(|stream, _| tcp::configure(stream, tcp::WRITE_TIMEOUT)),
            sockets: OpenSockets::default(),
            max_sockets: 100_000,
        }
    }
}

/// Why a request does not become a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UpgradeError {
    /// It does not ask for one as it must.
    #[error("{0}")]
    Handshake(HandshakeError),
    /// There are as many as there may be.
    #[error("too many connections")]
    TooMany,
    /// It was not served by [`listen`].
    #[error("this server cannot give its connections away")]
    Kept,
}

/// What takes the connection over.
struct Taker(Box<dyn FnOnce(TcpStream, BytesMut)>);

/// Says to a request that its connection can be taken over.
struct Takeable(OpenSockets, usize);

/// Says to all requests of a connection that some could take it over.
struct Served;

/// A request that is to become a WebSocket.
#[derive(Debug)]
pub struct Accepted {
    response: HttpResponse,
    limits: FrameLimits,
    open: OpenSocket,
}

/// Accepts a WebSocket whose client may send so much.
pub fn accept(request: &HttpRequest, limits: FrameLimits) -> Result<Accepted, UpgradeError> {
    let response = handshake::accept(request)?.finish();
    Ok(Accepted { response, limits, open: open(request)? })
}

impl From<HandshakeError> for UpgradeError {
    fn from(error: HandshakeError) -> UpgradeError {
        UpgradeError::Handshake(error)
    }
}

impl Accepted {
    /// The answer. When it has been sent, `start` is called with the socket, in the thread of the request.
    pub fn start(self, start: impl FnOnce(Socket) + 'static) -> HttpResponse {
        let Accepted { mut response, limits, open } = self;
        let take = move |stream, unread| start(Socket::new(stream, unread, limits, open));
        response.extensions_mut().insert(Taker(Box::new(take)));
        response
    }
}

fn open(request: &HttpRequest) -> Result<OpenSocket, UpgradeError> {
    let extensions = request.extensions();
    let Some(Takeable(sockets, limit)) = extensions.get() else {
        // The HTTP server does not give away a request with a body, or one that names other protocols, too.
        let odd = request.conn_data::<Served>().map(|_| HandshakeError::Upgrade.into());
        return Err(odd.unwrap_or(UpgradeError::Kept));
    };
    sockets.open(*limit).ok_or(UpgradeError::TooMany)
}

/// Has `server` serve `app` on `listener`.
///
/// ```no_run
/// use actix_socketio::websocket::takeover::{self, Server, Settings};
/// use actix_web::App;
///
/// # async fn serve() -> std::io::Result<()> {
/// let server = Server::build();
/// let listener = std::net::TcpListener::bind("127.0.0.1:3000")?;
/// takeover::listen(server, listener, Settings::default(), App::new)?.run().await
/// # }
/// ```
///
/// `app` makes it twice for each worker: for requests, and for those that ask for another protocol.
pub fn listen<I, S, B>(
    server: ServerBuilder,
    listener: TcpListener,
    settings: Settings,
    app: impl Fn() -> I + Send + Clone + 'static,
) -> io::Result<ServerBuilder>
where
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>>,
    B: MessageBody + 'static,
{
    let address = listener.local_addr()?;
    let shutdown = server.graceful_shutdown_signal();
    server.listen(format!("http {address}"), listener, move || {
        let (app, shutdown, on_connect) = (app.clone(), shutdown.clone(), settings.on_connect.clone());
        let (sockets, max_sockets) = (settings.sockets.clone(), settings.max_sockets);
        let make = move || {
            let app = app().into_factory().map_err(|error: S::Error| error.into().error_response());
            map_config(app, |()| AppConfig::default())
        };
        let requests = make();
        let upgrades = fn_factory(move || {
            let (app, sockets) = (make().new_service(()), sockets.clone());
            async move {
                let app = Rc::new(app.await?);
                Ok::<_, S::InitError>(fn_service(move |(request, framed): (Request, _)| {
                    request.extensions_mut().insert(Takeable(sockets.clone(), max_sockets));
                    let app = app.clone();
                    async move {
                        answer(&*app, request, framed).await;
                        Ok::<_, Infallible>(())
                    }
                }))
            }
        });
        HttpService::build()
            .graceful_shutdown_signal(move || {
                let shutdown = shutdown.clone();
                async move { shutdown.notified().await }
            })
            .h1_allow_half_closed(false)
            .client_disconnect_timeout(LINGER)
            .local_addr(address)
            .on_connect_ext(move |stream, data| {
                data.insert(Served);
                on_connect(stream, data);
            })
            .upgrade(upgrades)
            .finish(requests)
            .tcp()
    })
}

/// Answers a request that asks for another protocol, and gives its connection away if the answer says so.
async fn answer<S, B>(app: &S, request: Request, mut framed: Framed<TcpStream, Codec>)
where
    S: Service<Request>,
    S::Error: Into<Response<BoxBody>>,
    S::Response: Into<Response<B>>,
    B: MessageBody,
{
    let taker = match app.call(request).await {
        Ok(response) => respond(&mut framed, response.into()).await,
        Err(error) => respond(&mut framed, error.into()).await,
    };
    // A client that has gone meanwhile needs no answer.
    if let Ok(Some(Taker(take))) = taker {
        let parts = framed.into_parts();
        take(parts.io, parts.read_buf);
    }
}

/// Sends an answer, and ends the connection unless somebody takes it over.
async fn respond<B: MessageBody>(
    framed: &mut Framed<TcpStream, Codec>,
    mut response: Response<B>,
) -> io::Result<Option<Taker>> {
    let taker = response.extensions_mut().remove::<Taker>();
    if taker.is_none() {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    let (response, body) = response.into_parts();
    let size = body.size();
    framed.send(Message::Item((response, size))).await?;
    if taker.is_some() {
        return Ok(taker);
    }
    let mut body = pin!(body);
    while let Some(Ok(chunk)) = poll_fn(|task| body.as_mut().poll_next(task)).await {
        framed.send(Message::Chunk(Some(chunk))).await?;
    }
    if size != BodySize::None {
        framed.send(Message::Chunk(None)).await?;
    }
    SinkExt::<Message<(Response<()>, BodySize)>>::close(framed).await?;
    Ok(None)
}
