//! What a commit makes the process do besides pushing: forget what it remembers, close connections.
//!
//! An effect is queued in the transaction of what it follows from and carried out by whoever commits,
//! so that a client that hangs up in the middle of its request changes nothing about it.

use crate::model::{TokenHash, Uid};
use crate::protocol::objects::QuestionStatus;
use crate::protocol::replies::Reply;

/// What has to follow a commit.
#[derive(Debug, Clone)]
pub enum Effect {
    /// A token is void: it is forgotten, and the connections that registered with it close.
    TokenRevoked {
        /// Whose it was.
        uid: Uid,
        /// Which one.
        token: TokenHash,
    },
    /// All tokens of an account are void: they are forgotten, and all its connections close.
    AccountRevoked(Uid),
    /// What is remembered of an account is out of date.
    AccountChanged(Uid),
    /// Somebody has acknowledged pushes; the authors of what they tell of are to hear of it.
    PushesAcknowledged(Uid),
    /// A question has come to the duty desk, or stands otherwise than before; or somebody was reminded of it.
    QuestionChanged(QuestionStatus),
    /// These people hear an ephemeral message, as far as they are connected: after what was committed
    /// before it, and before what is committed later.
    Tell {
        /// To whom.
        to: Vec<Uid>,
        /// What.
        reply: Reply,
    },
}
