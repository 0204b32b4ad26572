//! What travels on a connection: the shapes of the contract and nothing that moves them.
//!
//! `shape` holds the objects, `push` the catalogue of what the server says, `command` the
//! catalogue of what a client says, `frame` a push encoded once for everybody who hears it,
//! `catalogue` the words of all of them with their descriptions.

pub mod alert;
pub mod catalogue;
pub mod command;
pub mod effect;
pub mod frame;
pub mod push;
pub mod shape;
