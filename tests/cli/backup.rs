//! Backing up while the server runs, and putting it back.

use super::own_postgres::OwnPostgres;
use super::{jiayi, list, log_in, said, serve, serve_with, terminate};
use diesel::connection::SimpleConnection;
use jiayi::db::connection::Address;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

pub fn run(folder: &Path, command: &str, backup: &Path) -> (bool, String) {
    finish(jiayi(folder).args(["backup", command]).arg(backup))
}

/// Whether a command ends well, and what it says.
pub fn finish(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    (output.status.success(), said(&output).0 + &said(&output).1)
}

/// The texts of the message list's newest lines.
async fn inbox(address: &str, token: &Value) -> String {
    let url = format!("http://{address}/user/message/list");
    let request = reqwest::Client::new().get(url).bearer_auth(token.as_str().unwrap());
    request.send().await.unwrap().text().await.unwrap()
}

pub async fn send(address: &str, token: &Value, to: &Value, kind: &str, body: Value) {
    let url = format!("http://{address}/user/alonechat/send");
    let request = reqwest::Client::new().post(url).bearer_auth(token.as_str().unwrap());
    let answer = request.json(&json!({ "touid": to, "kind": kind, "body": body })).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
}

pub async fn upload(address: &str, token: &Value) -> Value {
    let form = Form::new().part("file", Part::bytes(&b"%PDF-1.7"[..]).file_name("a.pdf"));
    let request = reqwest::Client::new().post(format!("http://{address}/user/file"));
    let answer = request.bearer_auth(token.as_str().unwrap()).multipart(form).send().await.unwrap();
    answer.json().await.unwrap()
}

async fn download(address: &str, token: &Value, file: &Value) -> Vec<u8> {
    let url = format!("http://{address}{}", file["url"].as_str().unwrap());
    let answer = reqwest::Client::new().get(url).bearer_auth(token.as_str().unwrap()).send().await.unwrap();
    answer.bytes().await.unwrap().to_vec()
}

#[tokio::test]
async fn a_backup_of_a_running_server_is_whole_and_is_put_back() {
    let (first, second, backups) =
        (TempDir::new().unwrap(), TempDir::new().unwrap(), TempDir::new().unwrap());
    let backup = backups.path().join("monday");
    let (mut server, address) = serve(first.path());
    let (resident, doctor) = (log_in(&address, "resident1").await, log_in(&address, "doctor1").await);
    let (token, to) = (&resident["token"], &doctor["uid"]);
    let file = upload(&address, token).await;
    send(&address, token, to, "file", file["fileid"].clone()).await;
    send(&address, token, to, "text", json!("before the backup")).await;
    assert!(first.path().join("jiayi.db-wal").exists(), "what is written is not in the one file yet");
    let (done, said) = run(first.path(), "create", &backup);
    assert!(done && said.contains("files (1)"), "{said}");
    assert_eq!(list(&backup), ["SHA256SUMS", "files", "jiayi.db"]);
    send(&address, token, to, "text", json!("after the backup")).await;
    let (again, said) = run(first.path(), "create", &backup);
    assert!(!again && said.contains("is there already"), "{said}");
    server.kill().unwrap();
    server.wait().unwrap();

    let (over, said) = run(first.path(), "restore", &backup);
    assert!(!over && said.contains("is there already"), "nothing is overwritten: {said}");
    // What the lost database left beside it would make nonsense of the one that is put back.
    std::fs::copy(first.path().join("jiayi.db-wal"), second.path().join("jiayi.db-wal")).unwrap();
    let (beside, said) = run(second.path(), "restore", &backup);
    assert!(!beside && said.contains("jiayi.db-wal is there already"), "{said}");
    std::fs::remove_file(second.path().join("jiayi.db-wal")).unwrap();
    let (restored, said) = run(second.path(), "restore", &backup);
    assert!(restored, "{said}");
    let (mut server, address) = serve(second.path());
    let text = inbox(&address, token).await;
    assert!(text.contains("before the backup") && !text.contains("after the backup"), "{text}");
    assert_eq!(download(&address, token, &file).await, b"%PDF-1.7");
    terminate(&server);
    server.wait().unwrap();
}

#[test]
fn what_is_no_backup_is_not_put_back() {
    let (folder, backup) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (done, said) = run(folder.path(), "restore", backup.path());
    assert!(!done && said.contains("SHA256SUMS is missing"), "{said}");
    std::fs::write(backup.path().join("jiayi.db"), vec![7; 8192]).unwrap();
    sum(backup.path());
    let (done, said) = run(folder.path(), "restore", backup.path());
    assert!(!done && list(folder.path()).is_empty(), "{said}");
    let (done, said) = run(folder.path(), "create", &folder.path().join("b"));
    assert!(!done && said.contains("there is no database"), "{said}");
    std::fs::write(backup.path().join("SHA256SUMS"), format!("{:064}  ../jiayi.db\n", 0)).unwrap();
    let (done, said) = run(folder.path(), "restore", backup.path());
    assert!(!done && said.contains("outside of the backup"), "{said}");
}

/// Lists what is in a folder as `sha256sum` does.
fn sum(folder: &Path) {
    let mut command = Command::new("sh");
    command.args(["-c", "find . -type f ! -name SHA256SUMS -printf '%P\\n' | xargs sha256sum > SHA256SUMS"]);
    assert!(command.current_dir(folder).status().unwrap().success());
}

#[test]
fn a_backup_that_was_damaged_is_found_and_not_put_back() {
    let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    assert!(jiayi(folder.path()).arg("migrate").status().unwrap().success());
    let backup = folder.path().join("monday");
    assert!(run(folder.path(), "create", &backup).0);
    assert!(
        Command::new("sha256sum")
            .args(["--check", "--quiet", "SHA256SUMS"])
            .current_dir(&backup)
            .status()
            .unwrap()
            .success()
    );
    let (whole, said) = run(folder.path(), "verify", &backup);
    assert!(whole && said.contains("1 files as they were written"), "{said}");
    let mut bytes = std::fs::read(backup.join("jiayi.db")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(backup.join("jiayi.db"), bytes).unwrap();
    for command in ["verify", "restore"] {
        let (done, said) = run(other.path(), command, &backup);
        assert!(!done && said.contains("jiayi.db is not what was written"), "{said}");
    }
    assert!(list(other.path()).is_empty());
}

#[test]
fn of_the_backups_that_have_no_name_the_newest_stay() {
    let folder = TempDir::new().unwrap();
    let backups = folder.path().join("backups");
    assert!(jiayi(folder.path()).arg("migrate").status().unwrap().success());
    let mut unnamed = jiayi(folder.path());
    let (done, said) = finish(unnamed.args(["backup", "create"]));
    assert!(!done && said.contains("set backup_folder"), "{said}");
    let mut unnamed = jiayi(folder.path());
    unnamed.args(["backup", "create", "--keep", "2"]).env("JIAYI_BACKUP_FOLDER", &backups);
    assert!(run(folder.path(), "create", &backups.join("2020-01-01_000000")).0);
    assert!(run(folder.path(), "create", &backups.join("2020-01-02_000000")).0);
    assert!(run(folder.path(), "create", &backups.join("before the move")).0);
    let (done, said) = finish(&mut unnamed);
    assert!(done && said.contains("2020-01-01_000000 away"), "{said}");
    let names = list(&backups);
    assert!(
        names[0] == "2020-01-02_000000" && names[2] == "before the move" && names.len() == 3,
        "{names:?}"
    );
    // One that was broken off two days ago goes, one that may be under way stays.
    let (old, young) = (backups.join("2020-01-03_000000.part"), backups.join("2020-01-04_000000.part"));
    for part in [&old, &young] {
        std::fs::create_dir(part).unwrap();
    }
    let then = SystemTime::now() - Duration::from_secs(2 * 86_400);
    std::fs::File::open(&old).unwrap().set_modified(then).unwrap();
    let (done, said) = finish(&mut unnamed);
    assert!(done && !old.exists() && young.exists(), "{said}");
    std::fs::remove_dir(&young).unwrap();
    // Several of one second have names of their own.
    for _ in 0..3 {
        let (done, said) = finish(&mut unnamed);
        assert!(done, "{said}");
    }
    assert_eq!(list(&backups).len(), 3);
}

/// Who lacks files is told which, and old backups go nevertheless, but for one that has more of them.
#[tokio::test]
async fn files_that_are_missing_are_named_and_fill_no_disk() {
    let folder = TempDir::new().unwrap();
    let backups = folder.path().join("backups");
    let (mut server, address) = serve(folder.path());
    let (resident, doctor) = (log_in(&address, "resident1").await, log_in(&address, "doctor1").await);
    let file = upload(&address, &resident["token"]).await;
    send(&address, &resident["token"], &doctor["uid"], "file", file["fileid"].clone()).await;
    terminate(&server);
    server.wait().unwrap();
    assert!(run(folder.path(), "create", &backups.join("2020-01-01_000000")).0);
    // One that was broken off is none, whatever its list has.
    let part = backups.join("2020-01-02_000000.part");
    std::fs::create_dir(&part).unwrap();
    std::fs::copy(backups.join("2020-01-01_000000/jiayi.db"), part.join("jiayi.db")).unwrap();
    std::fs::write(part.join("SHA256SUMS"), "").unwrap();
    let (whole, said) = run(folder.path(), "verify", &part);
    assert!(!whole && said.contains("broken off"), "{said}");
    std::fs::remove_dir_all(&part).unwrap();
    std::fs::rename(folder.path().join("data/files"), folder.path().join("away")).unwrap();
    let mut nightly = jiayi(folder.path());
    nightly.args(["backup", "create", "--keep", "1"]).env("JIAYI_BACKUP_FOLDER", &backups);
    for _ in 0..3 {
        let (done, said) = finish(&mut nightly);
        assert!(!done && said.contains("such as data/files/"), "{said}");
        assert!(said.contains("2020-01-01_000000 stays"), "{said}");
    }
    assert_eq!(list(&backups).len(), 2);
    // What was missing when it was made is on record; a list that was cut is not that.
    let newest = backups.join(list(&backups).pop().unwrap());
    let (whole, said) = run(folder.path(), "verify", &newest);
    assert!(whole && said.contains("1 files were missing when it was made"), "{said}");
    let old = backups.join("2020-01-01_000000");
    let sums = std::fs::read_to_string(old.join("SHA256SUMS")).unwrap();
    let cut = sums.lines().find(|line| line.ends_with("jiayi.db")).unwrap();
    std::fs::write(old.join("SHA256SUMS"), format!("{cut}\n")).unwrap();
    let other = TempDir::new().unwrap();
    for command in ["verify", "restore"] {
        let (whole, said) = run(other.path(), command, &old);
        assert!(!whole && said.contains("lacks 1 files that its database"), "{said}");
    }
    assert!(list(other.path()).is_empty());
    std::fs::write(old.join("SHA256SUMS"), sums).unwrap();
    assert!(run(folder.path(), "verify", &old).0);
    // Nor is one from which files were taken away; who has lost them is told which, and goes on.
    std::fs::rename(old.join("files"), old.join("elsewhere")).unwrap();
    for command in ["verify", "restore"] {
        let (whole, said) = run(other.path(), command, &old);
        assert!(!whole && said.contains("restore --without-missing-files"), "{said}");
    }
    assert!(list(other.path()).is_empty());
    let mut without = jiayi(other.path());
    let (restored, said) = finish(without.args(["backup", "restore", "--without-missing-files"]).arg(&old));
    assert!(restored && said.contains(&format!("missing: {}", file["fileid"].as_str().unwrap())), "{said}");
    assert_eq!(list(other.path()), ["jiayi.db"]);
    std::fs::rename(old.join("elsewhere"), old.join("files")).unwrap();
    std::fs::rename(folder.path().join("away"), folder.path().join("data/files")).unwrap();
    assert!(finish(&mut nightly).0);
    assert_eq!(list(&backups).len(), 1);
}

#[test]
fn who_names_no_database_makes_none() {
    let folder = TempDir::new().unwrap();
    for arguments in [&["stats"][..], &["search", "rebuild"], &["admin", "passwd", "--account", "chief"]] {
        let (done, said) = finish(jiayi(folder.path()).args(arguments));
        assert!(!done && said.contains("there is no database at") && said.contains("--config"), "{said}");
    }
    assert_eq!(list(folder.path()), [""; 0]);
}

/// As after a restore by root, whose the service is not.
#[test]
fn what_root_makes_belongs_to_whom_its_folder_belongs_to() {
    let folder = TempDir::new().unwrap();
    if chown(folder.path(), Some(1234), Some(1234)).is_err() {
        return println!("left out: only root can try this");
    }
    assert!(jiayi(folder.path()).arg("migrate").status().unwrap().success());
    let backup = TempDir::new().unwrap();
    assert!(run(folder.path(), "create", &backup.path().join("one")).0);
    std::fs::remove_file(folder.path().join("jiayi.db")).unwrap();
    let (restored, said) = run(folder.path(), "restore", &backup.path().join("one"));
    assert!(restored, "{said}");
    for name in list(folder.path()) {
        assert_eq!(std::fs::metadata(folder.path().join(&name)).unwrap().uid(), 1234, "{name}");
    }
}

/// How many messages of the test the database has.
fn count_messages(folder: &Path, url: &str) -> String {
    let (_, said) = finish(jiayi(folder).arg("stats").env("JIAYI_DATABASE_URL", url));
    let line = said.lines().find(|line| line.starts_with("messages ")).unwrap_or_else(|| panic!("{said}"));
    line.split_whitespace().last().unwrap().to_owned()
}

#[tokio::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_backup_of_a_running_postgresql_is_whole_and_is_put_back_into_another() {
    let (postgres, folder, other) = (OwnPostgres::start(), TempDir::new().unwrap(), TempDir::new().unwrap());
    let (url, backup) = (postgres.url("127.0.0.1"), folder.path().join("monday"));
    let (mut server, address, _) = serve_with(folder.path(), &[("JIAYI_DATABASE_URL", &url)]);
    let (resident, doctor) = (log_in(&address, "resident1").await, log_in(&address, "doctor1").await);
    let file = upload(&address, &resident["token"]).await;
    send(&address, &resident["token"], &doctor["uid"], "file", file["fileid"].clone()).await;
    let before = count_messages(folder.path(), &url);
    // By a password in the URL, which the server does not ask for and others on the machine do not see.
    let with_password = url.replace("postgres@", "postgres:pass%20word@");
    let (done, said) = finish(
        jiayi(folder.path()).args(["backup", "create"]).arg(&backup).env("JIAYI_DATABASE_URL", with_password),
    );
    assert!(done && said.contains("files (1)"), "{said}");
    send(&address, &resident["token"], &doctor["uid"], "text", json!("after the backup")).await;
    terminate(&server);
    server.wait().unwrap();
    let (whole, said) = run(folder.path(), "verify", &backup);
    assert!(whole && said.contains("2 files"), "{said}");

    // A list that was cut is noticed, and what restores asks the database before it writes any file.
    let sums = std::fs::read_to_string(backup.join("SHA256SUMS")).unwrap();
    let cut = sums.lines().find(|line| line.ends_with("jiayi.dump")).unwrap();
    std::fs::write(backup.join("SHA256SUMS"), format!("{cut}\n")).unwrap();
    let (whole, said) = run(folder.path(), "verify", &backup);
    assert!(!whole && said.contains("lacks 1 files that its database"), "{said}");
    std::fs::write(backup.join("SHA256SUMS"), sums).unwrap();

    let restore = |url: &str| {
        finish(jiayi(other.path()).args(["backup", "restore"]).arg(&backup).env("JIAYI_DATABASE_URL", url))
    };
    let (over, said) = restore(&url);
    assert!(!over && said.contains("name an empty one"), "nothing is overwritten: {said}");
    let (mute, said) = restore("postgres://jiayi@127.0.0.1:1/jiayi");
    assert!(!mute && said.contains("cannot open the database"), "{said}");
    assert_eq!(list(other.path()), [""; 0], "the database is asked before files are written");
    Address::parse(&url).unwrap().connect().unwrap().batch_execute("CREATE DATABASE second").unwrap();
    let second = url.replace(&format!("{}/postgres", postgres.port), &format!("{}/second", postgres.port));
    let (restored, said) = restore(&second);
    assert!(restored, "{said}");
    assert_eq!(count_messages(other.path(), &second), before);
    let unknown = "DO $$BEGIN ASSERT (SELECT reltuples > 0 FROM pg_class WHERE relname = 'account'); END$$";
    Address::parse(&second).unwrap().connect().unwrap().batch_execute(unknown).unwrap();
    let (mut server, address, _) = serve_with(other.path(), &[("JIAYI_DATABASE_URL", &second)]);
    assert_eq!(download(&address, &resident["token"], &file).await, b"%PDF-1.7");
    terminate(&server);
    server.wait().unwrap();
}

#[test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
fn a_dump_of_a_newer_version_is_refused() {
    let (postgres, folder) = (OwnPostgres::start(), TempDir::new().unwrap());
    let (url, backup) = (postgres.url("127.0.0.1"), folder.path().join("monday"));
    assert!(jiayi(folder.path()).arg("migrate").env("JIAYI_DATABASE_URL", &url).status().unwrap().success());
    let newer = "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('9999', '2030-01-01'); \
                 CREATE DATABASE second";
    for statement in newer.split("; ") {
        Address::parse(&url).unwrap().connect().unwrap().batch_execute(statement).unwrap();
    }
    std::fs::create_dir(&backup).unwrap();
    let mut dump = Command::new("pg_dump");
    dump.args(["--format=custom", "--no-owner", "--dbname", &url, "--file"]).arg(backup.join("jiayi.dump"));
    assert!(dump.status().unwrap().success());
    sum(&backup);
    let second = url.replace(&format!("{}/postgres", postgres.port), &format!("{}/second", postgres.port));
    for command in ["verify", "restore"] {
        let (done, said) = finish(
            jiayi(folder.path()).args(["backup", command]).arg(&backup).env("JIAYI_DATABASE_URL", &second),
        );
        assert!(!done && said.contains("9999") && said.contains("newer version"), "{command}: {said}");
    }
}

#[test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
fn a_dump_that_lacks_a_table_is_refused() {
    let (postgres, folder) = (OwnPostgres::start(), TempDir::new().unwrap());
    let (url, backup) = (postgres.url("127.0.0.1"), folder.path().join("monday"));
    assert!(jiayi(folder.path()).arg("migrate").env("JIAYI_DATABASE_URL", &url).status().unwrap().success());
    std::fs::create_dir(&backup).unwrap();
    for (lacks, options) in
        [("file", "--exclude-table=file"), ("__diesel_schema_migrations", "--schema-only")]
    {
        let mut dump = Command::new("pg_dump");
        dump.args(["--format=custom", options, "--dbname", &url, "--file"]).arg(backup.join("jiayi.dump"));
        assert!(dump.status().unwrap().success());
        sum(&backup);
        let (whole, said) = run(folder.path(), "verify", &backup);
        assert!(!whole && said.contains(&format!("lacks rows of {lacks}")), "{said}");
    }
}

/// A file of somebody's own that lies in the place of one of the backup's is found before another is put back.
#[tokio::test]
async fn what_refuses_a_restore_does_so_before_anything_changed() {
    let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (mut server, address) = serve(folder.path());
    let resident = log_in(&address, "resident1").await;
    for _ in 0..2 {
        upload(&address, &resident["token"]).await;
    }
    let backup = folder.path().join("monday");
    let (done, said) = run(folder.path(), "create", &backup);
    assert!(done && said.contains("files (2)"), "{said}");
    // A server that goes on with a database that was moved away is found as well.
    std::fs::rename(folder.path().join("jiayi.db"), folder.path().join("away.db")).unwrap();
    for beside in ["-wal", "-shm"] {
        std::fs::remove_file(folder.path().join(format!("jiayi.db{beside}"))).unwrap();
    }
    let (restored, said) = run(folder.path(), "restore", &backup);
    assert!(!restored && said.contains("another server runs on the database"), "{said}");
    server.kill().unwrap();
    server.wait().unwrap();

    let sums = std::fs::read_to_string(backup.join("SHA256SUMS")).unwrap();
    let last = sums.lines().filter_map(|line| line.split_once("  ")?.1.strip_prefix("files/")).next_back();
    let taken = other.path().join("data/files").join(last.unwrap());
    std::fs::create_dir_all(taken.parent().unwrap()).unwrap();
    std::fs::write(&taken, "mine").unwrap();
    let (restored, said) = run(other.path(), "restore", &backup);
    assert!(!restored && said.contains("is another file: move it away"), "{said}");
    assert_eq!(list(&other.path().join("data/files")).len(), 1, "no file was put back");
    assert_eq!(list(other.path()), ["data"]);
    std::fs::remove_file(&taken).unwrap();
    assert!(run(other.path(), "restore", &backup).0);
}

/// As its guide said: the database, the files, and no list. A file of its store was lost before.
#[test]
fn a_backup_of_version_0_1_is_put_back() {
    let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/stores/0.1.0.sqlite.sql");
    let url = format!("sqlite://{}", folder.path().join("jiayi.db").display());
    let mut database = Address::parse(&url).unwrap().connect().unwrap();
    database.batch_execute(&std::fs::read_to_string(store).unwrap()).unwrap();
    let file = "INSERT INTO file SELECT 'lost', uid, 'file', 'text/plain', NULL, 1, 0, 0 FROM account LIMIT 1; \
                PRAGMA journal_mode = DELETE";
    database.batch_execute(file).unwrap();
    drop(database);
    let (restored, said) = run(other.path(), "restore", folder.path());
    assert!(!restored && said.contains("of version 0.1"), "{said}");
    sum(folder.path());
    let (restored, said) = run(other.path(), "restore", folder.path());
    assert!(!restored && said.contains("such as lost"), "{said}");
    let mut without = jiayi(other.path());
    let (restored, said) =
        finish(without.args(["backup", "restore", "--without-missing-files"]).arg(folder.path()));
    assert!(restored && said.contains("missing: lost"), "{said}");
    assert!(jiayi(other.path()).arg("migrate").status().unwrap().success());
}

/// Others on the machine see the arguments of every process.
#[test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
fn what_a_tool_is_told_in_secret_reaches_it() {
    let (postgres, folder) = (OwnPostgres::start(), TempDir::new().unwrap());
    let url = format!(
        "{}?sslmode=disable&sslpassword=north%20wind&password=east%20wind",
        postgres.url("127.0.0.1")
    );
    let mut migrate = jiayi(folder.path());
    assert!(migrate.arg("migrate").env("JIAYI_DATABASE_URL", &url).status().unwrap().success());
    let tool = folder.path().join("pg_dump");
    let script = format!(
        "#!/bin/sh\necho \"$@\" >{0}/arguments\ncat \"$PGSERVICEFILE\" >{0}/service\nexec /usr/bin/pg_dump \"$@\"\n",
        folder.path().display()
    );
    std::fs::write(&tool, script).unwrap();
    std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let create = |url: &str, to: &str| {
        let mut command = jiayi(folder.path());
        command.env("PATH", &path).env("JIAYI_DATABASE_URL", url);
        finish(command.args(["backup", "create", to]))
    };
    let (done, said) = create(&url, "monday");
    assert!(done, "{said}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let arguments = read("arguments");
    assert!(arguments.contains("service=jiayi") && !arguments.contains("wind"), "{arguments}");
    assert_eq!(read("service"), "[jiayi]\nsslpassword=north wind\n");
    let (done, said) = create(&url.replace("wind&", "wind%20&"), "tuesday");
    assert!(!done && said.contains("sslpassword") && !said.contains("north"), "{said}");
}

/// Others on the machine see the arguments of every process.
#[test]
fn no_password_is_among_the_arguments_of_a_tool() {
    for url in [
        "postgres://jiayi:north%20wind@h/d?sslmode=disable",
        "postgres://jiayi@h/d?password=north%20wind&sslmode=disable",
        "postgres://jiayi@h/d?sslmode=disable&password=north%20wind",
        "postgres://jiayi:east%20wind@h/d?sslmode=disable&password=north%20wind",
        "postgres://jiayi@h/d?sslmode=disable&p%61ssword=north%20wind",
    ] {
        let Address::Postgres(server) = Address::parse(url).unwrap() else { panic!("{url}") };
        let (shown, secrets) = server.without_secrets();
        assert_eq!(shown, "postgres://jiayi@h/d?sslmode=disable");
        assert_eq!(secrets, [("password", "north wind".to_owned())]);
    }
    let url = "postgres://jiayi:one@h/d?sslpassword=two&sslmode=disable&oauth_client_secret=three";
    let Address::Postgres(server) = Address::parse(url).unwrap() else { panic!("{url}") };
    let (shown, secrets) = server.without_secrets();
    assert_eq!(shown, "postgres://jiayi@h/d?sslmode=disable");
    assert_eq!(secrets.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>(), ["one", "two", "three"]);
}
