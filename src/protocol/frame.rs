//! A push as it is kept and sent: encoded once, completed for each recipient by joining strings.

use crate::model::{Slots, Uid};
use actix_socketio::EncodedEvent;
use actix_socketio::websocket;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// The namespace of Socket.IO in which all is said.
pub const MAIN: &str = "/";
/// The name of the events that bear envelopes.
pub const MESSAGE: &str = "message";

/// One push for one person: its number, its name and its data in JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The recipient's own number of the push: 1, 2, 3 …
    pub seq: i64,
    /// The `S2C_…` name.
    pub name: Cow<'static, str>,
    /// The object of what is the recipient's own, if anything is.
    pub own: Option<Box<str>>,
    /// The object that all recipients share.
    pub shared: Arc<str>,
}

/// A frame with its recipient, on its way after the commit.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Who is to hear it.
    pub uid: Uid,
    /// What.
    pub frame: Frame,
    /// Where they are connected, where there are several nodes.
    pub slots: Slots,
}

impl Frame {
    /// The envelope as it goes out: `{"type":…,"seq":…,"data":{…}}`.
    pub fn envelope(&self) -> String {
        self.parts(&self.seq.to_string()).concat()
    }

    /// The data alone, as one JSON object.
    pub fn data(&self) -> String {
        self.joined().concat()
    }

    /// What its envelope consists of, where `seq` is its number.
    fn parts<'a>(&'a self, seq: &'a str) -> [&'a str; 9] {
        let [own, comma, shared] = self.joined();
        ["{\"type\":\"", &self.name, "\",\"seq\":", seq, ",\"data\":", own, comma, shared, "}"]
    }

    /// The two objects as one; either may be empty (`""` or `{}`).
    fn joined(&self) -> [&str; 3] {
        let (own, shared) = (self.own.as_deref().unwrap_or(""), &*self.shared);
        let is_empty = |object: &str| object.len() <= 2;
        match (is_empty(own), is_empty(shared)) {
            (false, false) => [&own[..own.len() - 1], ",", &shared[1..]],
            (false, true) => [own, "", ""],
            (true, _) => ["", "", shared],
        }
    }
}

/// A frame on its way to all connections of its recipient. Whoever sends it first encodes it for all that
/// have the same transport.
#[derive(Debug, Clone)]
pub struct SharedFrame(Arc<Encoded>);

#[derive(Debug)]
struct Encoded {
    frame: Frame,
    websocket: OnceLock<websocket::Frame>,
    socketio: OnceLock<EncodedEvent>,
}

impl SharedFrame {
    /// The frame itself.
    pub fn frame(&self) -> &Frame {
        &self.0.frame
    }

    /// The frame that carries it on `/ws`.
    pub fn websocket(&self) -> websocket::Frame {
        let Encoded { frame, websocket, .. } = &*self.0;
        let encode = || websocket::Frame::text_of(&frame.parts(&frame.seq.to_string()));
        websocket.get_or_init(encode).clone()
    }

    /// The event of Socket.IO that carries it.
    pub fn socketio(&self) -> &EncodedEvent {
        let Encoded { frame, socketio, .. } = &*self.0;
        let encode = || EncodedEvent::of_parts(MAIN, MESSAGE, &frame.parts(&frame.seq.to_string()));
        socketio.get_or_init(encode)
    }
}

impl From<Frame> for SharedFrame {
    fn from(frame: Frame) -> Self {
        Self(Arc::new(Encoded { frame, websocket: OnceLock::new(), socketio: OnceLock::new() }))
    }
}

impl PartialEq for SharedFrame {
    fn eq(&self, other: &Self) -> bool {
        self.0.frame == other.0.frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_and_shared_become_one_object() {
        let frame = |own: Option<&str>, shared: &str| Frame {
            seq: 7,
            name: "S2C_X".into(),
            own: own.map(Into::into),
            shared: shared.into(),
        };
        let both = frame(Some(r#"{"a":1}"#), r#"{"b":2}"#).envelope();
        assert_eq!(both, r#"{"type":"S2C_X","seq":7,"data":{"a":1,"b":2}}"#);
        let shared = frame(None, r#"{"b":2}"#).envelope();
        assert_eq!(shared, r#"{"type":"S2C_X","seq":7,"data":{"b":2}}"#);
        assert_eq!(frame(None, "{}").envelope(), r#"{"type":"S2C_X","seq":7,"data":{}}"#);
    }
}
