//! What travels on a connection: the shapes of the contract and nothing that moves them.
//!
//! `objects` holds the objects, `pushes` the catalogue of what the server sends and keeps, `replies` of what
//! it sends and does not keep, `commands` of what a client sends, `envelope` what a client's text holds,
//! `frame` a push encoded once for everybody who receives it, `mobile_preview` which `alert` a push shows
//! on the phone of somebody who is not connected, `body` what a message may hold, `catalogue` the descriptions of all messages. `effect`
//! is what a commit makes the process do besides.

pub mod alert;
pub mod body;
pub mod catalogue;
pub mod commands;
pub mod effect;
pub mod envelope;
pub mod frame;
pub mod mobile_preview;
pub mod objects;
pub mod pushes;
pub mod replies;
