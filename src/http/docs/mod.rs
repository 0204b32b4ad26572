//! The descriptions of the interface, made from the table of addresses and the handlers' signatures.

pub mod asyncapi;
pub mod describe;
pub mod example;
pub mod openapi;
pub mod table;
