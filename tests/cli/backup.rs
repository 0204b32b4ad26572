//! Backing up while the server runs, and putting it back.

use super::{jiayi, list, log_in, said, serve, terminate};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

fn run(folder: &Path, command: &str, backup: &Path) -> (bool, String) {
    let output = jiayi(folder).arg(command).arg(backup).output().unwrap();
    (output.status.success(), said(&output).0 + &said(&output).1)
}

/// The texts of the message list's newest lines.
async fn inbox(address: &str, token: &Value) -> String {
    let url = format!("http://{address}/user/message/list");
    let request = reqwest::Client::new().get(url).bearer_auth(token.as_str().unwrap());
    request.send().await.unwrap().text().await.unwrap()
}

async fn send(address: &str, token: &Value, to: &Value, kind: &str, body: Value) {
    let url = format!("http://{address}/user/alonechat/send");
    let request = reqwest::Client::new().post(url).bearer_auth(token.as_str().unwrap());
    let answer = request.json(&json!({ "touid": to, "kind": kind, "body": body })).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
}

async fn upload(address: &str, token: &Value) -> Value {
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
    let (done, said) = run(first.path(), "backup", &backup);
    assert!(done && said.contains("files (1)"), "{said}");
    assert_eq!(list(&backup), ["files", "jiayi.db"]);
    send(&address, token, to, "text", json!("after the backup")).await;
    let (again, said) = run(first.path(), "backup", &backup);
    assert!(!again && said.contains("is there already"), "{said}");
    server.kill().unwrap();
    server.wait().unwrap();

    let (over, said) = run(first.path(), "restore", &backup);
    assert!(!over && said.contains("is there already"), "nothing is overwritten: {said}");
    // What the lost database left beside it would make nonsense of the one that is put back.
    std::fs::copy(first.path().join("jiayi.db-wal"), second.path().join("jiayi.db-wal")).unwrap();
    let (restored, said) = run(second.path(), "restore", &backup);
    assert!(restored, "{said}");
    assert!(!second.path().join("jiayi.db-wal").exists());
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
    assert!(!done && said.contains("there is no backup"), "{said}");
    std::fs::write(backup.path().join("jiayi.db"), vec![7; 8192]).unwrap();
    let (done, said) = run(folder.path(), "restore", backup.path());
    assert!(!done && list(folder.path()).is_empty(), "{said}");
    let (done, said) = run(folder.path(), "backup", &folder.path().join("b"));
    assert!(!done && said.contains("there is no database"), "{said}");
}

#[test]
fn postgresql_is_backed_up_by_its_own_tools() {
    let folder = TempDir::new().unwrap();
    for command in ["backup", "restore"] {
        let mut jiayi = jiayi(folder.path());
        let output = jiayi.args([command, "b"]).env("JIAYI_DATABASE_URL", "postgres://nowhere/x").output();
        let (_, text) = said(&output.unwrap());
        assert!(text.contains("pg_"), "{text}");
    }
}
