//! `jiayi search rebuild`, while the server runs and after it.

use super::{jiayi, log_in, said, serve, terminate};
use serde_json::{Value, json};
use tempfile::TempDir;

async fn find(address: &str, token: &str, words: &str) -> Value {
    let url = format!("http://{address}/user/dialog/search?q={words}");
    let answer = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    answer["items"].as_array().unwrap().iter().map(|item| item["body"].clone()).collect()
}

#[tokio::test]
async fn the_index_is_rebuilt_beside_the_server() {
    let folder = TempDir::new().unwrap();
    let (mut server, address) = serve(folder.path());
    let (resident, doctor) = (log_in(&address, "resident1").await, log_in(&address, "doctor1").await);
    let token = resident["token"].as_str().unwrap();
    for text in ["aspirin", "Aspirin 100"] {
        let message = json!({ "touid": doctor["uid"], "body": text });
        let send = reqwest::Client::new().post(format!("http://{address}/user/alonechat/send"));
        assert!(send.bearer_auth(token).json(&message).send().await.unwrap().status().is_success());
    }
    let output = jiayi(folder.path()).args(["search", "rebuild"]).output().unwrap();
    assert!(output.status.success() && said(&output).0.contains("indexed"), "{:?}", said(&output));
    assert_eq!(find(&address, token, "ASPIRIN").await, json!(["Aspirin 100", "aspirin"]));
    terminate(&server);
    assert!(server.wait().unwrap().success());
    let output = jiayi(folder.path()).args(["search", "rebuild"]).output().unwrap();
    let (out, _) = said(&output);
    let messages: i64 = out.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(output.status.success() && messages >= 2, "all of them are indexed by the command: {out}");
    let nobody = jiayi(folder.path()).args(["search", "nonsense"]).output().unwrap();
    assert!(!nobody.status.success());
}
