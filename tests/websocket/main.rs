//! RFC 6455 by its sections, against the real server: `/ws` and Socket.IO's WebSocket, spoken byte by byte.
//!
//! What is expected is what the RFC says, each MUST and each SHOULD that a client can see. A case bears the
//! number of its section, or that of the Autobahn suite where it is after one of that; what fails is listed at
//! once. `frame` writes what a client sends, `line` is what is spoken on top, `socket` reads what the server
//! sends, `case` plays a conversation. `abrupt` and `pressure` are about what goes wrong below: ends without a
//! word, and readers and writers who are slow. Each other file holds the cases of a section.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod abrupt;
#[allow(dead_code, unused_macros)]
#[path = "../api/across.rs"]
mod across;
#[path = "../api/alone.rs"]
mod alone;
#[allow(dead_code, unused_macros)]
#[path = "../api/app.rs"]
mod app;
mod case;
mod closing;
mod control;
#[allow(dead_code)]
#[path = "../api/described.rs"]
mod described;
mod fragments;
mod frame;
mod framing;
mod limits;
mod line;
mod opening;
#[allow(dead_code)]
#[path = "../api/people.rs"]
mod people;
mod pressure;
mod segments;
mod socket;
mod utf8;
