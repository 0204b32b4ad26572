//! The program itself, started to be killed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A running `jiayi serve --demo`.
pub struct Server {
    pub url: String,
    child: Child,
}

impl Server {
    /// Starts it on a free port and waits until it listens.
    pub fn start(database_url: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jiayi"))
            .env("JIAYI_BUDGETS__ENABLED", "false")
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--database-url", database_url])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut said = Vec::new();
        let url = lines.by_ref().find_map(|line| {
            let url = line.split_once("listening on ").map(|(_, url)| url.trim().to_owned());
            said.push(line);
            url
        });
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(|line| eprintln!("{line}")));
        Self { url: url.unwrap_or_else(|| panic!("it did not start: {said:#?}")), child }
    }

    /// SIGKILL; returns when the process is gone.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be dead already, as intended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
