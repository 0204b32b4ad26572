//! How things are kept: one code path over SQLite (embedded, one writer) and PostgreSQL (a pool).
//!
//! `database` runs work off the async threads, on the connections of a `lane`, which has `places`;
//! `transaction` is what writing work is given, `writer` commits for SQLite, `gather` lets much work of one kind
//! be done together, the `pieces` that wait, `weighed` what is heavy apart from what is light, in `turns`, `connection` is one type over both databases,
//! with `postgres` for what only that one needs and `open_error` for what fails, `lock` lets one server alone serve a
//! file, `schema` has
//! the tables and `migration` their history, `partitions` keeps pushes by the day, `probe` asks whether all is well, `checkpoint` keeps SQLite's log short, `time_limit` ends what takes
//! too long, `bulk` and `prepared` are ways to run statements, `paging` is where a page of a list begins,
//! `copy` backs the database up and puts it back, `backup_folder` is where backups lie, `files` keeps uploaded bytes on disk, `file_kind` says what
//! they are, `folders` makes folders that outlast a power failure. What is asked of the tables is in `store`, and who may do what in `service`.

pub mod backup_folder;
pub mod bulk;
pub mod checkpoint;
pub mod connection;
pub mod copy;
pub mod database;
pub mod file_kind;
pub mod files;
pub mod folders;
pub mod gather;
pub mod lane;
pub mod lock;
pub mod migration;
pub mod open_error;
pub mod paging;
pub mod partitions;
mod pieces;
mod places;
pub mod postgres;
pub mod prepared;
mod probe;
pub mod schema;
pub mod time_limit;
pub mod transaction;
pub mod turns;
pub mod weighed;
mod writer;
