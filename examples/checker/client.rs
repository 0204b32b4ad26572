//! Somebody who is connected, comes back whenever the connection ends, and writes down what they hear.

use crate::ledger::Ledger;
use crate::line::{Ended, Line};
use crate::setup::{Crowd, Person};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// Of how many pushes one is acknowledged.
const ACKNOWLEDGED: i64 = 10;

/// What somebody has heard, over all of their connections.
#[derive(Default)]
pub struct Heard {
    /// The pushes by their numbers.
    pub pushes: BTreeMap<i64, Value>,
    /// The number of the last one.
    pub last: i64,
    pub doubled: u64,
    /// Numbers that were passed over.
    pub missed: u64,
    /// Answers that what was asked for is not there any more.
    pub unrecovered: u64,
    pub connections: u64,
    pub is_connected: bool,
}

impl Heard {
    /// Takes in a push, which must be the next one.
    fn push(&mut self, seq: i64, push: Value) {
        match seq - self.last {
            1 => {}
            ..1 => self.doubled += 1,
            ahead => self.missed += (ahead - 1) as u64,
        }
        self.last = self.last.max(seq);
        self.pushes.insert(seq, push);
    }
}

impl Person {
    /// What registers a connection from a device, which has heard all until `since`.
    pub fn registration(&self, device: &str, since: Option<i64>) -> Value {
        let mut data = json!({ "type": self.role, "uid": self.uid, "deviceid": device, "token": self.token });
        if let Some(since) = since {
            data["since"] = since.into();
        }
        json!({ "type": "C2S_REGISTER_REQ", "data": data })
    }
}

pub async fn run(
    front: String,
    crowd: Arc<Crowd>,
    ledger: Arc<Ledger>,
    who: usize,
    mut stopped: watch::Receiver<bool>,
) {
    let person = &crowd.people[who];
    loop {
        let ended = tokio::select! {
            ended = connect(&front, person, &ledger) => ended,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        person.heard.lock().unwrap().is_connected = false;
        ledger.note_end(ended.err().unwrap_or_default());
        // Not all at once.
        sleep(Duration::from_millis(100 + 37 * (who as u64 % 16))).await;
    }
}

/// One connection, until it ends.
async fn connect(front: &str, person: &Person, ledger: &Ledger) -> Result<(), Ended> {
    let mut line = Line::open(front, person.kind).await?;
    let since = person.heard.lock().unwrap().last;
    line.say(&person.registration("phone", Some(since))).await?;
    loop {
        let envelope = line.next().await?;
        if let Some(seq) = hear(person, ledger, envelope)? {
            line.say(&json!({ "type": "C2S_ACK", "data": { "seq": seq } })).await?;
        }
    }
}

/// Takes in an envelope; returns what is to be acknowledged.
fn hear(person: &Person, ledger: &Ledger, envelope: Value) -> Result<Option<i64>, Ended> {
    let mut heard = person.heard.lock().unwrap();
    match (envelope["type"].as_str().unwrap_or_default(), envelope["seq"].as_i64()) {
        (_, Some(seq)) => {
            ledger.heard(&person.uid, &envelope);
            heard.push(seq, envelope);
            return Ok((seq % ACKNOWLEDGED == 0).then_some(seq));
        }
        ("S2C_REGISTER_RES", None) => {
            heard.unrecovered += u64::from(envelope["data"]["recovered"] == false);
            heard.connections += 1;
            heard.is_connected = true;
        }
        ("S2C_ERROR", None) => return Err(envelope["data"]["code"].to_string()),
        // What is fleeting.
        (_, None) => {}
    }
    Ok(None)
}

/// Waits until everybody is connected.
pub async fn all_connected(crowd: &Crowd) {
    while !crowd.people.iter().all(|person| person.heard.lock().unwrap().is_connected) {
        sleep(Duration::from_millis(50)).await;
    }
}
