//! Joins the fragments of a WebSocket message, up to a maximum length. The WebSocket codec checks
//! that fragments arrive in a valid order.

use actix_http::ws::Item;
use actix_web::web::{Bytes, BytesMut};

use super::packet::PacketError;

/// The fragments of one message that have arrived so far.
#[derive(Debug, Default)]
pub(crate) struct Fragments {
    joined: BytesMut,
    kind: Kind,
}

#[derive(Debug, Default)]
enum Kind {
    #[default]
    Text,
    Binary,
}

/// A complete message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Joined {
    /// A text message, which has not been checked to be UTF-8.
    Text(Bytes),
    Binary(Bytes),
}

impl Fragments {
    /// Adds a fragment and returns the message if it was the last one. The whole message may have
    /// `limit` bytes.
    pub(crate) fn push(&mut self, item: Item, limit: usize) -> Result<Option<Joined>, PacketError> {
        let (data, last) = match item {
            Item::FirstText(data) => (self.begin(data, Kind::Text), false),
            Item::FirstBinary(data) => (self.begin(data, Kind::Binary), false),
            Item::Continue(data) => (data, false),
            Item::Last(data) => (data, true),
        };
        if self.joined.len() + data.len() > limit {
            return Err(PacketError::TooBig);
        }
        self.joined.extend_from_slice(&data);
        Ok(last.then(|| self.finish()))
    }

    fn begin(&mut self, data: Bytes, kind: Kind) -> Bytes {
        self.joined.clear();
        self.kind = kind;
        data
    }

    /// Releases the buffer, because most clients never send fragments again.
    fn finish(&mut self) -> Joined {
        let joined = std::mem::take(&mut self.joined).freeze();
        match self.kind {
            Kind::Text => Joined::Text(joined),
            Kind::Binary => Joined::Binary(joined),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }

    #[test]
    fn fragments_make_a_message() {
        let mut fragments = Fragments::default();
        assert_eq!(fragments.push(Item::FirstText(bytes("4a")), 9), Ok(None));
        assert_eq!(fragments.push(Item::Continue(bytes("b")), 9), Ok(None));
        let joined = fragments.push(Item::Last(bytes("c")), 9);
        assert_eq!(joined, Ok(Some(Joined::Text(bytes("4abc")))));
        assert_eq!(fragments.push(Item::FirstBinary(bytes("x")), 9), Ok(None));
        let joined = fragments.push(Item::Last(bytes("y")), 9);
        assert_eq!(joined, Ok(Some(Joined::Binary(bytes("xy")))));
    }

    #[test]
    fn their_sum_is_bounded() {
        let mut fragments = Fragments::default();
        assert_eq!(fragments.push(Item::FirstText(bytes("1234")), 6), Ok(None));
        let joined = fragments.push(Item::Continue(bytes("567")), 6);
        assert_eq!(joined, Err(PacketError::TooBig));
    }
}
