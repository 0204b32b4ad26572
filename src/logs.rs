//! The log: how its lines are written, and which request each belongs to.
//!
//! Lines go to standard error, as plain text or as one JSON object each. Whatever is logged while a
//! request is answered bears the request's id, without anybody passing it on. Work that runs on
//! another task or thread is not part of that; it names what it works for itself.

use crate::model::RequestId;
use env_logger::fmt::Formatter;
use log::kv::{Error, Key, Value, VisitSource};
use log::{Level, LevelFilter, Log, Metadata, Record, SetLoggerError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard};
use tokio::task::{JoinHandle, spawn_local};

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// `[time LEVEL target] message key=value`.
    Plain,
    /// An object with `ts`, `level`, `target`, `msg`, and the keys with their values.
    Json,
}

/// Starts logging what `filter` lets through, in the syntax of env_logger, where `is_journal` with priorities. Fails the
/// second time.
pub fn init(filter: &str, format: LogFormat, is_journal: bool) -> Result<(), SetLoggerError> {
    IS_JOURNAL.get_or_init(|| is_journal);
    let logger = build(filter, format);
    log::set_max_level(logger.filter());
    // It is there until the process ends.
    log::set_logger(LOGGER.get_or_init(|| Sorted(RwLock::new(logger))))
}

/// Lets other lines through from now on, in this form.
pub fn set_filter(filter: &str, format: LogFormat) {
    let logger = build(filter, format);
    log::set_max_level(logger.filter());
    if let Some(sorted) = LOGGER.get() {
        *sorted.0.write().unwrap_or_else(PoisonError::into_inner) = logger;
    }
}

static LOGGER: OnceLock<Sorted> = OnceLock::new();
/// Whether the journal of systemd reads the lines.
static IS_JOURNAL: OnceLock<bool> = OnceLock::new();

fn build(filter: &str, format: LogFormat) -> env_logger::Logger {
    let write = match format {
        LogFormat::Plain => write_plain,
        LogFormat::Json => write_json,
    };
    env_logger::Builder::new().parse_filters(filter).format(write).build()
}

/// Where libraries say what a peer did wrong: broken requests, frames that may not be.
const OF_PEERS: [&str; 3] = ["actix_http::h1", "actix_http::ws", "actix_multipart"];
/// What they say there of this server's own answers.
const OWN: &str = "Response payload";

static PEER_FAULTS: AtomicU64 = AtomicU64::new(0);

/// How many faults of peers libraries have reported.
pub fn peer_faults() -> u64 {
    PEER_FAULTS.load(Ordering::Relaxed)
}

/// A logger that takes what strangers do wrong for no error of this server: it is counted, and a line
/// for debugging.
struct Sorted(RwLock<env_logger::Logger>);

impl Sorted {
    fn now(&self) -> RwLockReadGuard<'_, env_logger::Logger> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log for Sorted {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.now().enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        match is_of_peer(record) {
            true => {
                PEER_FAULTS.fetch_add(1, Ordering::Relaxed);
                self.now().log(&record.to_builder().level(Level::Debug).build());
            }
            false => self.now().log(record),
        }
    }

    fn flush(&self) {
        self.now().flush();
    }
}

fn is_of_peer(record: &Record<'_>) -> bool {
    record.level() <= Level::Warn
        && OF_PEERS.iter().any(|library| record.target().starts_with(library))
        && !record.args().to_string().starts_with(OWN)
}

/// Whether env_logger reads it as it is meant: by itself it takes a level that is misspelt for the name of a
/// module, and what it cannot read for nothing.
pub fn is_filter(filter: &str) -> bool {
    let (directives, _) = filter.split_once('/').unwrap_or((filter, ""));
    let is_level = |text: &str| text.trim().parse::<LevelFilter>().is_ok();
    directives.split(',').all(|directive| match directive.split_once('=') {
        Some((module, level)) => !module.trim().is_empty() && is_level(level),
        // The name of a module alone has a path, or is ours.
        None => is_level(directive) || directive.contains("::") || directive.trim() == "jiayi",
    })
}

/// The key under which lines bear the id of their request.
const REQUEST: &str = "req";

tokio::task_local! {
    static CURRENT: RequestId;
}

/// Runs a future so that every line which it logs bears the request's id.
pub async fn within_request<F: Future>(id: RequestId, future: F) -> F::Output {
    CURRENT.scope(id, future).await
}

/// Runs a future as a task of its own, whose lines bear the id of the request that is being answered.
pub fn spawn_within_request<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: 'static> + 'static,
{
    match CURRENT.try_with(Clone::clone) {
        Ok(id) => spawn_local(CURRENT.scope(id, future)),
        Err(_) => spawn_local(future),
    }
}

/// Where the journal of systemd reads, a line begins with its priority, by which it can be asked for.
fn write_priority(to: &mut Formatter, level: Level) -> io::Result<()> {
    if IS_JOURNAL.get() != Some(&true) {
        return Ok(());
    }
    let priority = match level {
        Level::Error => 3,
        Level::Warn => 4,
        Level::Info => 6,
        Level::Debug | Level::Trace => 7,
    };
    write!(to, "<{priority}>")
}

fn write_plain(to: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let time = to.timestamp_seconds();
    write_priority(to, record.level())?;
    write!(to, "[{time} {:<5} {}] {}", record.level(), record.target(), record.args())?;
    for (key, value) in fields(record) {
        match value.as_str() {
            Some(text) => write!(to, " {key}={text}")?,
            None => write!(to, " {key}={value}")?,
        }
    }
    writeln!(to)
}

#[derive(Serialize)]
struct Line<'a> {
    ts: String,
    level: &'a str,
    target: &'a str,
    msg: String,
    #[serde(flatten)]
    fields: Map<String, serde_json::Value>,
}

fn write_json(to: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let line = Line {
        ts: to.timestamp_millis().to_string(),
        level: record.level().as_str(),
        target: record.target(),
        msg: record.args().to_string(),
        fields: fields(record),
    };
    write_priority(to, record.level())?;
    writeln!(to, "{}", serde_json::to_string(&line)?)
}

/// The keys of a line with their values, and the id of the request that it belongs to.
fn fields(record: &Record<'_>) -> Map<String, serde_json::Value> {
    let mut fields = Fields(Map::new());
    if let Ok(id) = CURRENT.try_with(|id| id.as_str().to_owned()) {
        fields.0.insert(REQUEST.to_owned(), id.into());
    }
    // The visitor itself never fails.
    let _visited = record.key_values().visit(&mut fields);
    fields.0
}

struct Fields(Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for Fields {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        self.0.insert(key.as_str().to_owned(), to_json(&value));
        Ok(())
    }
}

/// Numbers and truth values as such, anything else as its text.
fn to_json(value: &Value<'_>) -> serde_json::Value {
    match (value.to_u64(), value.to_i64(), value.to_f64(), value.to_bool()) {
        (Some(number), _, _, _) => json!(number),
        (_, Some(number), _, _) => json!(number),
        (_, _, Some(number), _) => json!(number),
        (_, _, _, Some(truth)) => json!(truth),
        (None, None, None, None) => json!(value.to_string()),
    }
}
