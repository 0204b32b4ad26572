//! Who may read what the program writes, that looking changes nothing, and where settings are read from.

use super::{jiayi, list, log_in, said, serve, terminate};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// The rights of everything in a folder, as octal digits.
fn rights(folder: &Path) -> Vec<(String, u32)> {
    let mut all = Vec::new();
    for name in list(folder) {
        let path = folder.join(&name);
        all.push((name, std::fs::metadata(&path).unwrap().permissions().mode() & 0o777));
        if path.is_dir() {
            all.extend(rights(&path));
        }
    }
    all
}

#[tokio::test]
async fn what_is_written_is_for_its_owner_alone_whatever_the_umask() {
    let folder = TempDir::new().unwrap();
    let (mut server, address) = serve(folder.path());
    let login = log_in(&address, "resident1").await;
    let part = reqwest::multipart::Part::bytes(&b"%PDF-1.7"[..]).file_name("a.pdf");
    let upload = reqwest::Client::new().post(format!("http://{address}/user/file"));
    let upload = upload.bearer_auth(login["token"].as_str().unwrap());
    let upload = upload.multipart(reqwest::multipart::Form::new().part("file", part)).send().await.unwrap();
    assert_eq!(upload.status().as_u16(), 200);
    let found = rights(folder.path());
    assert!(found.len() >= 5, "database, its log, the folder of files, one in it, a file: {found:?}");
    for (name, rights) in found {
        assert_eq!(rights & 0o077, 0, "{name} has {rights:o}");
    }
    terminate(&server);
    server.wait().unwrap();
}

#[test]
fn a_check_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let check =
        |folder: &Path| jiayi(folder).arg("check").env("JIAYI_LISTEN", "127.0.0.1:0").output().unwrap();
    let new = check(folder.path());
    assert!(new.status.success() && said(&new).0.contains("there is none yet"), "{:?}", said(&new));
    assert!(list(folder.path()).is_empty(), "{:?}", list(folder.path()));
    assert!(jiayi(folder.path()).arg("migrate").output().unwrap().status.success());
    let before = std::fs::read(folder.path().join("jiayi.db")).unwrap();
    let made = check(folder.path());
    assert!(said(&made).0.contains("ok    database: it answers"), "{:?}", said(&made));
    assert_eq!(list(folder.path()), ["jiayi.db"]);
    assert_eq!(std::fs::read(folder.path().join("jiayi.db")).unwrap(), before);
}

#[test]
fn commands_read_the_secrets_that_the_service_reads() {
    let folder = TempDir::new().unwrap();
    let named = folder.path().join("elsewhere.db");
    let secrets = format!("# not for everybody\nJIAYI_DATABASE_URL=\"sqlite://{}\"\n", named.display());
    std::fs::write(folder.path().join("secrets"), secrets).unwrap();
    std::fs::write(folder.path().join("jiayi.toml"), "secrets_file = \"secrets\"\n").unwrap();
    let migrate = |command: &mut Command| {
        let output = command.args(["migrate", "--config", "jiayi.toml"]).output().unwrap();
        assert!(output.status.success(), "{:?}", said(&output));
    };
    migrate(jiayi(folder.path()).env_remove("JIAYI_DATABASE_URL"));
    assert!(named.exists() && !folder.path().join("jiayi.db").exists());
    migrate(&mut jiayi(folder.path()));
    assert!(folder.path().join("jiayi.db").exists(), "the environment comes after");
    std::fs::remove_file(folder.path().join("secrets")).unwrap();
    let without = jiayi(folder.path()).args(["migrate", "--config", "jiayi.toml"]).output().unwrap();
    assert!(!without.status.success() && said(&without).1.contains("secrets_file"), "{:?}", said(&without));
}

/// Who forgets to be the server is told so, and not that nothing is there.
#[test]
fn what_somebody_may_not_see_is_not_called_missing() {
    let folder = TempDir::new().unwrap();
    let mode =
        |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let (settings, data) = (folder.path().join("etc"), folder.path().join("data"));
    for folder in [&settings, &data] {
        std::fs::create_dir(folder).unwrap();
        mode(folder, 0o700);
    }
    std::fs::write(settings.join("jiayi.toml"), "").unwrap();
    mode(folder.path(), 0o755);
    let url = format!("sqlite://{}", data.join("jiayi.db").display());
    assert!(jiayi(folder.path()).arg("migrate").env("JIAYI_DATABASE_URL", &url).status().unwrap().success());
    for arguments in [&["stats"][..], &["stats", "--config", "etc/jiayi.toml"]] {
        let mut command = jiayi(folder.path());
        command.args(arguments).env("JIAYI_DATABASE_URL", &url);
        // The number of nobody, whom only root can be.
        let Ok(output) = command.uid(65534).gid(65534).output() else {
            return println!("left out: it wants root, and a program that others may run");
        };
        let (_, said) = said(&output);
        assert!(
            said.contains("Permission denied") && said.contains("run this as who runs the server"),
            "{said}"
        );
    }
}
