//! The program with a database of its own, and no settings from around the test.

use super::vendor::{APP_KEY, MASTER_SECRET, Vendor};
use diesel::connection::SimpleConnection;
use jiayi::db::connection::{Address, AnyConnection};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// A folder for the program, and what is set in its environment.
pub struct Program {
    folder: Arc<TempDir>,
    settings: BTreeMap<String, String>,
}

impl Program {
    /// With an empty SQLite database, and no vendor.
    pub fn on_sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("jiayi.db").display());
        Self::on(folder, url)
    }

    /// With a schema of its own on the server named by `TEST_POSTGRES_URL`.
    pub fn on_postgres() -> Self {
        let url = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL: run ./scripts/test");
        let folder = TempDir::new().unwrap();
        let name = folder.path().file_name().unwrap().to_string_lossy().into_owned();
        let schema = format!("notices_{}", name.trim_start_matches('.').to_lowercase());
        let mut server = Address::parse(&url).unwrap().connect().unwrap();
        server.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema}; CREATE SCHEMA {schema}")).unwrap();
        let separator = if url.contains('?') { '&' } else { '?' };
        Self::on(folder, format!("{url}{separator}options=-csearch_path%3D{schema}"))
    }

    fn on(folder: TempDir, url: String) -> Self {
        let settings = [("JIAYI_DATABASE_URL", url.as_str()), ("JIAYI_LISTEN", "127.0.0.1:0")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { folder: Arc::new(folder), settings: BTreeMap::from(settings) }
    }

    /// Its store, behind its back.
    pub fn store(&self) -> AnyConnection {
        Address::parse(&self.settings["JIAYI_DATABASE_URL"]).unwrap().connect().unwrap()
    }

    /// Does this to its store, which has all its tables.
    pub fn prepare(&self, statements: &str) {
        assert!(self.run(&["migrate"]).0);
        self.store().batch_execute(statements).unwrap();
    }

    /// The same with the stand-in for a vendor.
    pub fn serving(&self, vendor: &Vendor) -> Self {
        let mut program = Self { folder: self.folder.clone(), settings: self.settings.clone() };
        program
            .set("JIAYI_PUSH__PROVIDER", "jpush")
            .set("JIAYI_PUSH__APP_KEY", APP_KEY)
            .set("JIAYI_PUSH__MASTER_SECRET", MASTER_SECRET)
            .set("JIAYI_PUSH__PUSH_URL", vendor.url())
            .set("JIAYI_PUSH__DEVICE_URL", vendor.url())
            .set("JIAYI_PUSH__GATHER_SECONDS", "0");
        program
    }

    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jiayi"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("JIAYI_"))
        {
            command.env_remove(name);
        }
        command.envs(&self.settings).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Whether it ended well, and all that it said.
    pub fn run(&self, arguments: &[&str]) -> (bool, String) {
        let output = self.command().args(arguments).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }
}

/// A running `jiayi serve --demo`.
pub struct Server {
    pub url: String,
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    /// Starts it and waits until it listens.
    pub fn start(program: &Program) -> Self {
        let mut command = program.command();
        command.env("JIAYI_BUDGETS__ENABLED", "false");
        command.args(["serve", "--demo"]).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let said = Arc::new(Mutex::new(Vec::new()));
        let url = lines.by_ref().find_map(|line| {
            let url = line
                .split_once("listening on ")
                .map(|(_, url)| url.split(['"', ' ']).next().unwrap().to_owned());
            said.lock().unwrap().push(line);
            url
        });
        let url = url.unwrap_or_else(|| panic!("it did not start: {said:#?}"));
        let shared = said.clone();
        let reader = std::thread::spawn(move || lines.for_each(|line| shared.lock().unwrap().push(line)));
        Self { url, child, said, reader: Some(reader) }
    }

    /// SIGKILL; returns when the process is gone and all that it said was read.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
    }

    /// The most memory that it has held, in bytes.
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }

    /// Its log.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be dead already, as intended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
