//! The frames that a client writes (section 5.2), right ones and wrong ones.

/// What stands in the first byte of a frame: the opcode, and above it the bits that are reserved.
pub const CONTINUATION: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;
/// The bit of a message's last frame.
pub const FIN: u8 = 0x80;

const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
const MASKED: u8 = 0x80;

/// In how many bytes a length is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    One,
    Three,
    Nine,
}

impl Length {
    /// The only one that the RFC allows.
    pub fn minimal(length: u64) -> Self {
        match length {
            0..=125 => Self::One,
            126..=65_535 => Self::Three,
            65_536.. => Self::Nine,
        }
    }
}

/// A frame that is a message.
pub fn whole(opcode: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    masked(FIN | opcode, MASK, payload)
}

/// A frame after which others of its message come.
pub fn part(opcode: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    masked(opcode, MASK, payload)
}

/// The last frame of a message.
pub fn last(payload: impl AsRef<[u8]>) -> Vec<u8> {
    whole(CONTINUATION, payload)
}

pub fn masked(first: u8, mask: [u8; 4], payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let length = payload.len() as u64;
    [start(first, length, Length::minimal(length), MASKED), mask.to_vec(), apply(mask, payload)].concat()
}

pub fn unmasked(first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let length = payload.len() as u64;
    [start(first, length, Length::minimal(length), 0), payload.to_vec()].concat()
}

/// A frame whose length is written in so many bytes.
pub fn with_length(first: u8, length: Length, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    [start(first, payload.len() as u64, length, MASKED), MASK.to_vec(), apply(MASK, payload)].concat()
}

/// The head of a frame that announces so many bytes.
pub fn head(first: u8, length: u64) -> Vec<u8> {
    [start(first, length, Length::minimal(length), MASKED), MASK.to_vec()].concat()
}

/// The frames of a message that comes in these pieces.
pub fn pieces<P: AsRef<[u8]>>(opcode: u8, pieces: impl IntoIterator<Item = P>) -> Vec<Vec<u8>> {
    let mut frames: Vec<_> = pieces.into_iter().map(|piece| part(CONTINUATION, piece)).collect();
    if let Some(first) = frames.first_mut() {
        first[0] |= opcode;
    }
    if let Some(last) = frames.last_mut() {
        last[0] |= FIN;
    }
    frames
}

/// The payload as the mask makes it.
pub fn apply(mask: [u8; 4], payload: &[u8]) -> Vec<u8> {
    payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect()
}

/// The body of a close frame.
pub fn close_body(code: u16, reason: impl AsRef<[u8]>) -> Vec<u8> {
    [&code.to_be_bytes(), reason.as_ref()].concat()
}

/// A close frame.
pub fn close(code: u16) -> Vec<u8> {
    whole(CLOSE, close_body(code, ""))
}

fn start(first: u8, length: u64, written: Length, masked: u8) -> Vec<u8> {
    match written {
        Length::One => vec![first, masked | length as u8],
        Length::Three => [&[first, masked | 126][..], &(length as u16).to_be_bytes()].concat(),
        Length::Nine => [&[first, masked | 127][..], &length.to_be_bytes()].concat(),
    }
}
