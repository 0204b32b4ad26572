//! `/ws`: a plain WebSocket, each text frame one envelope.
//!
//! How it is read and written is up to `actix_socketio::websocket`; what a session does is in
//! `realtime::session`, and `driver` runs it.

use super::driver::action::{Action, Actions};
use super::driver::{Driver, SILENT};
use super::host::FRAMES_PER_SECOND;
use super::timers::{self, TICK, Timer};
use crate::app::App;
use crate::app::registration::Handshake;
use crate::error::Error;
use crate::http::extract::body::LARGEST;
use crate::http::extract::client_address::client_address;
use crate::http::extract::response::Upgrade;
use crate::http::extract::{admission, peer, refusal};
use crate::metrics::Transport;
use crate::realtime::close::CloseReason;
use crate::realtime::session::effect::ToSession;
use actix::prelude::*;
use actix_socketio::CloseFrame;
use actix_socketio::websocket::{self, Event, Failure, Frame, FrameLimits, Message, Socket, WebSocketActor};
use actix_web::{HttpRequest, web};
use std::io::ErrorKind;
use std::time::{Duration, Instant};

/// Opens a connection. Who it is, its first envelope tells.
pub async fn connect(request: HttpRequest, app: web::Data<App>) -> Result<Upgrade, actix_web::Error> {
    let limits = FrameLimits { max_size: LARGEST, per_second: FRAMES_PER_SECOND };
    let accepted = websocket::accept(&request, limits).map_err(refusal::of_upgrade)?;
    let address = client_address(&request, app.config());
    // Behind a proxy, connections are counted here, by the address that it forwards for.
    let share = admission::share_of(&request).or_else(|| app.connections_before_login().take(address.into()));
    let share = share.ok_or(Error::Limit { retry_after: app.config().register_seconds.into() })?;
    let handshake = Handshake {
        remote_address: address.to_string(),
        tokens: peer::tokens(&request, app.config()),
        shares: vec![share],
    };
    let app = app.get_ref().clone();
    Ok(Upgrade(accepted.start(move |socket| drop(WebSocket::start(app, handshake, socket)))))
}

/// The session actor of a plain WebSocket.
struct WebSocket {
    /// There while the connection is open.
    open: Option<Open>,
}

struct Open {
    app: App,
    driver: Box<Driver>,
    socket: Socket,
    since: Instant,
}

/// How often it is looked whether somebody has registered.
const LOOK: Duration = Duration::from_secs(1);

impl WebSocket {
    fn start(app: App, handshake: Handshake, socket: Socket) -> Addr<WebSocket> {
        WebSocket::create(|ctx| {
            ctx.set_mailbox_capacity(app.config().queue);
            let address = ctx.address().recipient();
            let driver = Box::new(Driver::new(app.clone(), Transport::WebSocket, handshake, address));
            WebSocket { open: Some(Open { app, driver, socket, since: Instant::now() }) }
        })
    }

    /// Lets the driver answer an event, and does what it says.
    fn drive(&mut self, ctx: &mut Context<Self>, event: impl FnOnce(&mut Driver) -> Actions) {
        if let Some(open) = &mut self.open {
            let actions = event(&mut open.driver);
            self.act(actions, ctx);
        }
    }

    fn act(&mut self, actions: Actions, ctx: &mut Context<Self>) {
        for action in actions {
            match action {
                Action::Push(push) => self.send(push.websocket()),
                Action::Send(envelope) | Action::Acknowledge(_, Some(envelope)) => {
                    self.send(Frame::text(&envelope))
                }
                Action::Acknowledge(_, None) => {}
                Action::Close(why) => return self.close(Some(why.into()), ctx),
                // This actor does not run while its socket is full.
                Action::Await(future) | Action::Load(future) => {
                    let completion = future.into_actor(self);
                    ctx.spawn(completion.map(|completion, socket, ctx| {
                        socket.drive(ctx, |driver| driver.on_completion(completion));
                        socket.send_at_turn_end(ctx);
                    }));
                }
            }
        }
    }

    fn send(&mut self, frame: Frame) {
        if let Some(Open { socket, .. }) = &mut self.open {
            socket.send(frame);
        }
    }

    /// Ends the connection with `frame`, when the client has taken what it was sent.
    fn close(&mut self, frame: Option<CloseFrame>, ctx: &mut Context<Self>) {
        if let Some(socket) = self.leave() {
            actix::spawn(socket.close(frame));
        }
        ctx.stop();
    }

    fn set_end_reason(&mut self, reason: &'static str) {
        if let Some(Open { driver, .. }) = &mut self.open {
            driver.set_end_reason(reason);
        }
    }

    fn leave(&mut self) -> Option<Socket> {
        let Open { mut driver, socket, .. } = self.open.take()?;
        if let Some(disconnected) = driver.disconnect() {
            actix::spawn(disconnected);
        }
        Some(socket)
    }
}

impl Actor for WebSocket {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let Some(Open { app, .. }) = &self.open else { return };
        websocket::listen(ctx);
        let (interval, recipient) = (app.config().ping_interval(), ctx.address().recipient());
        timers::start(Timer::Beat(interval), interval, recipient.downgrade());
        timers::start(Timer::Look, LOOK.min(app.config().register_timeout()), recipient.downgrade());
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        self.leave();
    }
}

impl Handler<ToSession> for WebSocket {
    type Result = ();

    fn handle(&mut self, message: ToSession, ctx: &mut Self::Context) {
        self.drive(ctx, |driver| driver.on_server_message(message));
    }
}

impl Handler<Timer> for WebSocket {
    type Result = ();

    fn handle(&mut self, timer: Timer, ctx: &mut Self::Context) {
        match timer {
            Timer::Beat(_) => self.beat(ctx),
            Timer::Look => self.look(ctx),
        }
    }
}

impl WebSocket {
    /// Looks whether somebody has registered; until then the registry does not know of the connection, and
    /// cannot tell it that the server ends.
    fn look(&mut self, ctx: &mut Context<Self>) {
        let Some(Open { app, driver, socket, since }) = &self.open else { return };
        let (config, is_closing) = (app.config(), socket.is_server_closing());
        let left = config.register_timeout().saturating_sub(since.elapsed());
        if driver.is_registered() {
            return;
        }
        timers::start(Timer::Look, LOOK.min(left.max(TICK)), ctx.address().recipient().downgrade());
        if is_closing {
            let why = app.going_down();
            return self.drive(ctx, |driver| driver.close(why));
        }
        if left.is_zero() {
            self.drive(ctx, Driver::deadline);
        }
    }

    fn beat(&mut self, ctx: &mut Context<Self>) {
        let Some(Open { app, driver, socket, .. }) = &mut self.open else { return };
        if socket.heard().elapsed() > app.config().ping_interval() + app.config().ping_timeout() {
            // Nobody is there to read a close frame.
            driver.set_end_reason(SILENT);
            self.leave();
            return ctx.stop();
        }
        self.send(Frame::ping());
        self.drive(ctx, Driver::beat);
    }
}

impl WebSocketActor for WebSocket {
    fn socket(&mut self) -> Option<&mut Socket> {
        self.open.as_mut().map(|open| &mut open.socket)
    }

    fn on_event(&mut self, event: Event, ctx: &mut Context<Self>) {
        match event {
            Event::Message(Message::Text(text)) => {
                self.drive(ctx, |driver| driver.on_client_message(&text, None))
            }
            Event::Message(Message::Binary(_)) => self.drive(ctx, |driver| driver.strike(None)),
            Event::Closed(frame) => self.close(frame, ctx),
            Event::Failed(Failure::TooBig) => self.drive(ctx, |driver| driver.close(CloseReason::TooBig)),
            Event::Failed(failure @ (Failure::NotUtf8 | Failure::Protocol(_))) => {
                self.close(Some(failure.close_frame()), ctx);
            }
            Event::Lost(kind) => {
                if kind == ErrorKind::TimedOut {
                    self.set_end_reason(CloseReason::TooSlow.name());
                }
                self.close(None, ctx);
            }
        }
    }
}
