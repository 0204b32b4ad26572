//! Joins packets with their attachments, which arrive after them. The caller limits the time.

use actix_web::web::Bytes;

use super::packet::{MalformedPacket, SocketPacket};

/// The packet, if any, whose attachments are incomplete, with those that have arrived.
#[derive(Debug, Default)]
pub(crate) struct Assembly(Option<Box<(SocketPacket, Vec<Bytes>)>>);

impl Assembly {
    /// Adds a packet. Returns it if it has no attachments.
    pub(crate) fn start(&mut self, packet: SocketPacket) -> Result<Option<SocketPacket>, MalformedPacket> {
        if self.0.is_some() {
            return Err(MalformedPacket);
        }
        if packet.attachments == 0 {
            return Ok(Some(packet));
        }
        self.0 = Some(Box::new((packet, Vec::new())));
        Ok(None)
    }

    /// Adds an attachment. Returns the packet and its attachments if this was the last one.
    pub(crate) fn attach(
        &mut self,
        data: Bytes,
    ) -> Result<Option<(SocketPacket, Vec<Bytes>)>, MalformedPacket> {
        let mut pending = self.0.take().ok_or(MalformedPacket)?;
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

    fn packet(text: &'static str) -> SocketPacket {
        SocketPacket::decode(&text.into()).expect("a packet")
    }

    fn bytes(byte: u8) -> Bytes {
        vec![byte].into()
    }

    #[test]
    fn attachments_complete_their_packet() {
        let mut assembly = Assembly::default();
        let plain = packet("2[\"a\"]");
        assert_eq!(assembly.start(plain.clone()), Ok(Some(plain)));
        assert_eq!(assembly.start(packet("52-[\"a\"]")), Ok(None));
        assert_eq!(assembly.attach(bytes(1)), Ok(None));
        let whole = (packet("52-[\"a\"]"), vec![bytes(1), bytes(2)]);
        assert_eq!(assembly.attach(bytes(2)), Ok(Some(whole)));
    }

    #[test]
    fn text_between_attachments_and_binary_without_a_packet_are_malformed() {
        let mut assembly = Assembly::default();
        assert_eq!(assembly.attach(bytes(1)), Err(MalformedPacket));
        assert_eq!(assembly.start(packet("51-[\"a\"]")), Ok(None));
        assert_eq!(assembly.start(packet("2[\"a\"]")), Err(MalformedPacket));
    }
}
