//! Who asks: an account whose token is valid.

use super::enums::Role;
use super::id::Uid;
use super::time::Time;
use serde::{Deserialize, Serialize};

/// The SHA-256 of a token; the token itself is never kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TokenHash(pub [u8; 32]);

/// The account that a valid token is of.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account.
    pub uid: Uid,
    /// Its role.
    pub role: Role,
    /// Its name.
    pub name: String,
    /// The token that was presented.
    pub token: TokenHash,
    /// When the token expires.
    pub expires: Time,
}
