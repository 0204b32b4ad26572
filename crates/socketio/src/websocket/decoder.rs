//! Turns the bytes of a client into messages. It does no I/O.
//!
//! A frame is refused by its head, before its payload has come, and a text as soon as it cannot become
//! UTF-8 any more. What is kept of a client that is silent between two messages is nothing.

use actix_web::web::{Buf, Bytes, BytesMut};
use bytestring::ByteString;

use crate::disconnect::CloseFrame;

use super::{
    head::Head,
    message::{Failure, Message, OpCode, may_be_sent},
};

/// The decoder of one connection.
#[derive(Debug)]
pub(super) struct Decoder {
    max_size: usize,
    /// Bytes that have come and are not decoded yet.
    unread: BytesMut,
    /// The frame whose payload is being decoded.
    head: Option<Head>,
    /// The message that it belongs to. Boxed, as most clients are silent most of the time.
    message: Option<Box<Partial>>,
}

/// A message of which more is to come.
#[derive(Debug)]
struct Partial {
    is_text: bool,
    bytes: BytesMut,
    /// How many of its bytes are known to be UTF-8.
    checked: usize,
}

/// What came of decoding.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A whole message.
    Message(Message),
    /// A frame with which no message is complete.
    Fragment,
    /// A ping, which wants its data back.
    Ping(Bytes),
    /// A pong. Nobody asked for it, as the data of a ping is not looked at.
    Pong,
    /// The client sends nothing more.
    Close(Option<CloseFrame>),
    /// There is no whole frame.
    Starved,
}

impl Decoder {
    /// A decoder of messages that have at most `max_size` bytes.
    pub(super) fn new(max_size: usize, unread: BytesMut) -> Self {
        Decoder { max_size, unread, head: None, message: None }
    }

    /// Where the next bytes of the client belong.
    pub(super) fn buffer(&mut self) -> &mut BytesMut {
        &mut self.unread
    }

    /// Gives the memory back of a buffer that holds nothing.
    pub(super) fn release(&mut self) {
        if self.unread.is_empty() {
            self.unread = BytesMut::new();
        }
    }

    /// Decodes one frame, if there is one. After an error, what comes makes no sense any more.
    pub(super) fn next(&mut self) -> Result<Step, Failure> {
        let step = self.step();
        self.release();
        step
    }

    fn step(&mut self) -> Result<Step, Failure> {
        let Some(head) = self.head()? else { return Ok(Step::Starved) };
        if !head.opcode.is_control() {
            return self.data(head);
        }
        if (self.unread.len() as u64) < head.left {
            return Ok(Step::Starved);
        }
        self.head = None;
        let mut data = self.unread.split_to(head.left as usize);
        head.unmask(&mut data);
        match head.opcode {
            OpCode::Ping => Ok(Step::Ping(data.freeze())),
            OpCode::Pong => Ok(Step::Pong),
            OpCode::Close | OpCode::Continuation | OpCode::Text | OpCode::Binary => {
                close_frame(&data).map(Step::Close)
            }
        }
    }

    /// The head of the frame that is being decoded, once it has come.
    fn head(&mut self) -> Result<Option<Head>, Failure> {
        if self.head.is_none()
            && let Some((head, length)) = Head::parse(&self.unread)?
        {
            self.allow(&head)?;
            if length <= self.unread.len() {
                self.unread.advance(length);
                self.head = Some(head);
            }
        }
        Ok(self.head)
    }

    /// Looks whether a frame may come now, and whether it is short enough.
    fn allow(&self, head: &Head) -> Result<(), Failure> {
        let so_far = self.message.as_ref().map(|message| message.bytes.len());
        match (head.opcode, so_far) {
            (OpCode::Close | OpCode::Ping | OpCode::Pong, _) => return Ok(()),
            (OpCode::Continuation, None) => return Err(Failure::Protocol("nothing to continue")),
            (OpCode::Text | OpCode::Binary, Some(_)) => {
                return Err(Failure::Protocol("the message before is not complete"));
            }
            (OpCode::Continuation, Some(_)) | (OpCode::Text | OpCode::Binary, None) => {}
        }
        if head.left > (self.max_size - so_far.unwrap_or(0)) as u64 {
            return Err(Failure::TooBig);
        }
        Ok(())
    }

    /// Decodes what has come of a frame with data.
    fn data(&mut self, mut head: Head) -> Result<Step, Failure> {
        let is_text = head.opcode == OpCode::Text;
        let begun = || Box::new(Partial { is_text, bytes: BytesMut::new(), checked: 0 });
        let message = self.message.get_or_insert_with(begun);
        let come = self.unread.len().min(head.left as usize);
        let mut data = self.unread.split_to(come);
        head.unmask(&mut data);
        message.append(data);
        head.advance(come);
        self.head = Some(head).filter(|head| head.left > 0);
        if self.head.is_some() || !head.fin {
            message.check()?;
            return Ok(if self.head.is_some() { Step::Starved } else { Step::Fragment });
        }
        self.message.take().map_or(Ok(Step::Fragment), |message| message.finish().map(Step::Message))
    }
}

impl Partial {
    fn append(&mut self, data: BytesMut) {
        if self.bytes.is_empty() {
            self.bytes = data;
        } else {
            self.bytes.extend_from_slice(&data);
        }
    }

    /// Looks whether it can still become UTF-8.
    fn check(&mut self) -> Result<(), Failure> {
        if !self.is_text {
            return Ok(());
        }
        let Err(error) = std::str::from_utf8(&self.bytes[self.checked..]) else {
            self.checked = self.bytes.len();
            return Ok(());
        };
        self.checked += error.valid_up_to();
        // An error without a length is a character of which more may come.
        if error.error_len().is_some() { Err(Failure::NotUtf8) } else { Ok(()) }
    }

    fn finish(self) -> Result<Message, Failure> {
        let bytes = self.bytes.freeze();
        if !self.is_text {
            return Ok(Message::Binary(bytes));
        }
        ByteString::try_from(bytes).map(Message::Text).map_err(|_| Failure::NotUtf8)
    }
}

fn close_frame(data: &[u8]) -> Result<Option<CloseFrame>, Failure> {
    match data {
        [] => Ok(None),
        [_] => Err(Failure::Protocol("a close code has two bytes")),
        [first, second, reason @ ..] => {
            let code = u16::from_be_bytes([*first, *second]);
            if !may_be_sent(code) {
                return Err(Failure::Protocol("no such close code"));
            }
            let reason = std::str::from_utf8(reason).map_err(|_| Failure::NotUtf8)?;
            Ok(Some(CloseFrame { code, reason: reason.to_owned() }))
        }
    }
}

/// Decodes `data` as what a client sent, for the fuzz target.
#[cfg(any(fuzzing, test))]
pub(crate) fn decode(data: &[u8]) {
    let mut decoder = Decoder::new(1000, data.into());
    while matches!(decoder.next(), Ok(step) if step != Step::Starved) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::{self, Read, Write};
    use tokio_tungstenite::tungstenite::{
        Error, Message as Theirs,
        error::CapacityError,
        protocol::{Role, WebSocketConfig, WebSocketContext},
    };

    const MAX_SIZE: usize = 128;

    /// A frame of a client, right or wrong.
    fn frame() -> impl Strategy<Value = Vec<u8>> {
        let first = prop_oneof![
            8 => prop::sample::select(vec![0x81, 0x01, 0x00, 0x80, 0x82, 0x02, 0x89, 0x8a]),
            1 => any::<u8>(),
        ];
        let data = prop_oneof![
            4 => "[aé医💊]{0,6}".prop_map(String::into_bytes),
            1 => prop::collection::vec(any::<u8>(), 0..126),
        ];
        (first, any::<[u8; 4]>(), data).prop_map(|(first, mask, data)| {
            let masked = data.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key);
            [first, 0x80 | data.len() as u8].into_iter().chain(mask).chain(masked).collect()
        })
    }

    /// How a conversation goes on: its messages, and how it ends.
    type Heard = (Vec<Message>, Option<&'static str>);

    fn heard(bytes: &[u8], piece: usize) -> Heard {
        let (mut decoder, mut messages) = (Decoder::new(MAX_SIZE, BytesMut::new()), Vec::new());
        for piece in bytes.chunks(piece) {
            decoder.buffer().extend_from_slice(piece);
            loop {
                match decoder.next() {
                    Ok(Step::Starved) => break,
                    Ok(Step::Message(message)) => messages.push(message),
                    Ok(Step::Close(_)) => return (messages, Some("close")),
                    Ok(Step::Ping(_) | Step::Pong | Step::Fragment) => {}
                    Err(Failure::TooBig) => return (messages, Some("too big")),
                    Err(Failure::NotUtf8) => return (messages, Some("not UTF-8")),
                    Err(Failure::Protocol(_)) => return (messages, Some("protocol")),
                }
            }
        }
        (messages, None)
    }

    struct Stream<'a>(&'a [u8]);

    impl Read for Stream<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::ErrorKind::WouldBlock.into()),
                read => Ok(read),
            }
        }
    }

    impl Write for Stream<'_> {
        fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
            Ok(buffer.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn heard_by_tungstenite(bytes: &[u8]) -> Heard {
        let config =
            WebSocketConfig::default().max_message_size(Some(MAX_SIZE)).max_frame_size(Some(MAX_SIZE));
        let (mut stream, mut messages) = (Stream(bytes), Vec::new());
        let mut context = WebSocketContext::new(Role::Server, Some(config));
        let end = loop {
            match context.read(&mut stream) {
                Ok(Theirs::Text(text)) => messages.push(Message::Text(text.as_str().into())),
                Ok(Theirs::Binary(data)) => messages.push(Message::Binary(data)),
                Ok(Theirs::Close(_)) => break Some("close"),
                Ok(_) => {}
                Err(Error::Io(_)) => break None,
                Err(Error::Utf8(_)) => break Some("not UTF-8"),
                Err(Error::Capacity(CapacityError::MessageTooLong { .. })) => break Some("too big"),
                Err(_) => break Some("protocol"),
            }
        };
        (messages, end)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        /// What is wrong in more ways than one may be refused for either, and sooner by one of the two.
        #[test]
        fn it_hears_what_tungstenite_hears(frames in prop::collection::vec(frame(), 1..8), piece in 1..9usize) {
            let bytes = frames.concat();
            let (ours, theirs) = (heard(&bytes, piece), heard_by_tungstenite(&bytes));
            prop_assert_eq!(&ours.0, &theirs.0);
            prop_assert!(theirs.1.is_none() || ours.1.is_some(), "{:?} {:?}", ours.1, theirs.1);
            prop_assert_eq!(heard(&bytes, bytes.len()).0, ours.0, "whatever the pieces");
        }
    }

    #[test]
    fn between_messages_nothing_is_kept() {
        let mut decoder = Decoder::new(MAX_SIZE, BytesMut::new());
        decoder.buffer().extend_from_slice(&[0x81, 0x81, 0, 0, 0, 0, b'a']);
        assert_eq!(decoder.next(), Ok(Step::Message(Message::Text("a".into()))));
        assert_eq!(decoder.next(), Ok(Step::Starved));
        assert_eq!((decoder.unread.capacity(), decoder.message.is_none()), (0, true));
    }
}
