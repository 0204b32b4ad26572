//! Polls and posts of Socket.IO, as one node asks another for them: what is asked and answered, and whoever has the
//! connections. How Socket.IO looks is up to `transport`, what carries it is up to `cluster`.

use crate::model::Malformed;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};

/// A poll or a post.
#[derive(Debug, Serialize, Deserialize)]
pub struct PollRequest {
    /// The connection.
    pub id: String,
    /// What is posted; `None` for a poll.
    pub posted: Option<Posted>,
}

/// What is posted.
#[derive(Debug, Serialize, Deserialize)]
pub struct Posted {
    /// The body.
    pub body: Base64,
    /// Whether it is binary.
    pub binary: bool,
}

/// What the client is answered.
#[derive(Debug, Serialize, Deserialize)]
pub struct PollAnswer {
    /// The HTTP status.
    pub status: u16,
    /// What the body is.
    pub content_type: String,
    /// The body.
    pub body: Base64,
}

/// Bytes as text, which takes a third more of a message, whatever they are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Base64(pub Bytes);

/// The connections of Socket.IO of this node.
pub trait Polls: Send + Sync {
    /// Whether this one is there.
    fn has(&self, id: &str) -> bool;
    /// Answers a request that came to another node.
    fn answer(&self, request: PollRequest) -> LocalBoxFuture<'static, PollAnswer>;
    /// Ends a connection of which something is lost elsewhere.
    fn abandon(&self, id: &str);
}

impl TryFrom<String> for Base64 {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let bytes = STANDARD.decode(text).map_err(|_| Malformed::invalid("must be base64"))?;
        Ok(Self(bytes.into()))
    }
}

impl From<Base64> for String {
    fn from(Base64(bytes): Base64) -> Self {
        STANDARD.encode(bytes)
    }
}
