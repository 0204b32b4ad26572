//! What travels on a connection: the shapes of the contract and nothing that moves them.
//!
//! `shape` holds the objects, `push` the catalogue of what the server says, `command` the
//! catalogue of what a client says, `frame` a push encoded once for everybody who hears it,
//! `mobile_preview` what a push shows on the phone of somebody who is not connected, `catalogue` the words of all of them with their descriptions.

pub mod catalogue;
pub mod command;
pub mod effect;
pub mod frame;
pub mod mobile_preview;
pub mod push;
pub mod shape;
