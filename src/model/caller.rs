//! Who asks: an account whose token has been found good.

use super::{Role, Time, Uid};

/// The SHA-256 of a token; the token itself is never kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// Somebody whose token has been found good.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub uid: Uid,
    /// What they are.
    pub role: Role,
    /// What they are called.
    pub name: String,
    /// The token that they came with.
    pub token: TokenHash,
    /// When it ceases to be good.
    pub expires: Time,
}
