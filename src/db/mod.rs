//! How things are kept: one code path over SQLite (embedded, one writer) and PostgreSQL (a pool).
//!
//! `database` runs work off the async threads, `transaction` is what writing work is given, `writer`
//! commits for SQLite, `connection` is one type over both databases, `schema` has the tables, `bulk`
//! and `prepared` are ways to run statements, `paging` is where a page of a list begins, `files` keeps
//! uploaded bytes on disk, `file_kind` says what they are. What is asked of the tables is in `store`, and who may do what in `service`.

pub mod bulk;
pub mod connection;
pub mod database;
pub mod file_kind;
pub mod files;
pub mod paging;
pub mod prepared;
pub mod schema;
pub mod transaction;
mod writer;
