//! The stage of the walk: everybody connected, and what each of them has to hear of one deed.

use crate::app::TestApp;
use crate::people::{Connection, Person};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Everybody of the demonstration, and strangers of both roles.
pub const EVERYBODY: [&str; 9] =
    ["admin", "doctor1", "doctor2", "doctor3", "resident1", "resident2", "resident3", "locum", "newcomer"];

/// What somebody has to hear: who, the name of the push, its data.
pub type Heard = (&'static str, &'static str, Value);

/// Somebody's connection, and the number of the newest push before it.
pub struct Present {
    pub connection: Connection,
    pub since: i64,
}

/// Everybody, with what has been walked so far.
pub struct Stage {
    people: BTreeMap<&'static str, Person>,
    /// The names of the pushes that were heard.
    pub walked: Vec<&'static str>,
}

impl Stage {
    /// Logs everybody in.
    pub async fn set(app: &TestApp) -> Self {
        let mut people = BTreeMap::new();
        for account in &EVERYBODY[..7] {
            people.insert(*account, app.login(account).await);
        }
        let password = jiayi::cli::demo::PASSWORD;
        let community = people["admin"].posts("community/create", json!({ "name": "远方社区" })).await;
        let communityid = &community["communityid"];
        let locum =
            json!({ "account": "locum", "password": password, "name": "孙医生", "communityid": communityid });
        people["admin"].posts("doctor/create", locum).await;
        people.insert("locum", app.login_as("doctor", "locum", password).await);
        let newcomer = json!({ "phone": "13900000009", "password": password, "name": "钱六" });
        people.insert("newcomer", app.person(&app.post("/user/register", newcomer).await.1));
        Self { people, walked: Vec::new() }
    }

    /// Somebody by their account.
    pub fn get(&self, account: &str) -> &Person {
        &self.people[account]
    }

    /// The newest line of somebody's message list.
    pub async fn newest(&self, account: &str) -> Value {
        self.get(account).gets("message/list?limit=1").await["items"][0].clone()
    }

    /// The data of the newest push that somebody was given.
    pub async fn newest_push(&self, account: &str) -> Value {
        self.get(account).all_pushes().await.pop().unwrap()["data"].clone()
    }

    /// What a message's line is for each of these people, as their message lists have it.
    pub async fn lines(&self, push: &'static str, to: &[&'static str]) -> Vec<Heard> {
        let mut heard = Vec::new();
        for account in to {
            heard.push((*account, push, self.newest(account).await));
        }
        heard
    }

    /// The same data for each of these people.
    pub fn alike(push: &'static str, to: &[&'static str], data: &Value) -> Vec<Heard> {
        to.iter().map(|account| (*account, push, data.clone())).collect()
    }

    /// One row of a push that is kept: of `deed` exactly those hear exactly what it returns, live, and again
    /// after a reconnect with `since`. Nobody else hears anything, either way.
    pub async fn row(&mut self, push: &'static str, deed: impl AsyncFnOnce(&Self) -> Vec<Heard>) {
        self.row_among(push, async |stage, _| deed(stage).await).await;
    }

    /// The same, where `deed` may take connections out: who has none hears it after the reconnect alone.
    pub async fn row_among(
        &mut self,
        push: &'static str,
        deed: impl AsyncFnOnce(&Self, &mut BTreeMap<&'static str, Present>) -> Vec<Heard>,
    ) {
        let mut connected = self.connect().await;
        let sinces: Vec<_> = connected.iter().map(|(account, present)| (*account, present.since)).collect();
        let expected = deed(self, &mut connected).await;
        assert!(expected.iter().any(|(_, name, _)| *name == push), "{push} is heard by nobody");
        for (account, since) in sinces {
            let due: Vec<_> = expected.iter().filter(|(to, ..)| *to == account).collect();
            if let Some(Present { mut connection, .. }) = connected.remove(account) {
                connection.hears(account, since, &due).await;
            }
            self.reconnect(account, since).await.hears(account, since, &due).await;
        }
        self.walked.push(push);
    }

    /// One row of a word that is not kept: likewise, but nobody hears it again. A connection that
    /// `deed` takes out is its own to listen to.
    pub async fn fleeting_row(
        &mut self,
        push: &'static str,
        deed: impl AsyncFnOnce(&Self, &mut BTreeMap<&'static str, Present>) -> Vec<Heard>,
    ) {
        let mut connected = self.connect().await;
        let expected = deed(self, &mut connected).await;
        for (account, Present { mut connection, since }) in connected {
            for (_, name, data) in expected.iter().filter(|(to, ..)| *to == account) {
                let envelope = connection.hear(name).await;
                assert_eq!(envelope, json!({ "type": name, "data": data }), "to {account}");
            }
            connection.hears_nothing().await;
            self.reconnect(account, since).await.hears_nothing().await;
        }
        self.walked.push(push);
    }

    async fn connect(&self) -> BTreeMap<&'static str, Present> {
        let mut connected = BTreeMap::new();
        for account in EVERYBODY {
            let (connection, answer) = self.people[account].connect_since("walk", None).await;
            connected.insert(account, Present { connection, since: answer["seq"].as_i64().unwrap() });
        }
        connected
    }

    async fn reconnect(&self, account: &str, since: i64) -> Connection {
        let (connection, answer) = self.people[account].connect_since("walk", Some(since)).await;
        assert_eq!(answer["recovered"], true);
        connection
    }
}

impl Connection {
    /// Hears what is due, numbered on from `since`, and nothing else.
    async fn hears(&mut self, account: &str, since: i64, due: &[&Heard]) {
        for (number, (_, name, data)) in (since + 1..).zip(due) {
            let envelope = self.hear(name).await;
            assert_eq!(envelope, json!({ "type": name, "seq": number, "data": data }), "to {account}");
        }
        self.hears_nothing().await;
    }
}
