//! Nothing that was answered is lost when the power fails, in a hundred states of the disk: see `power_loss`, which
//! scripts/power-loss runs for long, and with servers that are broken on purpose.

use std::io::Write;
use std::process::{Command, Stdio};

/// Whether a program is there and works.
fn works(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    let status = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

#[test]
fn what_was_answered_survives_power_loss_on_sqlite() {
    if !works("strace", &["-f", "true"]) || !works("python3", &["--version"]) {
        // Not by a macro, whose words a passing test keeps to itself.
        writeln!(std::io::stderr(), "power loss is not tested: it needs strace and Python 3").unwrap();
        return;
    }
    let folder = tempfile::TempDir::new().unwrap();
    let mut look = Command::new("python3");
    look.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/durability/power_loss"))
        .arg(env!("CARGO_BIN_EXE_jiayi"))
        .args(["--states", "100", "--seconds", "4", "--folder"])
        .arg(folder.path())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let looked = look.output().unwrap();
    assert!(looked.status.success(), "{looked:?}");
}
