//! A test that measures memory, which is a process's, has a process of its own.

/// Other tests run in this process: the test `name` runs again in its own.
pub async fn alone(name: &str, test: impl Future<Output = ()>) {
    const ALONE: &str = "JIAYI_TEST_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return test.await;
    }
    let itself = std::env::current_exe().unwrap();
    let mut run = tokio::process::Command::new(itself);
    let run = run.args([name, "--exact", "--include-ignored"]).env(ALONE, "1").output().await.unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
}

/// The memory of this process.
pub fn resident_kib() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}
