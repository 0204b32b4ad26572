//! The head of a frame (section 5.2 of RFC 6455), and the mask that it names.

use super::{
    frame::MAX_CONTROL,
    message::{Failure, OpCode},
};

/// A frame, of whose payload some may be decoded already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) opcode: OpCode,
    /// Whether its message ends with it.
    pub(super) fin: bool,
    /// What masks the next four bytes of the payload.
    mask: [u8; 4],
    /// How many bytes of the payload are not decoded yet.
    pub(super) left: u64,
}

impl Head {
    /// The head that the bytes begin with, once it is known what the frame is and how long. How long the
    /// head is itself is known then too, but its last bytes, the mask, may not be there yet.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Head, usize)>, Failure> {
        let &[first, second, ref rest @ ..] = bytes else { return Ok(None) };
        let (opcode, fin) = kind(first)?;
        if second & 0x80 == 0 {
            return Err(Failure::Protocol("a client has to mask its frames"));
        }
        let short = second & 0x7f;
        if opcode.is_control() && (!fin || usize::from(short) > MAX_CONTROL) {
            return Err(Failure::Protocol("a control frame is short, and whole"));
        }
        let Some((length, rest)) = length(short, rest) else { return Ok(None) };
        let shortest = match length {
            0..=125 => short < 126,
            126..=0xffff => short == 126,
            0x1_0000.. => length >> 63 == 0,
        };
        if !shortest {
            return Err(Failure::Protocol("a length takes as few bytes as it can"));
        }
        let mask = rest.first_chunk().copied().unwrap_or_default();
        let head = Head { opcode, fin, mask, left: length };
        Ok(Some((head, bytes.len() - rest.len() + mask.len())))
    }

    /// Takes the mask off the next bytes of the payload.
    pub(super) fn unmask(&self, data: &mut [u8]) {
        for (at, byte) in data.iter_mut().enumerate() {
            *byte ^= self.mask[at % 4];
        }
    }

    /// Notes that so many bytes of the payload are decoded.
    pub(super) fn advance(&mut self, length: usize) {
        self.left -= length as u64;
        self.mask.rotate_left(length % 4);
    }
}

fn kind(first: u8) -> Result<(OpCode, bool), Failure> {
    if first & 0x70 != 0 {
        return Err(Failure::Protocol("a reserved bit is set"));
    }
    let opcode = OpCode::parse(first).ok_or(Failure::Protocol("a reserved opcode"))?;
    Ok((opcode, first & 0x80 != 0))
}

/// The length of a payload and what follows it.
fn length(short: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    match short {
        126 => rest.split_first_chunk().map(|(length, rest)| (u16::from_be_bytes(*length).into(), rest)),
        127 => rest.split_first_chunk().map(|(length, rest)| (u64::from_be_bytes(*length), rest)),
        short => Some((short.into(), rest)),
    }
}
