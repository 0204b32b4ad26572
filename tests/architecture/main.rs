//! The rules of ARCHITECTURE.md, held against the sources: who may know of whom, and no circles.
//!
//! What a file knows is what its imports and paths name (`imports`). Tests within the sources do not
//! count, nor does `mod x;`: a folder's `mod.rs` may list its files, and know of them or be known to
//! them, but not both.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod chinese;
mod circles;
mod exceptions;
mod groups;
mod imports;
mod links;
mod map;
mod parser;
mod rules;
mod settings;
mod sources;
