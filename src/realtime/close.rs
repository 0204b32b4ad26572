//! Why a connection is closed, and what its client is told of it.

/// Why the server closes a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// The same device came back on another connection.
    Replaced,
    /// The account registered from another device.
    DifferentConnection,
    /// The token is void.
    TokenVoid,
    /// No registration in time.
    NotRegistered,
    /// The client does not take in what it is sent.
    TooSlow,
    /// The server ends; come back within that many seconds, at a random moment.
    GoingDown {
        /// Seconds.
        retry_after: u64,
    },
    /// A message was too big.
    TooBig,
    /// Three frames were no envelopes.
    NotEnvelope,
}

impl CloseReason {
    /// The close code of the contract.
    pub fn code(self) -> u16 {
        match self {
            Self::Replaced => 1000,
            Self::DifferentConnection => 4001,
            Self::TokenVoid => 4003,
            Self::NotRegistered => 4008,
            Self::TooSlow => 4009,
            Self::GoingDown { .. } => 4010,
            Self::TooBig => 1009,
            Self::NotEnvelope => 1008,
        }
    }

    /// Whether the client must not come back by itself: it would do harm, or be of no use.
    pub fn is_final(self) -> bool {
        match self {
            Self::Replaced | Self::DifferentConnection | Self::TokenVoid | Self::NotEnvelope => true,
            Self::NotRegistered | Self::TooSlow | Self::GoingDown { .. } | Self::TooBig => false,
        }
    }

    /// The name under which it is counted.
    pub fn name(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::DifferentConnection => "different_connection",
            Self::TokenVoid => "token_void",
            Self::NotRegistered => "not_registered",
            Self::TooSlow => "too_slow",
            Self::GoingDown { .. } => "going_down",
            Self::TooBig => "too_big",
            Self::NotEnvelope => "not_envelope",
        }
    }

    /// The reason that goes with it.
    pub fn reason(self) -> String {
        match self {
            Self::Replaced => String::new(),
            Self::DifferentConnection => "another connection".to_owned(),
            Self::TokenVoid => "token void".to_owned(),
            Self::NotRegistered => "not registered in time".to_owned(),
            Self::TooSlow => "too slow: reconnect with since".to_owned(),
            Self::GoingDown { retry_after } => format!("{{\"retryafter\":{retry_after}}}"),
            Self::TooBig => "message too big".to_owned(),
            Self::NotEnvelope => "not an envelope".to_owned(),
        }
    }
}
