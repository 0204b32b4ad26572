//! WebSockets whose clients cannot make the server hold more than one message of theirs. Nothing here knows
//! of Engine.IO or Socket.IO, so it suits every WebSocket of the server.
//!
//! `actix-web-actors` reads on while whole frames wait, and takes in a frame that is too long before it
//! refuses it. Here nothing is read from the socket while a whole frame waits, a frame ends the connection
//! by the length that it announces, and frames of any kind have a budget: who spends it is read more slowly.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use actix::{Actor, AsyncContext, StreamHandler};
use actix_http::ws::{Codec, Frame};
use actix_web::{
    Error,
    error::PayloadError,
    web::{Bytes, BytesMut},
};
use actix_web_actors::ws::{Message, ProtocolError, WebsocketContext};
use bytestring::ByteString;
use futures_util::{Stream, stream};
use tokio::time::{Sleep, sleep_until};
use tokio_util::codec::Decoder;

/// What the frames of one client may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameLimits {
    /// Bytes of one frame.
    pub max_size: usize,
    /// Frames of any kind in a second, on average; four times that in a burst.
    pub per_second: u32,
}

/// How many seconds' worth of frames may come at once.
const BURST_SECONDS: u32 = 4;
/// What a head has at most: two bytes, a length of eight, a mask of four.
const MASK_LENGTH: usize = 4;

/// Runs `actor` on a WebSocket whose `payload` comes from the client; the result is the body of the answer
/// to its handshake. The actor receives [`ProtocolError::Overflow`] as soon as a frame announces more than
/// it may have, and nothing after an error.
pub fn run<A, S>(actor: A, payload: S, limits: FrameLimits) -> impl Stream<Item = Result<Bytes, Error>>
where
    A: Actor<Context = WebsocketContext<A>> + StreamHandler<Result<Message, ProtocolError>>,
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin + 'static,
{
    // The context reads this stream of its own, which never has anything.
    WebsocketContext::with_factory(stream::pending(), move |context| {
        context.add_stream(Frames::new(payload, limits));
        actor
    })
}

/// The messages of a client, read one frame at a time.
struct Frames<S> {
    payload: S,
    /// Less than a frame, except while whole frames wait that came in one piece.
    buffer: BytesMut,
    codec: Codec,
    max_size: usize,
    budget: Budget,
    failed: bool,
}

impl<S> Frames<S> {
    fn new(payload: S, FrameLimits { max_size, per_second }: FrameLimits) -> Self {
        Frames {
            payload,
            buffer: BytesMut::new(),
            codec: Codec::new().max_size(max_size),
            max_size,
            budget: Budget::new(per_second, Instant::now()),
            failed: false,
        }
    }

    /// The first frame in the buffer, if it is complete.
    fn take(&mut self) -> Result<Option<Message>, ProtocolError> {
        let Some((head, length)) = parse_head(&self.buffer) else { return Ok(None) };
        if length > self.max_size as u64 {
            return Err(ProtocolError::Overflow);
        }
        if self.buffer.len() < head + length as usize {
            return Ok(None);
        }
        let frame = self.codec.decode(&mut self.buffer)?;
        if self.buffer.is_empty() {
            // Most clients are silent most of the time.
            self.buffer = BytesMut::new();
        }
        frame.map(message).transpose()
    }
}

/// The length of the head and that of what follows it, once they are known.
fn parse_head(bytes: &[u8]) -> Option<(usize, u64)> {
    let second = *bytes.get(1)?;
    let mask = if second & 0x80 == 0 { 0 } else { MASK_LENGTH };
    match second & 0x7f {
        126 => Some((4 + mask, u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?).into())),
        127 => Some((10 + mask, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?))),
        length => Some((2 + mask, length.into())),
    }
}

fn message(frame: Frame) -> Result<Message, ProtocolError> {
    Ok(match frame {
        Frame::Text(text) => Message::Text(ByteString::try_from(text).map_err(lost)?),
        Frame::Binary(data) => Message::Binary(data),
        Frame::Continuation(item) => Message::Continuation(item),
        Frame::Ping(data) => Message::Ping(data),
        Frame::Pong(data) => Message::Pong(data),
        Frame::Close(reason) => Message::Close(reason),
    })
}

/// What `actix-web-actors` makes of a text that is not UTF-8, and of a socket that is lost.
fn lost(error: impl ToString) -> ProtocolError {
    ProtocolError::Io(io::Error::other(error.to_string()))
}

impl<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin> Stream for Frames<S> {
    type Item = Result<Message, ProtocolError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        // After an error nothing makes sense any more; the actor says how the connection ends.
        if this.failed {
            return Poll::Pending;
        }
        ready!(this.budget.poll_wait(task));
        let read = loop {
            if let Some(frame) = this.take().transpose() {
                break frame;
            }
            match ready!(Pin::new(&mut this.payload).poll_next(task)) {
                Some(Ok(chunk)) => this.buffer.extend_from_slice(&chunk),
                Some(Err(error)) => break Err(lost(error)),
                None => return Poll::Ready(None),
            }
        };
        this.failed = read.is_err();
        this.budget.spend(Instant::now());
        Poll::Ready(Some(read))
    }
}

/// How many frames a client may send: a bucket of which is kept when it will be full.
struct Budget {
    interval: Duration,
    full_at: Instant,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Budget {
    fn new(per_second: u32, now: Instant) -> Self {
        Budget { interval: Duration::from_secs(1) / per_second.max(1), full_at: now, waiting: None }
    }

    fn spend(&mut self, now: Instant) {
        self.full_at = self.full_at.max(now) + self.interval;
        let burst = Duration::from_secs(BURST_SECONDS.into());
        if self.full_at > now + burst {
            self.waiting = Some(Box::pin(sleep_until((self.full_at - burst).into())));
        }
    }

    /// Is ready when another frame may be read.
    fn poll_wait(&mut self, task: &mut Context<'_>) -> Poll<()> {
        if let Some(waiting) = &mut self.waiting {
            ready!(waiting.as_mut().poll(task));
            self.waiting = None;
        }
        Poll::Ready(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, StreamExt};
    use std::cell::Cell;

    const LIMITS: FrameLimits = FrameLimits { max_size: 1000, per_second: 1 };
    const PING: &[u8] = &[0x89, 0x80, 0, 0, 0, 0];

    fn next<S>(frames: &mut Frames<S>) -> Option<Option<Result<Message, ProtocolError>>>
    where
        S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
    {
        frames.next().now_or_never()
    }

    /// Yields `chunk` for ever, and counts in `read` how often.
    fn flood(
        chunk: Vec<u8>,
        read: &Cell<usize>,
    ) -> impl Stream<Item = Result<Bytes, PayloadError>> + Unpin + use<'_> {
        stream::repeat_with(move || {
            read.update(|times| times + 1);
            Ok(Bytes::from(chunk.clone()))
        })
    }

    #[test]
    fn nothing_is_read_while_whole_frames_wait() {
        let read = Cell::new(0);
        let mut frames = Frames::new(flood(PING.repeat(3), &read), LIMITS);
        for _ in 0..3 {
            assert!(matches!(next(&mut frames), Some(Some(Ok(Message::Ping(_))))));
        }
        assert_eq!(read.get(), 1);
    }

    #[actix_web::test]
    async fn frames_beyond_the_budget_wait() {
        let read = Cell::new(0);
        let mut frames = Frames::new(flood(PING.to_vec(), &read), LIMITS);
        for _ in 0..=BURST_SECONDS {
            assert!(next(&mut frames).is_some());
        }
        assert!(next(&mut frames).is_none());
    }

    #[test]
    fn a_length_over_the_limit_is_refused_at_the_head() {
        for head in [vec![0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0], vec![0x82, 0xfe, 0x03, 0xe9]] {
            let read = Cell::new(0);
            let mut frames = Frames::new(flood(head, &read), LIMITS);
            assert!(matches!(next(&mut frames), Some(Some(Err(ProtocolError::Overflow)))));
            assert!(next(&mut frames).is_none(), "nothing comes after an error");
            assert_eq!(read.get(), 1);
        }
    }

    #[test]
    fn a_frame_that_comes_in_pieces_is_put_together() {
        let bytes = [0x81, 0x82, 0, 0, 0, 0, b'h', b'i'];
        let pieces: Vec<_> = bytes.iter().map(|byte| Ok(Bytes::from(vec![*byte]))).collect();
        let mut frames = Frames::new(stream::iter(pieces), LIMITS);
        assert!(matches!(next(&mut frames), Some(Some(Ok(Message::Text(text)))) if text == "hi"));
        assert!(matches!(next(&mut frames), Some(None)));
    }
}
