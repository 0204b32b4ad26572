//! `/socket.io/`: each envelope is the one argument of a `message` event, both ways, on the main
//! namespace; an acknowledgement takes the answer to its envelope.
//!
//! What a session does is in `realtime::session`, and `driver` runs it; how Socket.IO looks on the
//! wire is `socketio`'s.

use super::driver::{self, Driver, Step};
use super::socketio::engine::channel::Channel;
use super::socketio::engine::connection::Connection;
use super::socketio::error::{Ending, Farewell};
use super::socketio::handshake::Handshake;
use super::socketio::http::Server;
use super::socketio::options::{Options, Origins};
use super::socketio::socket::application::{Ack, Application, Event, SocketHandler};
use super::socketio::socket::service::Sockets;
use super::socketio::socket::session::Session;
use super::socketio::{self, socket::outbound};
use crate::app::App;
use crate::config::Config;
use crate::http::extract::body::LARGEST;
use crate::http::extract::peer;
use crate::metrics::Transport;
use crate::realtime::close::Close;
use crate::realtime::session::ToSession;
use actix::SpawnHandle;
use serde_json::Value;

/// The namespace of all that is said.
const MAIN: &str = "/";
/// The name of the events that bear envelopes.
const MESSAGE: &str = "message";

/// The Socket.IO server of the application.
pub type Hosted = Server<Sockets<Host>>;
type Outbound<'a, 'b> = outbound::Outbound<'a, 'b, Visitor>;

/// Hosts the application, as it is set up.
pub fn serve(app: App) -> Hosted {
    let options = options(app.config());
    socketio::serve(Host(app), options)
}

fn options(config: &Config) -> Options {
    Options {
        ping_interval: config.ping_interval(),
        ping_timeout: config.ping_timeout(),
        connect_timeout: config.socketio.connect_timeout(),
        max_payload: config.socketio.max_payload,
        max_queue: config.queue,
        mailbox: config.queue,
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

    fn open(&self, Handshake { request, .. }: Handshake<'_>) -> Visitor {
        let config = self.0.config();
        let address = peer::address(request, config).to_string();
        let handshake = driver::Handshake { address, tokens: peer::tokens(request, config) };
        Visitor { app: self.0.clone(), handshake, presence: None }
    }
}

/// One connection.
pub struct Visitor {
    app: App,
    handshake: driver::Handshake,
    /// There while it is in the main namespace.
    presence: Option<Presence>,
}

struct Presence {
    driver: Box<Driver>,
    deadline: SpawnHandle,
    beat: SpawnHandle,
}

impl Visitor {
    /// Lets the driver answer an event, and does what it says.
    fn drive(&mut self, out: &mut Outbound<'_, '_>, event: impl FnOnce(&mut Driver) -> Vec<Step>) {
        if let Some(presence) = &mut self.presence {
            let steps = event(&mut presence.driver);
            self.take(steps, out);
        }
    }

    fn take(&mut self, steps: Vec<Step>, out: &mut Outbound<'_, '_>) {
        for step in steps {
            match step {
                Step::Send(envelope) => out.emit(MAIN, MESSAGE, &envelope),
                Step::Acknowledge(id, answer) => {
                    let ack = Ack { namespace: MAIN.into(), id };
                    out.acknowledge(&ack, answer.as_deref().unwrap_or_default(), Vec::new());
                }
                Step::Close(why) => return self.close(why, out),
                Step::Await(future) => {
                    out.spawn(future, |visitor, done, out| visitor.drive(out, |driver| driver.done(done)));
                }
                Step::Load(future) => {
                    let taken = out.taken();
                    let load = async move {
                        taken.await;
                        future.await
                    };
                    out.spawn(load, |visitor, done, out| visitor.drive(out, |driver| driver.done(done)));
                }
            }
        }
    }

    /// Clients come back by themselves when a connection ends, but not when they are put out of
    /// their namespace first.
    fn close(&mut self, why: Close, out: &mut Outbound<'_, '_>) {
        if why.is_final() {
            out.disconnect(MAIN);
        }
        out.close(Some(why.into()));
        self.leave();
    }

    fn leave(&mut self) -> Option<(SpawnHandle, SpawnHandle)> {
        let Presence { mut driver, deadline, beat } = self.presence.take()?;
        if let Some(gone) = driver.gone() {
            actix::spawn(gone);
        }
        Some((deadline, beat))
    }

    fn beat(&mut self, out: &mut Outbound<'_, '_>) {
        let next = out.later(self.app.config().ping_interval(), Self::beat);
        if let Some(presence) = &mut self.presence {
            presence.beat = next;
        }
        self.drive(out, Driver::beat);
    }

    /// What came with the handshake, and the token that clients of today name on connecting.
    fn handshake(&self, auth: Option<Value>) -> driver::Handshake {
        let mut handshake = self.handshake.clone();
        if let Some(token) = auth.as_ref().and_then(|auth| auth["token"].as_str()) {
            handshake.tokens.any = Some(token.to_owned());
        }
        handshake
    }
}

impl SocketHandler for Visitor {
    type Message = ToSession;

    fn connect(
        &mut self,
        namespace: &str,
        auth: Option<Value>,
        out: &mut Outbound<'_, '_>,
    ) -> Result<(), String> {
        if namespace != MAIN {
            return Err("Invalid namespace".to_owned());
        }
        let line = out.address().recipient();
        let driver = Box::new(Driver::new(self.app.clone(), Transport::SocketIo, self.handshake(auth), line));
        let config = self.app.config();
        let expire = |visitor: &mut Self, out: &mut Outbound<'_, '_>| visitor.drive(out, Driver::deadline);
        let deadline = out.later(config.register_timeout(), expire);
        let beat = out.later(config.ping_interval(), Self::beat);
        self.presence = Some(Presence { driver, deadline, beat });
        Ok(())
    }

    fn event(&mut self, _: &str, event: Event<'_>, out: &mut Outbound<'_, '_>) {
        let ack = event.ack.map(|ack| ack.id);
        match (&*event.name, &*event.args, event.attachments) {
            (MESSAGE, [envelope], []) if envelope.get().len() > LARGEST => {
                self.drive(out, |driver| driver.close(Close::TooBig));
            }
            (MESSAGE, [envelope], []) => self.drive(out, |driver| driver.text(envelope.get(), ack)),
            _ => self.drive(out, |driver| driver.strike(ack)),
        }
    }

    fn message(&mut self, message: ToSession, out: &mut Outbound<'_, '_>) {
        self.drive(out, |driver| driver.told(message));
    }

    fn disconnected(&mut self, _: &str, out: &mut Outbound<'_, '_>) {
        if let Some((deadline, beat)) = self.leave() {
            out.cancel(deadline);
            out.cancel(beat);
        }
    }

    fn farewell(&self, ending: Ending) -> Option<Farewell> {
        match self.close_for(ending) {
            Some(why) => Some(why.into()),
            None => ending.farewell(),
        }
    }

    fn closed(&mut self, ending: Ending) {
        let silent = (ending == Ending::Timeout).then_some(driver::SILENT);
        let reason = self.close_for(ending).map(Close::name).or(silent);
        if let (Some(presence), Some(reason)) = (&mut self.presence, reason) {
            presence.driver.ends(reason);
        }
        self.leave();
    }
}

impl Visitor {
    /// Why the server closes a connection that Socket.IO ends.
    fn close_for(&self, ending: Ending) -> Option<Close> {
        let retry_after = self.app.config().retry_after_seconds;
        match ending {
            Ending::Slow => Some(Close::TooSlow),
            Ending::TooBig => Some(Close::TooBig),
            Ending::Shutdown => Some(Close::GoingDown { retry_after }),
            Ending::Client
            | Ending::Lost
            | Ending::Timeout
            | Ending::Idle
            | Ending::Unfinished
            | Ending::Malformed
            | Ending::Duplicate
            | Ending::Application => None,
        }
    }
}

/// The registry reaches a connection as it reaches those of any other transport.
impl actix::Handler<ToSession> for Connection<Session<Visitor>> {
    type Result = ();

    fn handle(&mut self, message: ToSession, context: &mut Self::Context) {
        self.call(context, |session, out| session.message(message, out));
    }
}

impl From<Close> for Farewell {
    fn from(why: Close) -> Farewell {
        Farewell { code: why.code(), reason: why.reason() }
    }
}
