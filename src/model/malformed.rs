//! Why a value from outside was not taken: the rule that it breaks, as a code for clients and as words for developers.

use std::borrow::Cow;
use strum::{EnumIter, IntoEnumIterator};

/// Why a value was not taken. Its text says what would have been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, EnumIter)]
pub enum Malformed {
    /// Nothing was given.
    #[error("is missing")]
    Missing,
    /// Neither it nor the other field that is named was given.
    #[error("is missing, and so is {0}")]
    MissingBoth(&'static str),
    /// There is nothing in it.
    #[error("must not be empty")]
    Empty,
    /// It has more characters than fit.
    #[error("is too long")]
    TooLong,
    /// It holds characters that are no text.
    #[error("must not hold control characters")]
    Control,
    /// It holds characters that show others in another order than they stand.
    #[error("must not hold characters that turn the direction of writing")]
    Turned,
    /// It is to be a line of which every character shows.
    #[error("must be one line, without invisible characters")]
    Line,
    /// It is to be a telephone number.
    #[error("must be a telephone number: 5 to 20 digits")]
    Phone,
    /// It is to be what an account is logged in by.
    #[error("must be 1 to 64 letters, digits, + _ - . or @")]
    Login,
    /// It is to be a password.
    #[error("must have 8 to 128 characters")]
    Password,
    /// It is to be the address of a page.
    #[error("must be an http or https address of at most 500 characters")]
    Address,
    /// It is to be in the future.
    #[error("must be in the future")]
    Past,
    /// It is to come after the other field that is named.
    #[error("must be after {0}")]
    Order(&'static str),
    /// It is to be in the hours that a doctor offers.
    #[error("is outside of the hours that the doctor offers")]
    Hours,
    /// There is nothing of that id.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// No file of this kind is taken.
    #[error("is not of a kind that is taken")]
    FileKind,
    /// It is a picture with more pixels than are taken.
    #[error("has more than 50 million pixels")]
    Pixels,
    /// It names an account that is there already.
    #[error("has an account already")]
    Taken,
    /// It stands in an earlier line of the same file, whose number is named.
    #[error("stands in line {0} already")]
    Repeated(u64),
    /// A row has more cells than the heading of its table.
    #[error("has more cells than the heading")]
    Cells,
    /// It is no text in an encoding that is read.
    #[error("must be text in UTF-8 or GB 18030")]
    Encoding,
    /// It has more parts than are taken.
    #[error("has more than {0} rows")]
    TooMany(usize),
    /// It is a period that holds more than is counted at once.
    #[error("is too long a period")]
    Period,
    /// Anything that has no code of its own.
    #[error("{0}")]
    Invalid(Cow<'static, str>),
}

impl Malformed {
    /// A reason that has no code of its own.
    pub const fn invalid(why: &'static str) -> Self {
        Self::Invalid(Cow::Borrowed(why))
    }

    /// The code of the rule, for clients that say it in words of their own.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Missing | Self::MissingBoth(_) => "missing",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Control | Self::Turned | Self::Line => "invisible",
            Self::Phone => "phone",
            Self::Login => "login",
            Self::Password => "password",
            Self::Address => "address",
            Self::Past => "past",
            Self::Order(_) => "order",
            Self::Hours => "hours",
            Self::Unknown(_) => "unknown",
            Self::FileKind => "file_kind",
            Self::Pixels => "pixels",
            Self::Taken => "taken",
            Self::Repeated(_) => "repeated",
            Self::Cells => "cells",
            Self::Encoding => "encoding",
            Self::TooMany(_) => "too_many",
            Self::Period => "period",
            Self::Invalid(_) => "invalid",
        }
    }
}

/// A parser of JSON or of a query hands an error on as its text alone: here it becomes what it was.
impl From<Cow<'static, str>> for Malformed {
    fn from(why: Cow<'static, str>) -> Self {
        Self::iter().find(|one| one.to_string() == why).unwrap_or(Self::Invalid(why))
    }
}

impl From<&'static str> for Malformed {
    fn from(why: &'static str) -> Self {
        Cow::Borrowed(why).into()
    }
}

impl From<String> for Malformed {
    fn from(why: String) -> Self {
        Cow::<'static, str>::Owned(why).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_parser_hands_on_keeps_its_rule() {
        for one in Malformed::iter() {
            assert_eq!(Malformed::from(one.to_string()), one, "{one}");
        }
        assert_eq!(Malformed::from("is missing somewhere").rule(), "invalid");
    }
}
