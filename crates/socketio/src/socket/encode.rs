//! Encodes the packets that the server sends. Arguments are JSON already and are copied as they are.

use serde_json::json;

use crate::{engine::codec::packet::EncodedPacket, handshake::EngineVersion, websocket::Frame};

/// The parts of an event or an acknowledgement before its data.
struct Head<'a> {
    /// The type without attachments, behind the type of an Engine.IO message.
    text: &'static str,
    /// The type with attachments, likewise.
    binary: &'static str,
    namespace: &'a str,
    ack_id: Option<u64>,
}

/// An event, whose arguments may come in parts, that this many attachments will follow. With `ack_id`, the client is asked for an
/// acknowledgement.
pub(super) fn event(
    namespace: &str,
    name: &str,
    args: &[&str],
    attachments: usize,
    ack_id: Option<u64>,
) -> EncodedPacket {
    let name = json!(name).to_string();
    let mut parts = vec![&*name];
    if args.iter().any(|part| !part.is_empty()) {
        parts.push(",");
        parts.extend(args);
    }
    encode(Head { text: "42", binary: "45", namespace, ack_id }, attachments, &parts)
}

/// The acknowledgement of an event.
pub(super) fn ack(namespace: &str, id: u64, args: &str, attachments: usize) -> EncodedPacket {
    encode(Head { text: "43", binary: "46", namespace, ack_id: Some(id) }, attachments, &[args])
}

/// Confirms that the client has joined a namespace. In protocol 5, it has an id there.
pub(super) fn connect(namespace: &str, sid: Option<&str>) -> EncodedPacket {
    let data = sid.map(|sid| json!({ "sid": sid }).to_string());
    plain("40", namespace, data.as_deref().unwrap_or_default())
}

/// Refuses to let the client join a namespace.
pub(super) fn connect_error(namespace: &str, message: &str, version: EngineVersion) -> EncodedPacket {
    let data = match version {
        EngineVersion::V3 => json!(message),
        EngineVersion::V4 => json!({ "message": message }),
    };
    plain("44", namespace, &data.to_string())
}

/// Removes the client from a namespace.
pub(super) fn disconnect(namespace: &str) -> EncodedPacket {
    plain("41", namespace, "")
}

fn plain(packet_type: &str, namespace: &str, data: &str) -> EncodedPacket {
    let (namespace, comma) = prefix(namespace);
    EncodedPacket::Text(Frame::text_of(&[packet_type, namespace, comma, data]))
}

fn encode(head: Head<'_>, attachments: usize, array: &[&str]) -> EncodedPacket {
    let (namespace, comma) = prefix(head.namespace);
    let count = if attachments > 0 { format!("{attachments}-") } else { String::new() };
    let packet_type = if attachments > 0 { head.binary } else { head.text };
    let id = head.ack_id.map(|id| id.to_string()).unwrap_or_default();
    let mut parts = vec![packet_type, &count, namespace, comma, &id, "["];
    parts.extend(array);
    parts.push("]");
    EncodedPacket::Text(Frame::text_of(&parts))
}

/// The namespace and the comma behind it. The main namespace is not written.
fn prefix(namespace: &str) -> (&str, &'static str) {
    if namespace == "/" { ("", "") } else { (namespace, ",") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(text: &'static str) -> EncodedPacket {
        EncodedPacket::Text(Frame::text(text))
    }

    #[test]
    fn events_and_acks() {
        assert_eq!(event("/", "message", &["{", "}"], 0, None), packet(r#"42["message",{}]"#));
        assert_eq!(event("/a", "é\"", &[], 0, Some(3)), packet(r#"42/a,3["é\""]"#));
        assert_eq!(event("/", "e", &["1,2"], 2, None), packet(r#"452-["e",1,2]"#));
        assert_eq!(ack("/", 7, "1", 0), packet("437[1]"));
        assert_eq!(ack("/a", 7, "", 1), packet("461-/a,7[]"));
    }

    #[test]
    fn connecting_differs_between_the_protocols() {
        assert_eq!(connect("/", None), packet("40"));
        assert_eq!(connect("/a", Some("x")), packet(r#"40/a,{"sid":"x"}"#));
        assert_eq!(disconnect("/a"), packet("41/a,"));
        let message = "Invalid namespace";
        let v5 = connect_error("/a", message, EngineVersion::V4);
        assert_eq!(v5, packet(r#"44/a,{"message":"Invalid namespace"}"#));
        assert_eq!(connect_error("/a", message, EngineVersion::V3), packet(r#"44/a,"Invalid namespace""#));
    }
}
