//! What a commit makes the process do besides pushing: forget what it remembers, close connections. What concerns
//! other nodes of the service they are told, and do likewise.
//!
//! An effect is queued in the transaction of what it follows from and carried out by whoever commits,
//! so that a client that hangs up in the middle of its request changes nothing about it.

use crate::model::{DeviceId, RoomId, Slots, TokenHash, Uid};
use crate::protocol::objects::QuestionStatus;
use crate::protocol::replies::Word;
use serde::{Deserialize, Serialize};

/// What has to follow a commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// A connection has taken the place of others of its account, on other nodes: of those that registered before it,
    /// all, or where an account may have several those from the same device. They close.
    Displaced {
        /// Whose.
        uid: Uid,
        /// The device of the one that came.
        deviceid: DeviceId,
        /// Which of the account's registrations it came by.
        epoch: i64,
        /// Where the others are.
        #[serde(skip)]
        slots: Slots,
    },
    /// Who is in a room, or whether it is open, has changed: what is remembered of it is out of date.
    RoomChanged(RoomId),
    /// Somebody has acknowledged pushes; the authors of what they tell of are to hear of it.
    PushesAcknowledged(Uid),
    /// A question has come to the duty desk, or stands otherwise than before; or somebody was reminded of it.
    QuestionChanged(QuestionStatus),
    /// An administrator looks at the duty desk, and hears from now on how questions stand.
    DeskOpened(Uid),
    /// The duty roster is not what it was: doctors may be on duty from now on, or off.
    RosterChanged,
    /// These people hear an ephemeral message, as far as they are connected: after what was committed
    /// before it, and before what is committed later.
    Tell {
        /// To whom.
        to: Vec<Uid>,
        /// What.
        word: Word,
    },
}

impl Effect {
    /// On which other nodes than the one that commits it has to follow.
    pub fn slots(&self) -> Slots {
        match self {
            Self::Displaced { slots, .. } => *slots,
            Self::TokenRevoked { .. }
            | Self::AccountRevoked(_)
            | Self::AccountChanged(_)
            | Self::RoomChanged(_)
            | Self::QuestionChanged(_)
            | Self::DeskOpened(_)
            | Self::RosterChanged
            | Self::Tell { .. } => Slots::ALL,
            // Whoever commits tells the authors.
            Self::PushesAcknowledged(_) => Slots::NONE,
        }
    }

    /// Whether it comes before the pushes of its commit on other nodes, too: who hears of a change there may rely on it.
    pub fn precedes_pushes(&self) -> bool {
        match self {
            Self::RoomChanged(_) => true,
            Self::TokenRevoked { .. }
            | Self::AccountRevoked(_)
            | Self::AccountChanged(_)
            | Self::Displaced { .. }
            | Self::PushesAcknowledged(_)
            | Self::QuestionChanged(_)
            | Self::DeskOpened(_)
            | Self::RosterChanged
            | Self::Tell { .. } => false,
        }
    }

    /// How many bytes it has at the most, where it is told another node.
    pub fn weight(&self) -> usize {
        match self {
            Self::TokenRevoked { .. } | Self::QuestionChanged(_) | Self::Displaced { .. } => 1024,
            Self::AccountRevoked(_)
            | Self::AccountChanged(_)
            | Self::RoomChanged(_)
            | Self::PushesAcknowledged(_)
            | Self::DeskOpened(_)
            | Self::RosterChanged => 128,
            Self::Tell { to, word } => {
                128 + word.weight() + to.iter().map(|uid| 8 + uid.as_str().len()).sum::<usize>()
            }
        }
    }
}
