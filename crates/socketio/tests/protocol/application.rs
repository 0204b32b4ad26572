//! The application that the test server runs. It records what happens to its connections.

use std::{
    sync::{Arc, Barrier, Mutex},
    time::Duration,
};

use actix_socketio::{
    Application, CloseFrame, DisconnectReason, EncodedEvent, Event, Handshake, SocketActor, SocketContext,
    SocketHandler,
};
use serde_json::Value;

pub type Recipient = actix::Recipient<Push>;

/// An event from another actor.
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct Push(pub EncodedEvent);

/// What the tests can see of the connections, in order.
#[derive(Clone)]
pub struct TestApplication {
    pub reasons: Arc<Mutex<Vec<DisconnectReason>>>,
    pub recipients: Arc<Mutex<Vec<Recipient>>>,
    /// The event `hold` waits here twice: once to say that the worker's thread is blocked, and once
    /// to be released.
    pub hold: Arc<Barrier>,
    /// What the ids of connections begin with.
    pub prefix: Arc<Mutex<String>>,
}

impl Default for TestApplication {
    fn default() -> Self {
        let hold = Arc::new(Barrier::new(2));
        Self { reasons: Arc::default(), recipients: Arc::default(), hold, prefix: Arc::default() }
    }
}

/// Sends events back, and carries out those that are commands.
pub struct Echo(TestApplication);

impl Application for TestApplication {
    type Handler = Echo;

    fn open(&self, Handshake { request, .. }: Handshake<'_>) -> Option<Echo> {
        let refused = request.headers().contains_key("refuse-me");
        (!refused).then(|| Echo(self.clone()))
    }

    fn session_prefix(&self) -> String {
        self.prefix.lock().unwrap().clone()
    }
}

impl SocketHandler for Echo {
    fn connect(
        &mut self,
        namespace: &str,
        auth: Option<Value>,
        context: &mut SocketContext<'_, Self>,
    ) -> Result<(), String> {
        context.emit(namespace, "auth", &auth.unwrap_or_default().to_string());
        self.0.recipients.lock().unwrap().push(context.address().recipient());
        if namespace == "/nobody" { Err("Invalid namespace".to_owned()) } else { Ok(()) }
    }

    fn event(&mut self, namespace: &str, event: Event<'_>, context: &mut SocketContext<'_, Self>) {
        let args: Vec<&str> = event.args.iter().map(|arg| arg.get()).collect();
        let (args, attachments) = (args.join(","), event.attachments.to_vec());
        match (&*event.name, &event.ack) {
            (_, Some(ack)) => context.acknowledge(ack, &args, attachments),
            ("leave", None) => context.close(Some(CloseFrame { code: 4001, reason: "bye".into() })),
            ("hold", None) => {
                self.0.hold.wait();
                self.0.hold.wait();
            }
            ("burst", None) => {
                let long = format!("\"{}\"", "x".repeat(1000));
                (0..20).for_each(|_| context.emit("/", "burst", &long));
            }
            ("later", None) => {
                context
                    .spawn(async { 7 }, |_, seven, context| context.emit("/", "spawned", &seven.to_string()));
                context.run_later(Duration::from_millis(20), |_, context| context.emit("/", "timed", ""));
            }
            (_, None) => context.emit_binary(namespace, "back", &args, attachments),
        }
    }

    fn close_frame(&self, reason: DisconnectReason) -> Option<CloseFrame> {
        match reason {
            DisconnectReason::SlowClient => Some(CloseFrame { code: 4009, reason: "too slow".into() }),
            other => other.close_frame(),
        }
    }

    fn closed(&mut self, reason: DisconnectReason) {
        self.0.reasons.lock().unwrap().push(reason);
    }
}

impl actix::Handler<Push> for SocketActor<Echo> {
    type Result = ();

    fn handle(&mut self, Push(event): Push, context: &mut Self::Context) {
        self.call_handler(context, |_, context| context.emit_encoded(&event));
    }
}
