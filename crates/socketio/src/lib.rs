//! <!-- The documentation of the crate is its README, followed by the map below. -->
#![doc = include_str!("../README.md")]
//! # Where things are
//!
//! | to | see |
//! |---|---|
//! | create and mount a server | [`SocketIo`], [`Options`] |
//! | decide what happens on a connection | [`Application`], [`SocketHandler`] |
//! | read what a client sends | [`Handshake`], [`Event`], [`Ack`] |
//! | send, close, start futures and timers | [`SocketContext`] |
//! | send from other actors | [`SocketActor`], [`EncodedEvent`] |
//! | learn why a connection ended | [`DisconnectReason`], [`CloseFrame`] |
//! | set up TCP connections | [`tcp`] |
//! | run a plain WebSocket of your own | [`websocket`] |
//! | speak Engine.IO without Socket.IO | [`engine`] |

#![deny(missing_docs)]
#![warn(unreachable_pub)]

mod disconnect;
pub mod engine;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
mod handshake;
mod options;
#[cfg(test)]
mod property;
mod socket;
pub mod tcp;
pub mod websocket;

pub use crate::disconnect::{CloseFrame, DisconnectReason};
pub use crate::handshake::{EngineVersion, Handshake};
pub use crate::options::{Options, Origins, Transports};
pub use crate::socket::{
    Ack, Application, EncodedEvent, Event, SocketActor, SocketContext, SocketHandler, SocketIo,
};
