//! What the command line can do, one file a command. Arguments are read in `main`.

pub mod admin;
pub mod check;
pub mod migrate;
pub mod push;
pub mod serve;

/// What a command may fail with; its text says what to do.
pub type Failure = Box<dyn std::error::Error>;
pub mod demo;
