//! Packets for clients. Pure. Arguments are JSON already: nothing here parses or writes values.

use serde_json::json;

use super::super::engine::packet::{Version, Wire};

/// An event for one namespace, encoded once for as many clients as will hear it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded(Wire);

/// What has a namespace and an id, and may have attachments.
struct Head<'a> {
    text: &'static str,
    binary: &'static str,
    namespace: &'a str,
    ack: Option<u64>,
}

impl Encoded {
    /// `args` are JSON values, with commas between them; nothing for none.
    pub fn event(namespace: &str, name: &str, args: &str) -> Encoded {
        Encoded(event(namespace, name, args, 0, None))
    }

    pub(super) fn wire(&self) -> Wire {
        self.0.clone()
    }
}

/// An event, to be followed by so many attachments; `ack` asks for an answer.
pub(super) fn event(namespace: &str, name: &str, args: &str, attachments: usize, ack: Option<u64>) -> Wire {
    let name = json!(name).to_string();
    let parts = if args.is_empty() { vec![&*name] } else { vec![&*name, ",", args] };
    encode(Head { text: "42", binary: "45", namespace, ack }, attachments, &parts)
}

/// The answer to an event.
pub(super) fn ack(namespace: &str, id: u64, args: &str, attachments: usize) -> Wire {
    encode(Head { text: "43", binary: "46", namespace, ack: Some(id) }, attachments, &[args])
}

/// The client is in the namespace; since protocol 5, under an id of its own.
pub(super) fn connect(namespace: &str, sid: Option<&str>) -> Wire {
    let data = sid.map(|sid| json!({ "sid": sid }).to_string());
    plain("40", namespace, data.as_deref().unwrap_or_default())
}

/// The client is not let into the namespace.
pub(super) fn connect_error(namespace: &str, message: &str, version: Version) -> Wire {
    let data = match version {
        Version::V3 => json!(message),
        Version::V4 => json!({ "message": message }),
    };
    plain("44", namespace, &data.to_string())
}

/// The client is put out of the namespace.
pub(super) fn disconnect(namespace: &str) -> Wire {
    plain("41", namespace, "")
}

fn plain(kind: &str, namespace: &str, data: &str) -> Wire {
    let (namespace, comma) = prefix(namespace);
    Wire::Text([kind, namespace, comma, data].concat().into())
}

fn encode(head: Head<'_>, attachments: usize, array: &[&str]) -> Wire {
    let (namespace, comma) = prefix(head.namespace);
    let count = if attachments > 0 { format!("{attachments}-") } else { String::new() };
    let kind = if attachments > 0 { head.binary } else { head.text };
    let id = head.ack.map(|id| id.to_string()).unwrap_or_default();
    let mut parts = vec![kind, &count, namespace, comma, &id, "["];
    parts.extend(array);
    parts.push("]");
    Wire::Text(parts.concat().into())
}

/// The main namespace goes without saying.
fn prefix(namespace: &str) -> (&str, &'static str) {
    if namespace == "/" { ("", "") } else { (namespace, ",") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(text: &'static str) -> Wire {
        Wire::Text(text.into())
    }

    #[test]
    fn events_and_acks() {
        assert_eq!(event("/", "message", "{}", 0, None), wire(r#"42["message",{}]"#));
        assert_eq!(event("/a", "é\"", "", 0, Some(3)), wire(r#"42/a,3["é\""]"#));
        assert_eq!(event("/", "e", "1,2", 2, None), wire(r#"452-["e",1,2]"#));
        assert_eq!(ack("/", 7, "1", 0), wire("437[1]"));
        assert_eq!(ack("/a", 7, "", 1), wire("461-/a,7[]"));
    }

    #[test]
    fn connecting_differs_between_the_protocols() {
        assert_eq!(connect("/", None), wire("40"));
        assert_eq!(connect("/a", Some("x")), wire(r#"40/a,{"sid":"x"}"#));
        assert_eq!(disconnect("/a"), wire("41/a,"));
        let message = "Invalid namespace";
        let v5 = connect_error("/a", message, Version::V4);
        assert_eq!(v5, wire(r#"44/a,{"message":"Invalid namespace"}"#));
        assert_eq!(connect_error("/a", message, Version::V3), wire(r#"44/a,"Invalid namespace""#));
    }
}
