//! The server under load: its process, and what the kernel says of it.

use crate::kept;
use crate::usage::{cpu_of, find_postmaster};
use crate::vendor::{APP_KEY, MASTER_SECRET, Vendor};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Seconds between pings: none comes where clients do not read, and so answer none.
pub const RARE_PINGS: u32 = 3600;

/// The server under load.
pub struct Server {
    process: Child,
    pub address: String,
    pub database: String,
    /// The first process of its PostgreSQL, where that runs here.
    pub postmaster: Option<u32>,
    _folder: Option<tempfile::TempDir>,
}

impl Server {
    /// Starts it, on an empty store if none is kept; with a vendor it sends mobile notices.
    pub fn start(vendor: Option<&Vendor>, ping_seconds: u32) -> Self {
        Self::start_with(vendor, ping_seconds, |_| ())
    }

    /// The same, with what `settle` adds to its settings.
    pub fn start_with(vendor: Option<&Vendor>, ping_seconds: u32, settle: impl Fn(&mut Command)) -> Self {
        let kept = kept::folder();
        let folder = kept.is_none().then(|| tempfile::TempDir::new().unwrap());
        let path = folder.as_ref().map(|folder| folder.path().to_owned()).or(kept).unwrap();
        let database = std::env::var("LOAD_DATABASE_URL")
            .unwrap_or_else(|_| format!("sqlite://{}", path.join("load.db").display()));
        let built = || std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("jiayi");
        let binary = std::env::var_os("LOAD_SERVER").map_or_else(built, Into::into);
        // With per_device a message is a push to its author, too.
        let connections = std::env::var("LOAD_CONNECTIONS").unwrap_or_else(|_| "per_device".to_owned());
        let mut command = Command::new(binary);
        if let Some(vendor) = vendor {
            command
                .env("JIAYI_PUSH__PROVIDER", "jpush")
                .env("JIAYI_PUSH__APP_KEY", APP_KEY)
                .env("JIAYI_PUSH__MASTER_SECRET", MASTER_SECRET)
                .env("JIAYI_PUSH__PUSH_URL", vendor.url())
                .env("JIAYI_PUSH__DEVICE_URL", vendor.url());
        }
        command.env("JIAYI_CONNECTIONS", connections);
        settle(&mut command);
        let mut process = command
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--database-url", &database])
            .env("JIAYI_BUDGETS__ENABLED", "false")
            .env("JIAYI_REGISTRATIONS_PER_HOUR", "1000000")
            // In life they come from many networks.
            .env("JIAYI_CONNECTIONS_BEFORE_LOGIN", "100000")
            .env("JIAYI_PING_SECONDS", ping_seconds.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("build the server first: cargo build --release");
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let ready = lines.find_map(|line| Some(line.ok()?.split_once("listening on http://")?.1.to_owned()));
        std::thread::spawn(move || lines.for_each(drop));
        let address = ready.expect("the server did not start");
        Self { process, address, postmaster: find_postmaster(&database), database, _folder: folder }
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// CPU time used so far, in microseconds.
    pub fn cpu_micros(&self) -> u64 {
        cpu_of(self.process.id())
    }

    /// Resident memory, in bytes.
    pub fn memory(&self) -> u64 {
        self.status("VmRSS")
    }

    /// What of it is the process's own, without the pages of files: heap, stacks, SQLite's caches.
    pub fn anonymous_memory(&self) -> u64 {
        self.status("RssAnon")
    }

    /// The most that it has been, in bytes.
    pub fn peak_memory(&self) -> u64 {
        self.status("VmHWM")
    }

    fn status(&self, field: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(field)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
