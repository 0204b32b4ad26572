//! The id of a request: what its answer and the log call it.

use super::malformed::Malformed;
use std::fmt::{Display, Formatter};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

/// Longest id that is taken from a client or a proxy, in characters.
const LONGEST: usize = 64;

/// What one request is called in the log: chosen by whoever sent it, or made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A new id: no other of this process is the same, and hardly one of another. It costs every request, so
    /// it is neither drawn from the system nor locked for.
    pub fn new() -> Self {
        static NEXT: LazyLock<AtomicU64> =
            LazyLock::new(|| RandomState::new().build_hasher().finish().into());
        Self(format!("{:016x}", scatter(NEXT.fetch_add(1, Ordering::Relaxed))).into())
    }

    /// The id as it stands in a header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Another number for each number, so that ids which follow each other do not look alike: the finalizer of
/// SplitMix64.
fn scatter(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes what cannot be mistaken for anything else in a log.
impl TryFrom<&str> for RequestId {
    type Error = Malformed;

    fn try_from(text: &str) -> Result<Self, Malformed> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        match (1..=LONGEST).contains(&text.len()) && text.bytes().all(plain) {
            true => Ok(Self(text.into())),
            false => Err(Malformed::invalid("must be 1 to 64 of A-Z a-z 0-9 . _ -")),
        }
    }
}

impl Display for RequestId {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_forge_a_line_is_no_id() {
        for text in ["", "two words", "a\nb", "id=1", "张", &"x".repeat(65)] {
            assert!(RequestId::try_from(text).is_err(), "{text:?}");
        }
        for text in ["req-1.2_A", &"x".repeat(64), RequestId::new().as_str()] {
            assert_eq!(RequestId::try_from(text).unwrap().as_str(), text);
        }
    }
}
