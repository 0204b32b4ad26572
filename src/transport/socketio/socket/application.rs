//! What is hosted: one [`Application`], which makes a [`SocketHandler`] for each connection.

use std::borrow::Cow;

use actix_web::web::Bytes;
use bytestring::ByteString;
use serde_json::{Value, value::RawValue};

use super::{
    super::{
        error::{Ending, Farewell},
        handshake::Handshake,
    },
    outbound::Outbound,
};

/// Makes the handler of each new connection. Shared by all workers.
pub trait Application: Clone + Send + 'static {
    /// The handler.
    type Handler: SocketHandler;

    /// A client opens a connection.
    fn open(&self, handshake: Handshake<'_>) -> Self::Handler;
}

/// What runs on one connection, in all its namespaces. It lives in the connection's actor: it is
/// called by one thread, one call after the other.
pub trait SocketHandler: Sized + Unpin + 'static {
    /// What other actors may send to it; see [`Outbound::address`].
    type Message: Send + 'static;

    /// The client asks to join `namespace`. What is emitted here reaches it after the news that
    /// it is in. `auth` is what it gave (clients 1.x and 2.x: the query behind the namespace). An
    /// error is the message that it is refused with; what was emitted is dropped.
    ///
    /// Clients 1.x and 2.x are joined to `/` without their asking.
    fn connect(
        &mut self,
        namespace: &str,
        auth: Option<Value>,
        out: &mut Outbound<'_, '_, Self>,
    ) -> Result<(), String>;

    /// An event in a namespace that the client has joined.
    fn event(&mut self, namespace: &str, event: Event<'_>, out: &mut Outbound<'_, '_, Self>);

    /// A message from another actor.
    fn message(&mut self, message: Self::Message, out: &mut Outbound<'_, '_, Self>);

    /// The client answers an event that was emitted with this id.
    fn acknowledged(
        &mut self,
        _namespace: &str,
        _id: u64,
        _args: &[&RawValue],
        _attachments: &[Bytes],
        _out: &mut Outbound<'_, '_, Self>,
    ) {
    }

    /// The client left a namespace, of its own will.
    fn disconnected(&mut self, _namespace: &str, _out: &mut Outbound<'_, '_, Self>) {}

    /// The last words to a WebSocket which the layer itself closes.
    fn farewell(&self, ending: Ending) -> Option<Farewell> {
        ending.farewell()
    }

    /// The connection is over, with all its namespaces. Nothing is called after this.
    fn closed(&mut self, ending: Ending);
}

/// An event from a client.
#[derive(Debug)]
pub struct Event<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// What came with it: valid JSON, with `{"_placeholder":true,"num":n}` for attachments.
    pub args: Vec<&'a RawValue>,
    /// Its attachments.
    pub attachments: &'a [Bytes],
    /// There if the client asks for an answer; may be kept, and answered later.
    pub ack: Option<Ack>,
}

/// Where an answer goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// The namespace of the event.
    pub namespace: ByteString,
    /// What the client numbered it with.
    pub id: u64,
}
