//! Calls that a killed server left open are over when it is back, and both hear of it.

use crate::app::{answer, choose_tls, postgres_schema};
use crate::server::Server;
use serde_json::{Value, json};

/// Somebody who is logged in.
struct Person {
    role: &'static str,
    login: Value,
}

impl Person {
    async fn log_in(url: &str, role: &'static str, account: &str) -> Self {
        let credentials = json!({ "account": account, "password": jiayi::cli::demo::PASSWORD });
        let request = reqwest::Client::new().post(format!("{url}/{role}/login")).json(&credentials);
        let (status, login) = answer(request).await;
        assert_eq!(status, 200, "{login}");
        Self { role, login }
    }

    fn uid(&self) -> &Value {
        &self.login["uid"]
    }

    async fn post(&self, url: &str, path: &str, body: Value) -> (u16, Value) {
        let request = reqwest::Client::new().post(format!("{url}/{}/{path}", self.role));
        answer(request.bearer_auth(self.login["token"].as_str().unwrap()).json(&body)).await
    }

    /// The ends of calls that one was told of, and the last line of the message list.
    async fn told(&self, url: &str) -> (Vec<Value>, Value) {
        let token = self.login["token"].as_str().unwrap();
        let get = |path| reqwest::Client::new().get(format!("{url}/{}/{path}", self.role)).bearer_auth(token);
        let pushes = answer(get("sync?since=0&limit=200")).await.1["items"].as_array().unwrap().clone();
        let ends = pushes.into_iter().filter(|push| push["type"] == "S2C_VIDEOCALL_END");
        let list = answer(get("message/list")).await.1;
        (ends.map(|push| push["data"].clone()).collect(), list["items"][0].clone())
    }
}

async fn survive(database_url: &str) {
    choose_tls();
    let mut server = Server::start(database_url);
    let resident = Person::log_in(&server.url, "user", "resident1").await;
    let doctor = Person::log_in(&server.url, "doctor", "doctor1").await;
    let (neighbour, colleague) = (
        Person::log_in(&server.url, "user", "resident3").await,
        Person::log_in(&server.url, "doctor", "doctor2").await,
    );
    let to_doctor = json!({ "touid": doctor.uid() });
    let active = resident.post(&server.url, "videoCall/invite", to_doctor.clone()).await.1;
    let accepted = doctor.post(&server.url, "videoCall/accept", json!({ "callid": active["callid"] })).await;
    assert_eq!(accepted.0, 200, "{accepted:?}");
    let ringing =
        neighbour.post(&server.url, "videoCall/invite", json!({ "touid": colleague.uid() })).await.1;
    server.kill();

    server = Server::start(database_url);
    // Nobody calls before what was left open is ended; then everybody is free.
    let again = resident.post(&server.url, "videoCall/invite", to_doctor).await;
    assert_eq!(again.0, 200, "{again:?}");
    for (people, call) in [([&resident, &doctor], &active), ([&neighbour, &colleague], &ringing)] {
        for person in people {
            let (ends, line) = person.told(&server.url).await;
            assert_eq!(ends.len(), 1, "{ends:?}");
            assert_eq!(ends[0]["callid"], call["callid"]);
            assert_eq!((&ends[0]["reason"], &ends[0]["by"]), (&json!("offline"), &Value::Null));
            assert_eq!(line["data"]["kind"], "videocall");
        }
    }
    let over = doctor.post(&server.url, "videoCall/disconnect", json!({ "callid": active["callid"] })).await;
    assert_eq!(over.0, 409, "{over:?}");
}

#[tokio::test]
async fn a_call_does_not_outlive_the_server_on_sqlite() {
    let folder = tempfile::TempDir::new().unwrap();
    survive(&format!("sqlite://{}", folder.path().join("jiayi.db").display())).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_call_does_not_outlive_the_server_on_postgres() {
    survive(&postgres_schema()).await;
}
