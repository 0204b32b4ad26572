//! A PostgreSQL of a test's own, which it may kill, start again and have speak TLS; gone when it is dropped.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

pub struct OwnPostgres {
    folder: PathBuf,
    programs: PathBuf,
    pub port: u16,
}

impl OwnPostgres {
    /// One that runs.
    pub fn start() -> Self {
        let own = Self::new();
        own.run();
        own
    }

    /// One that does not run yet; its files may be altered.
    pub fn new() -> Self {
        let folder = run(as_postgres(Path::new("mktemp")).arg("-d"));
        let own = Self { folder: folder.trim().into(), programs: programs(), port: free_port() };
        let initdb = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", "postgres", "-D"];
        run(as_postgres(&own.programs.join("initdb")).args(initdb).arg(own.data()));
        own
    }

    /// Where its data is.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Runs it, until it answers.
    pub fn run(&self) {
        let options = format!("-h 127.0.0.1 -p {} -k {} -c fsync=off", self.port, self.folder.display());
        let log = self.folder.join("log");
        let start = ["-w", "-o", &options, "start", "-l"];
        run(self.control().args(start).arg(log));
    }

    /// Ends it at once, as a crash does.
    pub fn kill(&self) {
        run(self.control().args(["-m", "immediate", "stop"]));
    }

    /// The URL of its database by a name of this machine.
    pub fn url(&self, host: &str) -> String {
        format!("postgres://postgres@{host}:{}/postgres", self.port)
    }

    fn control(&self) -> Command {
        let mut command = as_postgres(&self.programs.join("pg_ctl"));
        command.arg("-D").arg(self.data());
        command
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        // It may not run.
        let _stopped = self.control().args(["-m", "immediate", "stop"]).output();
        let _removed = std::fs::remove_dir_all(&self.folder);
    }
}

/// A command as somebody whom the server's programs serve, as they refuse root.
pub fn as_postgres(program: &Path) -> Command {
    let whoami = run(Command::new("id").arg("-u"));
    let mut command = match whoami.trim() {
        "0" => {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        }
        _ => Command::new(program),
    };
    command.current_dir("/");
    command
}

/// Runs a command to its good end; what it says.
pub fn run(command: &mut Command) -> String {
    // What it leaves running keeps no pipe open.
    let output = tempfile::NamedTempFile::new().unwrap();
    let file = || Stdio::from(output.reopen().unwrap());
    let status = command.stdin(Stdio::null()).stdout(file()).stderr(file()).status().unwrap();
    let said = std::fs::read_to_string(output.path()).unwrap();
    assert!(status.success(), "{command:?}: {said}");
    said
}

/// A port on which nobody listens.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The newest version's programs.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL: run ./scripts/test");
    let version = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        Some((path.file_name()?.to_str()?.parse::<u32>().ok()?, path.join("bin")))
    };
    versions.filter_map(version).max().unwrap().1
}

/// A PgBouncer in transaction mode, of two sessions, before a database; ends when it is dropped.
pub struct Pooler {
    process: Child,
    folder: PathBuf,
    pub port: u16,
}

impl Pooler {
    /// `None`, with words, where there is no PgBouncer.
    pub fn start(server: &str, database: &str) -> Option<Self> {
        let program = Path::new("/usr/sbin/pgbouncer");
        if !program.exists() {
            eprintln!("left out: there is no {}", program.display());
            return None;
        }
        let (host, port) = server.split_once(':').unwrap();
        let folder: PathBuf = run(as_postgres(Path::new("mktemp")).arg("-d")).trim().into();
        let (settings, own_port) = (folder.join("pgbouncer.ini"), free_port());
        let text = format!(
            "[databases]\n{database} = host={host} port={port} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {own_port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n\
             default_pool_size = 2\nmax_client_conn = 100\n"
        );
        std::fs::write(&settings, text).unwrap();
        let mut command = as_postgres(program);
        let process = command.arg(settings).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while std::net::TcpStream::connect(("127.0.0.1", own_port)).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Some(Self { process, folder, port: own_port })
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        super::terminate(&self.process);
        let _ended = self.process.wait();
        let _removed = std::fs::remove_dir_all(&self.folder);
    }
}
