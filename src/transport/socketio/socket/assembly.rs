//! Puts packets and their attachments together again. Pure; how long the attachments may take is
//! for the caller to see to.

use actix_web::web::Bytes;

use super::packet::{Malformed, Packet};

/// At most one packet is in the making.
#[derive(Debug, Default)]
pub struct Assembly(Option<Box<(Packet, Vec<Bytes>)>>);

impl Assembly {
    /// A packet came; given back if it is complete as it is.
    pub fn text(&mut self, packet: Packet) -> Result<Option<Packet>, Malformed> {
        if self.0.is_some() {
            return Err(Malformed);
        }
        if packet.attachments == 0 {
            return Ok(Some(packet));
        }
        self.0 = Some(Box::new((packet, Vec::new())));
        Ok(None)
    }

    /// An attachment came; with the last one, the packet is complete.
    pub fn binary(&mut self, data: Bytes) -> Result<Option<(Packet, Vec<Bytes>)>, Malformed> {
        let mut pending = self.0.take().ok_or(Malformed)?;
        pending.1.push(data);
        if pending.1.len() == pending.0.attachments {
            return Ok(Some(*pending));
        }
        self.0 = Some(pending);
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(text: &'static str) -> Packet {
        Packet::decode(&text.into()).expect("a packet")
    }

    fn bytes(byte: u8) -> Bytes {
        vec![byte].into()
    }

    #[test]
    fn attachments_complete_their_packet() {
        let mut assembly = Assembly::default();
        let plain = packet("2[\"a\"]");
        assert_eq!(assembly.text(plain.clone()), Ok(Some(plain)));
        assert_eq!(assembly.text(packet("52-[\"a\"]")), Ok(None));
        assert_eq!(assembly.binary(bytes(1)), Ok(None));
        let whole = (packet("52-[\"a\"]"), vec![bytes(1), bytes(2)]);
        assert_eq!(assembly.binary(bytes(2)), Ok(Some(whole)));
    }

    #[test]
    fn neither_text_among_them_nor_binary_without_a_packet() {
        let mut assembly = Assembly::default();
        assert_eq!(assembly.binary(bytes(1)), Err(Malformed));
        assert_eq!(assembly.text(packet("51-[\"a\"]")), Ok(None));
        assert_eq!(assembly.text(packet("2[\"a\"]")), Err(Malformed));
    }
}
