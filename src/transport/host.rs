//! `/socket.io/`: each envelope is the one argument of a `message` event, both ways, on the main
//! namespace; an acknowledgement takes the answer to its envelope.
//!
//! What a session does is in `realtime::session`, and `driver` runs it; how Socket.IO looks on the
//! wire is up to the crate `actix-socketio`.

use super::driver::action::{Action, Actions, Completion};
use super::driver::{self, Driver};
use super::polls::Asked;
use crate::app::App;
use crate::app::registration;
use crate::config::Config;
use crate::http::extract::body::LARGEST;
use crate::http::extract::client_address::client_address;
use crate::http::extract::{admission, peer};
use crate::metrics::Transport;
use crate::protocol::frame::{MAIN, MESSAGE};
use crate::realtime::close::CloseReason;
use crate::realtime::session::effect::ToSession;
use actix::SpawnHandle;
use actix_socketio::engine::{Answered, Forwarded};
use actix_socketio::{
    Ack, Application, CloseFrame, DisconnectReason, Event, Handshake, Options, Origins, SocketActor,
    SocketContext, SocketHandler, SocketIo,
};
use actix_web::HttpRequest;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;

/// How many frames of any kind a client may send in a second.
pub(super) const FRAMES_PER_SECOND: u32 = 100;

/// The Socket.IO server of the application.
pub type Hosted = SocketIo<Host>;
type Context<'a> = SocketContext<'a, Visitor>;

/// Hosts the application, as it is set up.
pub fn serve(app: App) -> Hosted {
    let options = options(app.config());
    let hosted = SocketIo::new(Host(app.clone()), options);
    app.set_polls(Box::new(Asked(hosted.polls())));
    hosted
}

fn options(config: &Config) -> Options {
    Options {
        ping_interval: config.ping_interval(),
        ping_timeout: config.ping_timeout(),
        connect_timeout: config.socketio.connect_timeout(),
        packet_timeout: config.body_timeout(),
        max_payload: config.socketio.max_payload,
        max_frames_per_second: FRAMES_PER_SECOND,
        max_queued_packets: config.queue,
        mailbox_capacity: config.queue,
        transports: config.socketio.transports,
        origins: Origins::Only(config.origins.clone()),
        ..Options::default()
    }
}

/// What is hosted.
#[derive(Clone)]
pub struct Host(App);

impl Application for Host {
    type Handler = Visitor;

    fn open(&self, Handshake { request, .. }: Handshake<'_>) -> Option<Visitor> {
        let address = client_address(request, self.0.config());
        let session = self.0.sessions_before_login().take(address.into())?;
        let shares = admission::share_of(request).into_iter().chain([session]).collect();
        let tokens = peer::tokens(request, self.0.config());
        let handshake = registration::Handshake { remote_address: address.to_string(), tokens, shares };
        Some(Visitor { app: self.0.clone(), handshake, joined: None })
    }

    /// Polls come on connections of their own. The session has a share itself while nobody has registered.
    fn recognized(&self, request: &HttpRequest) {
        admission::give_back(request);
    }

    /// A balancer may lead polls by the two digits of the node's slot.
    fn session_prefix(&self) -> String {
        match self.0.slot() {
            Some(slot) => format!("{:02}", slot.number()),
            // No slot's, where ids have them.
            None if self.0.waits_for_slot() => "--".to_owned(),
            None => String::new(),
        }
    }

    fn is_elsewhere(&self, id: &str) -> LocalBoxFuture<'static, bool> {
        let (app, id) = (self.0.clone(), id.to_owned());
        Box::pin(async move { app.poll_is_elsewhere(id).await })
    }

    fn forward(&self, request: Forwarded) -> LocalBoxFuture<'static, Option<Answered>> {
        let app = self.0.clone();
        Box::pin(async move { app.forward_poll(request.into()).await.map(Answered::from) })
    }

    fn abandon(&self, id: &str) {
        self.0.abandon_poll(id);
    }
}

/// One connection.
pub struct Visitor {
    app: App,
    handshake: registration::Handshake,
    /// There while it is in the main namespace.
    joined: Option<Joined>,
}

/// A connection that is in the main namespace.
struct Joined {
    driver: Box<Driver>,
    deadline: SpawnHandle,
    beat: SpawnHandle,
}

impl Visitor {
    /// Lets the driver answer an event, and does what it says.
    fn drive(&mut self, out: &mut Context<'_>, event: impl FnOnce(&mut Driver) -> Actions) {
        if let Some(joined) = &mut self.joined {
            let actions = event(&mut joined.driver);
            self.act(actions, out);
        }
    }

    fn act(&mut self, actions: Actions, out: &mut Context<'_>) {
        for action in actions {
            match action {
                Action::Push(push) => out.emit_encoded(push.socketio()),
                Action::Send(envelope) => out.emit(MAIN, MESSAGE, &envelope),
                Action::Acknowledge(id, answer) => {
                    let ack = Ack::new(MAIN, id);
                    out.acknowledge(&ack, answer.as_deref().unwrap_or_default(), Vec::new());
                }
                Action::Close(why) => return self.close(why, out),
                Action::Await(future) => {
                    out.spawn(future, Self::complete);
                }
                Action::Load(future) => {
                    let taken = out.drained();
                    let load = async move {
                        taken.await;
                        future.await
                    };
                    out.spawn(load, Self::complete);
                }
            }
        }
    }

    fn complete(&mut self, completion: Completion, out: &mut Context<'_>) {
        self.drive(out, |driver| driver.on_completion(completion));
    }

    /// Clients come back by themselves when a connection ends, but not when they are put out of
    /// their namespace first.
    fn close(&mut self, why: CloseReason, out: &mut Context<'_>) {
        if why.is_final() {
            out.disconnect(MAIN);
        }
        out.close(Some(why.into()));
        self.leave();
    }

    fn leave(&mut self) -> Option<(SpawnHandle, SpawnHandle)> {
        let Joined { mut driver, deadline, beat } = self.joined.take()?;
        if let Some(disconnected) = driver.disconnect() {
            actix::spawn(disconnected);
        }
        Some((deadline, beat))
    }

    fn beat(&mut self, out: &mut Context<'_>) {
        let next = out.run_later(self.app.config().ping_interval(), Self::beat);
        if let Some(joined) = &mut self.joined {
            joined.beat = next;
        }
        self.drive(out, Driver::beat);
    }

    /// What came with the handshake, and the token that clients of today name on connecting.
    fn handshake(&self, auth: Option<Value>) -> registration::Handshake {
        let mut handshake = self.handshake.clone();
        if let Some(token) = auth.as_ref().and_then(|auth| auth["token"].as_str()) {
            handshake.tokens.any = Some(token.to_owned());
        }
        handshake
    }
}

impl SocketHandler for Visitor {
    fn connect(&mut self, namespace: &str, auth: Option<Value>, out: &mut Context<'_>) -> Result<(), String> {
        if namespace != MAIN {
            return Err("Invalid namespace".to_owned());
        }
        let address = out.address().recipient();
        let driver =
            Box::new(Driver::new(self.app.clone(), Transport::SocketIo, self.handshake(auth), address));
        let config = self.app.config();
        let expire = |visitor: &mut Self, out: &mut Context<'_>| visitor.drive(out, Driver::deadline);
        let deadline = out.run_later(config.register_timeout(), expire);
        let beat = out.run_later(config.ping_interval(), Self::beat);
        self.joined = Some(Joined { driver, deadline, beat });
        Ok(())
    }

    fn event(&mut self, _: &str, event: Event<'_>, out: &mut Context<'_>) {
        let ack = event.ack.map(|ack| ack.id());
        match (&*event.name, &*event.args, event.attachments) {
            (MESSAGE, [envelope], []) if envelope.get().len() > LARGEST => {
                self.drive(out, |driver| driver.close(CloseReason::TooBig));
            }
            (MESSAGE, [envelope], []) => {
                self.drive(out, |driver| driver.on_client_message(envelope.get(), ack))
            }
            _ => self.drive(out, |driver| driver.strike(ack)),
        }
    }

    fn disconnected(&mut self, _: &str, out: &mut Context<'_>) {
        if let Some((deadline, beat)) = self.leave() {
            out.cancel(deadline);
            out.cancel(beat);
        }
    }

    fn close_frame(&self, reason: DisconnectReason) -> Option<CloseFrame> {
        match self.close_for(reason) {
            Some(why) => Some(why.into()),
            None => reason.close_frame(),
        }
    }

    fn closed(&mut self, reason: DisconnectReason) {
        let silent = (reason == DisconnectReason::PingTimeout).then_some(driver::SILENT);
        let reason = self.close_for(reason).map(CloseReason::name).or(silent);
        if let (Some(joined), Some(reason)) = (&mut self.joined, reason) {
            joined.driver.set_end_reason(reason);
        }
        self.leave();
    }
}

impl Visitor {
    /// Why the server closes a connection that Socket.IO ends.
    fn close_for(&self, reason: DisconnectReason) -> Option<CloseReason> {
        match reason {
            DisconnectReason::SlowClient => Some(CloseReason::TooSlow),
            DisconnectReason::PayloadTooLarge => Some(CloseReason::TooBig),
            DisconnectReason::ServerShutdown => Some(self.app.going_down()),
            DisconnectReason::ClientClosed
            | DisconnectReason::TransportLost
            | DisconnectReason::PingTimeout
            | DisconnectReason::ConnectTimeout
            | DisconnectReason::PacketTimeout
            | DisconnectReason::ParseError
            | DisconnectReason::ConcurrentRequests
            | DisconnectReason::ServerClosed => None,
        }
    }
}

/// The registry reaches a connection as it reaches those of any other transport.
impl actix::Handler<ToSession> for SocketActor<Visitor> {
    type Result = ();

    fn handle(&mut self, message: ToSession, context: &mut Self::Context) {
        self.call_handler(context, |visitor, out| {
            visitor.drive(out, |driver| driver.on_server_message(message))
        });
    }
}

impl From<CloseReason> for CloseFrame {
    fn from(why: CloseReason) -> CloseFrame {
        CloseFrame { code: why.code(), reason: why.reason() }
    }
}
