//! Cursors on the wire: `key.id`, such as `1795424400007.01kb…` for a time and an id.

use crate::db::paging::Cursor;
use crate::model::{DialogId, Malformed, MessageId, RoomId, RosterId, Time, Uid};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

const MALFORMED: Malformed = Malformed::invalid("must be the next of an earlier page");

/// One of the two parts of a cursor. None may contain a dot.
pub trait Part: Sized {
    /// The part in the example of a cursor.
    const EXAMPLE: &str;

    /// Parses the part as it is written; `None` where it is none.
    fn parse(text: &str) -> Option<Self>;

    /// Writes the part.
    fn write(&self, f: &mut Formatter<'_>) -> fmt::Result;
}

/// Milliseconds since 1970-01-01T00:00:00Z.
impl Part for Time {
    const EXAMPLE: &str = "1795424400007";

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self::from_millis)
    }

    fn write(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.millis().fmt(f)
    }
}

macro_rules! parts {
    ($($id:ident = $example:literal;)+) => {$(
        impl Part for $id {
            const EXAMPLE: &str = $example;

            fn parse(text: &str) -> Option<Self> {
                Self::try_from(text.to_owned()).ok()
            }

            fn write(&self, f: &mut Formatter<'_>) -> fmt::Result {
                self.fmt(f)
            }
        }
    )+};
}

parts! {
    MessageId = "id-1";
    DialogId = "id-1";
    RoomId = "RoomId-1";
    RosterId = "RosterId-1";
    Uid = "Uid-1";
}

impl<Id: Part, Key: Part> Display for Cursor<Id, Key> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.write(f)?;
        f.write_str(".")?;
        self.1.write(f)
    }
}

impl<Id: Part, Key: Part> TryFrom<String> for Cursor<Id, Key> {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let (key, id) = text.split_once('.').ok_or(MALFORMED)?;
        Key::parse(key).zip(Id::parse(id)).map(|(key, id)| Self(key, id)).ok_or(MALFORMED)
    }
}

impl<'de, Id: Part, Key: Part> Deserialize<'de> for Cursor<Id, Key> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(from)?).map_err(de::Error::custom)
    }
}

impl<Id: Part, Key: Part> JsonSchema for Cursor<Id, Key> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Cursor".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Where a page of the list begins: the `next` of the page before.",
            "type": "string",
            "examples": [format!("{}.{}", Key::EXAMPLE, Id::EXAMPLE)],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        for text in ["1795424400007.id-1", "-1.id-2"] {
            assert_eq!(Cursor::<MessageId>::try_from(text.to_owned()).unwrap().to_string(), text);
        }
        let contact = Cursor::<Uid, RoomId>::try_from("room-1.uid-1".to_owned()).unwrap();
        assert_eq!(contact.to_string(), "room-1.uid-1");
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", ".", "1795424400007", "1795424400007.", ".id-1", "now.id-1", "1.two.three"] {
            assert_eq!(Cursor::<DialogId>::try_from(text.to_owned()), Err(MALFORMED), "{text}");
        }
    }
}
