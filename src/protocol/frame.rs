//! A push as it is kept and sent: encoded once, completed for each recipient by joining strings.

use crate::model::Uid;
use std::borrow::Cow;
use std::sync::Arc;

/// One push for one person: its number, its name and its data in JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The recipient's own number of the push: 1, 2, 3 …
    pub seq: i64,
    /// The `S2C_…` name.
    pub name: Cow<'static, str>,
    /// The object of what is the recipient's own, if anything is.
    pub own: Option<Box<str>>,
    /// The object that all recipients share.
    pub shared: Arc<str>,
}

/// A frame with its recipient, on its way after the commit.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Who is to hear it.
    pub uid: Uid,
    /// What.
    pub frame: Frame,
}

impl Frame {
    /// The envelope as it goes out: `{"type":…,"seq":…,"data":{…}}`.
    pub fn envelope(&self) -> String {
        let mut text = String::with_capacity(48 + self.name.len() + self.data_len());
        text.push_str("{\"type\":\"");
        text.push_str(&self.name);
        text.push_str("\",\"seq\":");
        text.push_str(&self.seq.to_string());
        text.push_str(",\"data\":");
        self.join_into(&mut text);
        text.push('}');
        text
    }

    /// The data alone, as one JSON object.
    pub fn data(&self) -> String {
        let mut text = String::with_capacity(self.data_len());
        self.join_into(&mut text);
        text
    }

    fn data_len(&self) -> usize {
        self.own.as_deref().map_or(0, str::len) + self.shared.len()
    }

    fn join_into(&self, text: &mut String) {
        join(text, self.own.as_deref().unwrap_or(""), &self.shared);
    }
}

/// Writes two JSON objects as one; either may be empty (`""` or `{}`).
fn join(text: &mut String, first: &str, second: &str) {
    let inner = |object: &str| object.len() > 2;
    match (inner(first), inner(second)) {
        (true, true) => {
            text.push_str(&first[..first.len() - 1]);
            text.push(',');
            text.push_str(&second[1..]);
        }
        (true, false) => text.push_str(first),
        (false, _) => text.push_str(second),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_and_shared_become_one_object() {
        let frame = |own: Option<&str>, shared: &str| Frame {
            seq: 7,
            name: "S2C_X".into(),
            own: own.map(Into::into),
            shared: shared.into(),
        };
        let both = frame(Some(r#"{"a":1}"#), r#"{"b":2}"#).envelope();
        assert_eq!(both, r#"{"type":"S2C_X","seq":7,"data":{"a":1,"b":2}}"#);
        let shared = frame(None, r#"{"b":2}"#).envelope();
        assert_eq!(shared, r#"{"type":"S2C_X","seq":7,"data":{"b":2}}"#);
        assert_eq!(frame(None, "{}").envelope(), r#"{"type":"S2C_X","seq":7,"data":{}}"#);
    }
}
