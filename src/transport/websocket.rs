//! `/ws`: a plain WebSocket, each text frame one envelope.
//!
//! The only file that knows actix-web-actors, which its authors have left; what a session does is
//! in `realtime::session`, and `driver` runs it.

use super::driver::action::Action;
use super::driver::{Driver, SILENT};
use super::host::FRAMES_PER_SECOND;
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
use actix_http::ws::Item;
use actix_socketio::websocket::{self, FrameLimits};
use actix_socketio::websocket_handshake;
use actix_web::{HttpRequest, web};
use actix_web_actors::ws::{self, Message, ProtocolError, WebsocketContext};
use std::time::Instant;

/// Opens a connection. Who it is, its first envelope tells.
pub async fn connect(
    request: HttpRequest,
    stream: web::Payload,
    app: web::Data<App>,
) -> Result<Upgrade, actix_web::Error> {
    let address = client_address(&request, app.config());
    // Behind a proxy, connections are counted here, by the address that it forwards for.
    let share = admission::share_of(&request).or_else(|| app.connections_before_login().take(address.into()));
    let share = share.ok_or(Error::Limit { retry_after: app.config().register_seconds.into() })?;
    let handshake = Handshake {
        remote_address: address.to_string(),
        tokens: peer::tokens(&request, app.config()),
        shares: vec![share],
    };
    let socket = WebSocket {
        state: State::Opened(app.get_ref().clone(), Box::new(handshake)),
        heard: Instant::now(),
        partial: None,
    };
    let limits = FrameLimits { max_size: LARGEST, per_second: FRAMES_PER_SECOND };
    let mut response = websocket_handshake::accept(&request).map_err(refusal::of_handshake)?;
    Ok(Upgrade(response.streaming(websocket::run(socket, stream, limits))))
}

/// The session actor of a plain WebSocket.
struct WebSocket {
    state: State,
    /// When the client last gave a sign of life.
    heard: Instant,
    /// A message that comes in pieces.
    partial: Option<Vec<u8>>,
}

enum State {
    /// Accepted; the actor has no address yet. Boxed, as it is large and soon of no use.
    Opened(App, Box<Handshake>),
    Running(App, Box<Driver>),
    Closed,
}

impl WebSocket {
    /// Lets the driver answer an event, and does what it says.
    fn drive(&mut self, ctx: &mut WebsocketContext<Self>, event: impl FnOnce(&mut Driver) -> Vec<Action>) {
        if let State::Running(_, driver) = &mut self.state {
            let actions = event(driver);
            self.act(actions, ctx);
        }
    }

    fn act(&mut self, actions: Vec<Action>, ctx: &mut WebsocketContext<Self>) {
        for action in actions {
            match action {
                Action::Send(envelope) | Action::Acknowledge(_, Some(envelope)) => ctx.text(envelope),
                Action::Acknowledge(_, None) => {}
                Action::Close(why) => return self.close(why, ctx),
                // This actor does not run while its socket is full.
                Action::Await(future) | Action::Load(future) => {
                    let completion = future.into_actor(self);
                    ctx.spawn(completion.map(|completion, socket, ctx| {
                        socket.drive(ctx, |driver| driver.on_completion(completion));
                    }));
                }
            }
        }
    }

    fn close(&mut self, why: CloseReason, ctx: &mut WebsocketContext<Self>) {
        let description = Some(why.reason()).filter(|reason| !reason.is_empty());
        ctx.close(Some(ws::CloseReason { code: ws::CloseCode::from(why.code()), description }));
        self.leave();
        ctx.stop();
    }

    fn leave(&mut self) {
        if let State::Running(_, mut driver) = std::mem::replace(&mut self.state, State::Closed)
            && let Some(disconnected) = driver.disconnect()
        {
            actix::spawn(disconnected);
        }
    }

    fn beat(&mut self, ctx: &mut WebsocketContext<Self>) {
        let State::Running(app, driver) = &mut self.state else { return };
        if self.heard.elapsed() > app.config().ping_interval() + app.config().ping_timeout() {
            // Nobody is there to read a close frame.
            driver.set_end_reason(SILENT);
            self.leave();
            return ctx.stop();
        }
        ctx.ping(b"");
        self.drive(ctx, Driver::beat);
    }

    /// Puts a message together that comes in pieces.
    fn piece(&mut self, item: Item, ctx: &mut WebsocketContext<Self>) {
        match (item, self.partial.take()) {
            (Item::FirstText(bytes), None) => self.partial = Some(bytes.to_vec()),
            (Item::Continue(bytes) | Item::Last(bytes), Some(partial))
                if partial.len() + bytes.len() > LARGEST =>
            {
                self.drive(ctx, |driver| driver.close(CloseReason::TooBig));
            }
            (Item::Continue(bytes), Some(partial)) => self.partial = Some([&partial, &bytes[..]].concat()),
            (Item::Last(bytes), Some(partial)) => match String::from_utf8([&partial, &bytes[..]].concat()) {
                Ok(text) => self.drive(ctx, |driver| driver.on_client_message(&text, None)),
                Err(_) => self.strike(ctx),
            },
            (Item::FirstText(_) | Item::FirstBinary(_) | Item::Continue(_) | Item::Last(_), _) => {
                self.strike(ctx);
            }
        }
    }

    fn strike(&mut self, ctx: &mut WebsocketContext<Self>) {
        self.drive(ctx, |driver| driver.strike(None));
    }
}

impl Actor for WebSocket {
    type Context = WebsocketContext<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let State::Opened(app, handshake) = std::mem::replace(&mut self.state, State::Closed) else { return };
        ctx.set_mailbox_capacity(app.config().queue);
        ctx.run_interval(app.config().ping_interval(), Self::beat);
        ctx.run_later(app.config().register_timeout(), |socket, ctx| socket.drive(ctx, Driver::deadline));
        let address = ctx.address().recipient();
        let driver = Driver::new(app.clone(), Transport::WebSocket, *handshake, address);
        self.state = State::Running(app, Box::new(driver));
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

impl StreamHandler<Result<Message, ProtocolError>> for WebSocket {
    fn handle(&mut self, message: Result<Message, ProtocolError>, ctx: &mut Self::Context) {
        self.heard = Instant::now();
        match message {
            Ok(Message::Text(text)) => self.drive(ctx, |driver| driver.on_client_message(&text, None)),
            Ok(Message::Binary(_)) => self.strike(ctx),
            Ok(Message::Continuation(item)) => self.piece(item, ctx),
            Ok(Message::Ping(payload)) => ctx.pong(&payload),
            Ok(Message::Pong(_) | Message::Nop) => {}
            Ok(Message::Close(reason)) => {
                ctx.close(reason);
                self.leave();
                ctx.stop();
            }
            Err(ProtocolError::Overflow) => self.drive(ctx, |driver| driver.close(CloseReason::TooBig)),
            Err(_) => {
                self.leave();
                ctx.stop();
            }
        }
    }
}
