//! The commands of the program, a file each. What they are is said in `arguments`.

pub mod admin;
pub mod arguments;
pub mod backup;
pub mod check;
mod check_machine;
pub mod demo;
pub mod health;
pub mod migrate;
pub mod push;
pub mod search;
pub mod serve;
pub mod stats;
mod systemd;
mod waiting;

/// Why a command failed; its text says what to do.
pub type Failure = Box<dyn std::error::Error>;
