//! Somebody who writes as fast as possible, and keeps account of what came of it.

use crate::app::answer;
use futures_util::{SinkExt, StreamExt};
use reqwest::Client as Http;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Somebody who is logged in, and to whom they write.
#[derive(Clone)]
pub struct Who {
    pub uid: String,
    pub touid: String,
    role: &'static str,
    token: String,
    http: Http,
}

/// Somebody, and what came of what they did.
pub struct Client {
    pub who: Who,
    /// What was answered 200, by `clientid`.
    pub answered: BTreeMap<String, Value>,
    /// The `clientid`s whose fate is not known.
    pub unanswered: Vec<String>,
    /// Every push that came on a connection, in order.
    pub heard: Vec<Value>,
}

/// What became of one message.
pub struct Sent {
    pub clientid: String,
    /// The answer; none where the server was killed first.
    pub receipt: Option<Value>,
}

impl Who {
    fn message(&self, url: &str, clientid: &str) -> reqwest::RequestBuilder {
        let body = json!({ "touid": self.touid, "body": clientid, "clientid": clientid });
        let path = format!("{url}/{}/alonechat/send", self.role);
        self.http.post(path).bearer_auth(&self.token).json(&body)
    }

    /// Writes one message after the other until the server is dead, and tells of each.
    pub async fn write_on(&self, url: &str, name: &str, tell: impl Fn(Sent)) {
        for number in 0.. {
            let clientid = format!("{name}n{number}");
            // The answer may break off in the midst, too.
            let receipt = match self.message(url, &clientid).send().await {
                Ok(response) if response.status() == 200 => response.json().await.ok(),
                Ok(response) => panic!("{}", response.status()),
                Err(_) => None,
            };
            let dead = receipt.is_none();
            tell(Sent { clientid, receipt });
            if dead {
                return;
            }
        }
    }

    async fn page(&self, url: &str, path: &str) -> Value {
        let request = self.http.get(format!("{url}/{}/{path}", self.role)).bearer_auth(&self.token);
        let (status, page) = answer(request).await;
        assert_eq!(status, 200, "{page}");
        page
    }

    /// Every push, from the store.
    pub async fn sync(&self, url: &str) -> Vec<Value> {
        let (mut pushes, mut since) = (Vec::new(), "0".to_owned());
        loop {
            let page = self.page(url, &format!("sync?since={since}&limit=200")).await;
            pushes.extend(page["items"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(next) => since = next.to_owned(),
                None => return pushes,
            }
        }
    }

    /// Every message of a room, oldest first.
    pub async fn history(&self, url: &str, roomid: &str) -> Vec<Value> {
        let (mut dialogs, mut before) = (Vec::new(), String::new());
        loop {
            let page = self.page(url, &format!("dialog/list?roomid={roomid}&limit=200{before}")).await;
            dialogs.extend(page["items"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(next) => before = format!("&before={next}"),
                None => break,
            }
        }
        dialogs.reverse();
        dialogs
    }
}

impl Client {
    pub async fn log_in(url: &str, account: &str) -> Self {
        let role = if account.starts_with("doctor") { "doctor" } else { "user" };
        let body = json!({ "account": account, "password": jiayi::cli::demo::PASSWORD });
        let (status, who) = answer(Http::new().post(format!("{url}/{role}/login")).json(&body)).await;
        assert_eq!(status, 200, "{who}");
        let text = |field: &str| who[field].as_str().unwrap().to_owned();
        let who =
            Who { uid: text("uid"), touid: String::new(), role, token: text("token"), http: Http::new() };
        let (answered, unanswered, heard) = Default::default();
        Self { who, answered, unanswered, heard }
    }

    /// Repeats what was not answered, whether it was done or not.
    pub async fn repeat_unanswered(&mut self, url: &str) {
        for clientid in std::mem::take(&mut self.unanswered) {
            let (status, receipt) = answer(self.who.message(url, &clientid)).await;
            assert_eq!(status, 200, "{receipt}");
            let (status, again) = answer(self.who.message(url, &clientid)).await;
            assert_eq!((status, &again), (200, &receipt), "the second answer is another");
            self.answered.insert(clientid, receipt);
        }
    }

    /// Whatever was answered is among these, once, under the numbers that the answer named.
    pub fn assert_all_there_once(&self, there: &[&Value]) {
        let mut found = HashMap::new();
        for one in there {
            let clientid = one["clientid"].as_str().unwrap();
            assert!(found.insert(clientid, one).is_none(), "{clientid} is there twice");
            let known =
                self.answered.contains_key(clientid) || self.unanswered.iter().any(|id| id == clientid);
            assert!(known, "{clientid} was never sent");
        }
        for (clientid, receipt) in &self.answered {
            let one = found.get(clientid.as_str()).unwrap_or_else(|| panic!("{clientid} is lost"));
            for field in ["dialogid", "roomid", "roomseq"] {
                assert_eq!(one[field], receipt[field], "{clientid}: {field}");
            }
        }
    }

    /// Connects and asks for what has not been heard yet.
    pub async fn listen(&self, url: &str) -> Listener {
        let mut socket = connect_async(format!("{}/ws", url.replace("http", "ws"))).await.unwrap().0;
        let Who { uid, role, token, .. } = &self.who;
        let data =
            json!({ "type": role, "uid": uid, "deviceid": "d", "token": token, "since": self.heard.len() });
        let register = json!({ "type": "C2S_REGISTER_REQ", "data": data });
        socket.send(Message::text(register.to_string())).await.unwrap();
        let answer = next(&mut socket).await.unwrap();
        assert_eq!(answer["data"]["recovered"], true, "{answer}");
        Listener { newest: answer["data"]["seq"].as_i64().unwrap(), socket }
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The next envelope; none when the connection is gone.
async fn next(socket: &mut Socket) -> Option<Value> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            _ => return None,
        }
    }
}

/// A connection that hears pushes.
pub struct Listener {
    /// The newest push when it registered.
    pub newest: i64,
    socket: Socket,
}

impl Listener {
    /// The next durable push; none when the connection is gone.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let envelope = next(&mut self.socket).await?;
            if envelope["seq"].is_i64() {
                return Some(envelope);
            }
        }
    }

    /// All that comes until the server is dead.
    pub async fn until_the_end(mut self) -> Vec<Value> {
        let mut heard = Vec::new();
        while let Some(push) = self.next().await {
            heard.push(push);
        }
        heard
    }
}
