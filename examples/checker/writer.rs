//! Somebody who writes to one person or to a group, and the office that announces to all; again until they are answered,
//! under the same `clientid`.

use crate::api::Api;
use crate::ledger::{Ledger, Outcome};
use crate::setup::Crowd;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How long after the end an answer is still waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// One of so many messages goes to a group, and one to a room where it must be refused.
const GROUP: u64 = 4;
const STRANGE: u64 = 25;

/// How often there is an announcement.
const ANNOUNCED: Duration = Duration::from_secs(5);

/// What is written, and who has to hear it.
struct Message {
    from: Api,
    path: String,
    body: Value,
    text: String,
    to: BTreeSet<String>,
}

pub async fn run(crowd: Arc<Crowd>, ledger: Arc<Ledger>, number: usize, pause: Duration, until: Instant) {
    let mut dice = Dice(number as u64 + 1);
    for count in 0_u64.. {
        if Instant::now() >= until {
            return;
        }
        let text = format!("checker-{number}-{count}");
        let message = compose(&crowd, &mut dice, text, count);
        send(&ledger, message, until + PATIENCE).await;
        sleep(pause.mul_f64(0.5 + dice.below(100) as f64 / 100.0)).await;
    }
}

/// The office announces to everybody, in the same way.
pub async fn announce(crowd: Arc<Crowd>, ledger: Arc<Ledger>, until: Instant) {
    let everybody: BTreeSet<_> = crowd.people.iter().map(|person| person.uid.clone()).collect();
    for count in 0_u64.. {
        if Instant::now() >= until {
            return;
        }
        let text = format!("checker-notice-{count}");
        let body = json!({ "title": "通知", "content": text, "audience": "all", "clientid": text });
        let (from, path, to) = (crowd.admin.clone(), "/admin/platform/push".to_owned(), everybody.clone());
        send(&ledger, Message { from, path, body, text, to }, until + PATIENCE).await;
        sleep(ANNOUNCED).await;
    }
}

fn compose(crowd: &Crowd, dice: &mut Dice, text: String, count: u64) -> Message {
    let group = &crowd.groups[dice.below(crowd.groups.len())];
    let from = group.members[dice.below(group.members.len())];
    let role = crowd.people[from].role;
    let uid = |who: &usize| crowd.people[*who].uid.clone();
    if count.is_multiple_of(GROUP) || count % STRANGE == 1 {
        let is_strange = count % STRANGE == 1 && crowd.groups.len() > 1;
        let (roomid, to) = match is_strange {
            true => (
                &crowd.groups.iter().find(|other| !other.members.contains(&from)).unwrap().roomid,
                BTreeSet::new(),
            ),
            false => (&group.roomid, group.members.iter().filter(|who| **who != from).map(uid).collect()),
        };
        let body = json!({ "roomid": roomid, "body": text, "clientid": text });
        return Message { from: crowd.api(from), path: format!("/{role}/send"), body, text, to };
    }
    let doctor = group.members[0];
    let other = match from == doctor {
        true => group.members[1 + dice.below(group.members.len() - 1)],
        false => doctor,
    };
    let body = json!({ "touid": uid(&other), "body": text, "clientid": text });
    let path = format!("/{role}/alonechat/send");
    Message { from: crowd.api(from), path, body, text, to: [uid(&other)].into() }
}

async fn send(ledger: &Ledger, Message { from, path, body, text, to }: Message, until: Instant) {
    ledger.sends(&text, to);
    while Instant::now() < until {
        ledger.attempt();
        match from.post(&path, &body).await {
            Some((200, receipt)) => {
                let dialogid = receipt["dialogid"].as_str().map(str::to_owned);
                return ledger.answered(&text, Outcome::Accepted { dialogid });
            }
            Some((400..=499, _)) => return ledger.answered(&text, Outcome::Refused),
            Some(_) | None => sleep(Duration::from_millis(200)).await,
        }
    }
}

/// Numbers by chance, the same ones for the same seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}
