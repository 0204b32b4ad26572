//! The error of parsing a value of the domain.

/// Why a value from outside was not taken; the text says what would have been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub &'static str);
