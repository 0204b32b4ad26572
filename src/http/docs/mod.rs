//! The descriptions of the interface, made from the table of addresses and the handlers' signatures.
//!
//! `table` is what routes and descriptions are both made from; `openapi` and `refusals` describe the
//! addresses, `asyncapi` what is said on a connection, `example` puts examples together.

pub mod asyncapi;
pub mod document;
pub mod example;
pub mod openapi;
pub mod refusals;
pub mod table;
