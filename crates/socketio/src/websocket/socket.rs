//! A WebSocket on a TCP connection that was taken over from the HTTP server: what one actor reads and
//! writes, and no buffer while nothing is under way.

use std::{
    future::poll_fn,
    io::{self, IoSlice},
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use actix_web::{
    rt::{net::TcpStream, time::timeout},
    web::{Buf, Bytes, BytesMut},
};
use smallvec::SmallVec;
use socket2::SockRef;
use tokio::io::AsyncWriteExt;
use tokio_util::io::poll_read_buf;

use crate::disconnect::CloseFrame;

use super::{
    budget::{Budget, FrameLimits},
    decoder::{Decoder, Step},
    frame::Frame,
    message::{Failure, Message},
    open::OpenSocket,
};

/// How many bytes are read at once.
const READ_SIZE: usize = 4096;
/// What the kernel takes of what a client has not read, in bytes; it counts twice as much.
const SEND_BUFFER: usize = 128 * 1024;
/// How many frames go out in one write.
const WRITE_FRAMES: usize = 32;
/// How long a client may take for what is to be sent before the end. Its kernel gives up as late.
const LAST_WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client has to answer a close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket {
    stream: TcpStream,
    decoder: Decoder,
    budget: Budget,
    /// Most often one frame, if any; an idle socket holds no memory for them.
    unsent: SmallVec<[Bytes; 1]>,
    unsent_bytes: usize,
    /// Whether the first of them has gone in part.
    begun: bool,
    /// Whether it is seen to that they leave.
    scheduled: bool,
    heard: Instant,
    /// Whether nothing more is read: the client has said its last word, or nonsense.
    ended: bool,
    /// It counts as open until it is dropped.
    open: OpenSocket,
}

/// How much waits for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Frames.
    pub frames: usize,
    /// Bytes of them.
    pub bytes: usize,
}

/// What comes of a WebSocket.
#[derive(Debug)]
pub enum Event {
    /// The client has sent a message.
    Message(Message),
    /// The client closes the connection, with the frame that the answer repeats.
    Closed(Option<CloseFrame>),
    /// What the client sends is wrong. It is told when the socket is closed with
    /// [`Failure::close_frame`].
    Failed(Failure),
    /// The connection is lost; [`io::ErrorKind::TimedOut`] where the client took nothing in for too long.
    Lost(io::ErrorKind),
}

impl Socket {
    /// A WebSocket of which the handshake is done. The client may have sent `unread` with it.
    pub(super) fn new(stream: TcpStream, unread: BytesMut, limits: FrameLimits, open: OpenSocket) -> Self {
        let now = Instant::now();
        // What a client that reads slowly has not read waits here, where it counts, not in the kernel.
        if let Err(error) = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER) {
            log::debug!("cannot bound the buffer of a TCP connection: {error}");
        }
        Socket {
            stream,
            decoder: Decoder::new(limits.max_size, unread),
            budget: Budget::new(limits.per_second, now),
            unsent: SmallVec::new(),
            unsent_bytes: 0,
            begun: false,
            scheduled: false,
            heard: now,
            ended: false,
            open,
        }
    }

    /// Queues a frame, which leaves when the actor's turn ends; futures and timers of the actor call
    /// [`send_at_turn_end`](super::WebSocketActor::send_at_turn_end) then.
    pub fn send(&mut self, frame: Frame) {
        let bytes = frame.into_bytes();
        self.unsent_bytes += bytes.len();
        self.unsent.push(bytes);
    }

    /// When something last came of the client.
    pub fn heard(&self) -> Instant {
        self.heard
    }

    /// Whether the server ends, and waits for this socket to be closed.
    pub fn is_server_closing(&self) -> bool {
        self.open.is_closing()
    }

    /// Whether frames wait for the client.
    pub fn is_full(&self) -> bool {
        !self.unsent.is_empty()
    }

    /// What waits for the client.
    pub fn backlog(&self) -> Backlog {
        Backlog { frames: self.unsent.len(), bytes: self.unsent_bytes }
    }

    /// Drops what waits for the client, but for a frame that it has received a part of.
    pub fn abort(&mut self) {
        self.unsent.truncate(self.begun.into());
        self.unsent_bytes = self.unsent.iter().map(Bytes::len).sum();
    }

    /// The same socket, for the thread that this is called in.
    pub(crate) fn adopt(self) -> io::Result<Socket> {
        let stream = TcpStream::from_std(self.stream.into_std()?)?;
        Ok(Socket { stream, ..self })
    }

    /// Whether something is to be sent and nobody sees to it yet. Who asks does.
    pub(super) fn schedule(&mut self) -> bool {
        self.is_full() && !mem::replace(&mut self.scheduled, true)
    }

    /// Sends what is queued. Nothing is read before it has gone: who takes nothing in is not listened to.
    pub(super) fn poll_flush(&mut self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            match self.write() {
                Ok(written) => self.sent(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    ready!(self.stream.poll_write_ready(task))?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        self.scheduled = false;
        self.unsent = SmallVec::new();
        Poll::Ready(Ok(()))
    }

    fn write(&self) -> io::Result<usize> {
        if let [bytes] = &self.unsent[..] {
            return self.stream.try_write(bytes);
        }
        let slices: SmallVec<[_; WRITE_FRAMES]> =
            self.unsent.iter().take(WRITE_FRAMES).map(|bytes| IoSlice::new(bytes)).collect();
        self.stream.try_write_vectored(&slices)
    }

    fn sent(&mut self, mut written: usize) {
        self.unsent_bytes -= written;
        let mut gone = 0;
        while let Some(first) = self.unsent.get_mut(gone) {
            if written < first.len() {
                first.advance(written);
                break;
            }
            written -= first.len();
            gone += 1;
        }
        self.unsent.drain(..gone);
        self.begun = written > 0 || self.begun && gone == 0;
    }

    /// What comes of it next. After an end nothing does.
    pub(super) fn poll_event(&mut self, task: &mut Context<'_>) -> Poll<Event> {
        let event = ready!(self.poll_step(task)).unwrap_or_else(|error| Event::Lost(error.kind()));
        self.ended = !matches!(event, Event::Message(_));
        Poll::Ready(event)
    }

    fn poll_step(&mut self, task: &mut Context<'_>) -> Poll<io::Result<Event>> {
        loop {
            ready!(self.poll_flush(task))?;
            if self.ended {
                return Poll::Pending;
            }
            ready!(self.budget.poll_wait(task));
            let step = match self.decoder.next() {
                Ok(Step::Starved) => {
                    ready!(self.poll_read(task))?;
                    continue;
                }
                Ok(step) => step,
                Err(failure) => return Poll::Ready(Ok(Event::Failed(failure))),
            };
            self.budget.spend(Instant::now());
            match step {
                Step::Message(message) => return Poll::Ready(Ok(Event::Message(message))),
                Step::Close(frame) => return Poll::Ready(Ok(Event::Closed(frame))),
                Step::Ping(data) => self.send(Frame::pong(&data)),
                Step::Pong | Step::Fragment | Step::Starved => {}
            }
        }
    }

    /// Reads what has come. The end of the stream is an error.
    fn poll_read(&mut self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        // There is a buffer only when there is something to put into it.
        ready!(self.stream.poll_read_ready(task))?;
        let buffer = self.decoder.buffer();
        buffer.reserve(READ_SIZE);
        let read = poll_read_buf(Pin::new(&mut self.stream), task, buffer);
        self.decoder.release();
        match ready!(read)? {
            0 => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            _ => {
                self.heard = Instant::now();
                Poll::Ready(Ok(()))
            }
        }
    }

    /// Sends what is queued and a close frame, and ends the connection when the client has answered it,
    /// or has not within a second. The server ends it first, so that the client need not wait for its
    /// port (section 7.1.1 of RFC 6455).
    pub async fn close(mut self, frame: Option<CloseFrame>) {
        self.send(Frame::close(frame.as_ref()));
        if let Ok(Ok(())) = timeout(LAST_WRITE_TIMEOUT, poll_fn(|task| self.poll_flush(task))).await {
            // If the client is still there, it has been told all there is.
            let _ = timeout(CLOSE_TIMEOUT, self.end()).await;
        }
    }

    async fn end(&mut self) -> io::Result<()> {
        while !self.ended {
            poll_fn(|task| self.poll_event(task)).await;
        }
        self.stream.shutdown().await?;
        // What still comes would reset the connection, and the client might never read the close frame.
        loop {
            poll_fn(|task| self.poll_read(task)).await?;
            self.decoder.buffer().clear();
        }
    }
}
