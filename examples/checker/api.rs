//! HTTP, as any client speaks it.

use serde_json::Value;
use std::time::Duration;

/// Asks for things as one person, or as nobody.
#[derive(Clone)]
pub struct Api {
    http: reqwest::Client,
    front: String,
    token: String,
}

impl Api {
    pub fn new(front: &str, token: &str) -> Self {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
        Self { http, front: front.to_owned(), token: token.to_owned() }
    }

    /// The same for somebody else, over the same connections.
    pub fn of(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// The status and the answer; nothing where none came, or none of ours.
    pub async fn post(&self, path: &str, body: &Value) -> Option<(u16, Value)> {
        self.ask(self.http.post(format!("{}{path}", self.front)).json(body)).await
    }

    pub async fn get(&self, path: &str) -> Option<(u16, Value)> {
        self.ask(self.http.get(format!("{}{path}", self.front))).await
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Option<(u16, Value)> {
        let response = request.bearer_auth(&self.token).send().await.ok()?;
        let status = response.status().as_u16();
        Some((status, response.json().await.ok()?))
    }

    /// Posts, and is answered 200.
    pub async fn posts(&self, path: &str, body: &Value) -> Result<Value, String> {
        match self.post(path, body).await {
            Some((200, answer)) => Ok(answer),
            other => Err(format!("{path}: {other:?}")),
        }
    }
}
