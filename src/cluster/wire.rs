//! What one node tells another: an envelope around a message, in JSON.
//!
//! In JSON, as the pushes and words inside are JSON already and stand in it as they are, and as a node of another version
//! reads what it knows of it. A message of a kind that a node does not know is a gap for it: it sweeps the store.

use super::bundle::{Bundle, BundleBody};
use crate::model::{Incarnation, Node, Slot};
use crate::protocol::effect::Effect;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// How envelopes are made; one of another version is not read.
const VERSION: u16 = 1;

/// The longest envelope, in bytes. A longer message is not sent.
pub const LONGEST: usize = 256 * 1024;

/// Whose message it is, and which of those that the sender has for this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The sender.
    pub from: Node,
    /// 1, 2, 3 … within the sender's incarnation and for this one receiver.
    pub number: u64,
}

/// What is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// The sender lives. It comes once a second, so that a message that was lost is noticed by its number.
    Beat(Beat),
    /// Pushes that are kept, for people who are connected to the receiver.
    Push(Vec<Bundle>),
    /// What follows commits besides, and what is said to people without keeping it.
    Effect(Vec<Effect>),
    /// Questions that the sender awaits the answers of.
    Ask(Vec<Ask>),
    /// Answers.
    Answer(Vec<Answer>),
}

/// A question. What it says is the affair of who asks and who answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// Its number, which no other has that its sender asks.
    pub id: u64,
    /// What is asked.
    pub question: Json,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The number of the question.
    pub id: u64,
    /// What is answered.
    pub answer: Json,
}

/// A JSON value that stands in a message as it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json(Box<RawValue>);

impl Json {
    /// The JSON of a value; fails where it has none.
    pub fn of(value: &impl Serialize) -> serde_json::Result<Self> {
        serde_json::value::to_raw_value(value).map(Self)
    }

    /// What it is the JSON of; fails where it is of something else.
    pub fn read<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str(self.0.get())
    }

    /// How many bytes it has.
    pub fn weight(&self) -> usize {
        self.0.get().len()
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

/// How the sender is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beat {
    /// How many connections it has.
    pub connections: usize,
    /// The version of its program.
    pub version: String,
    /// Whether its database answers it.
    #[serde(default)]
    pub store: StoreState,
}

/// Whether a node's database answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreState {
    /// It did a moment ago.
    Answers,
    /// It does not, or nobody knows.
    #[default]
    Silent,
}

/// Why an envelope says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is none, or of a version that is not known.
    NoEnvelope,
    /// It is of a kind that is not known, or not as that kind is.
    Unknown(Stamp),
}

#[derive(Serialize, Deserialize)]
struct Envelope<'a> {
    version: u16,
    from: Slot,
    incarnation: Incarnation,
    number: u64,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    body: &'a RawValue,
}

impl Message {
    /// The envelope around it. Fails where a push is no JSON, which none is.
    pub fn seal(&self, stamp: Stamp) -> serde_json::Result<String> {
        let (kind, body) = match self {
            Self::Beat(beat) => ("beat", serde_json::value::to_raw_value(beat)?),
            Self::Push(bundles) => {
                let bodies = bundles.iter().map(Bundle::body).collect::<serde_json::Result<Vec<_>>>()?;
                ("push", serde_json::value::to_raw_value(&bodies)?)
            }
            Self::Effect(effects) => ("effect", serde_json::value::to_raw_value(effects)?),
            Self::Ask(asks) => ("ask", serde_json::value::to_raw_value(asks)?),
            Self::Answer(answers) => ("answer", serde_json::value::to_raw_value(answers)?),
        };
        let Stamp { from: Node { slot, incarnation }, number } = stamp;
        let kind = Cow::Borrowed(kind);
        serde_json::to_string(&Envelope {
            version: VERSION,
            from: slot,
            incarnation,
            number,
            kind,
            body: &body,
        })
    }

    /// Opens an envelope.
    pub fn open(bytes: &[u8]) -> Result<(Stamp, Self), Unread> {
        let envelope: Envelope<'_> = serde_json::from_slice(bytes).map_err(|_| Unread::NoEnvelope)?;
        let Envelope { version, from, incarnation, number, kind, body } = envelope;
        if version != VERSION {
            return Err(Unread::NoEnvelope);
        }
        let stamp = Stamp { from: Node { slot: from, incarnation }, number };
        let message = match &*kind {
            "beat" => serde_json::from_str(body.get()).map(Self::Beat),
            "push" => serde_json::from_str::<Vec<BundleBody<'_>>>(body.get())
                .map(|bodies| Self::Push(bodies.into_iter().map(Bundle::from).collect())),
            "effect" => serde_json::from_str(body.get()).map(Self::Effect),
            "ask" => serde_json::from_str(body.get()).map(Self::Ask),
            "answer" => serde_json::from_str(body.get()).map(Self::Answer),
            _ => return Err(Unread::Unknown(stamp)),
        };
        message.map(|message| (stamp, message)).map_err(|_| Unread::Unknown(stamp))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Process, Slots, Time, TokenHash, Uid};
    use crate::protocol::frame::{Delivery, Frame};
    use crate::protocol::objects::{Claim, QuestionStatus};
    use crate::protocol::replies::{Reply, Word};
    use std::sync::Arc;

    fn stamp() -> Stamp {
        let slot = 3.try_into().unwrap();
        Stamp { from: Node { slot, incarnation: Incarnation(17) }, number: 42 }
    }

    fn delivery(uid: &str, seq: i64, own: Option<&str>, shared: &Arc<str>) -> Delivery {
        let frame = Frame { seq, name: "S2C_X".into(), own: own.map(Into::into), shared: shared.clone() };
        Delivery { uid: uid.to_owned().try_into().unwrap(), frame, slots: Slots::NONE }
    }

    /// One of each kind.
    fn effects() -> Vec<Effect> {
        let (ann, at) = (Uid::try_from("ann".to_owned()).unwrap(), Time::from_millis(1_700_000_000_000));
        let status = QuestionStatus {
            dialogid: "d".to_owned().try_into().unwrap(),
            roomid: "r".to_owned().try_into().unwrap(),
            process: Some(Process::Waiting),
            claim: Some(Claim { uid: ann.clone(), name: "赵\"医生".to_owned(), until: at }),
            since: at,
        };
        let deviceid = "d".repeat(128).try_into().unwrap();
        let typing = Reply::Typing { roomid: status.roomid.clone(), uid: ann.clone() };
        vec![
            Effect::TokenRevoked { uid: ann.clone(), token: TokenHash([255; 32]) },
            Effect::AccountRevoked(ann.clone()),
            Effect::AccountChanged(ann.clone()),
            Effect::RoomChanged(status.roomid.clone()),
            Effect::Displaced { uid: ann.clone(), deviceid, epoch: 3, slots: Slots::NONE },
            Effect::PushesAcknowledged(ann.clone()),
            Effect::QuestionChanged(QuestionStatus { process: None, claim: None, ..status.clone() }),
            Effect::QuestionChanged(status),
            Effect::DeskOpened(ann.clone()),
            Effect::RosterChanged,
            Effect::Tell { to: vec![ann], word: Word::from(&typing) },
        ]
    }

    #[test]
    fn an_effect_weighs_what_it_has_and_a_word_that_is_not_known_is_a_gap() {
        for effect in effects() {
            let sealed = Message::Effect(vec![effect.clone()]).seal(stamp()).unwrap();
            assert!(sealed.len() <= effect.weight() + 128, "{sealed}");
        }
        let sealed = Message::Effect(effects()).seal(stamp()).unwrap();
        let later = sealed.replace("S2C_TYPING_PUSH", "S2C_SINGING_PUSH");
        assert_eq!(Message::open(later.as_bytes()), Err(Unread::Unknown(stamp())));
    }

    #[test]
    fn what_is_sealed_opens_as_it_was() {
        let shared: Arc<str> = r#"{"content":"头疼 \" \\ \n"}"#.into();
        let deliveries =
            [delivery("ann", 7, Some(r#"{"unread":1}"#), &shared), delivery("bob", 9, None, &shared)];
        let messages = [
            Message::Beat(Beat { connections: 5, version: "1.2.3".to_owned(), store: StoreState::Answers }),
            Message::Push(Bundle::gather(&deliveries)),
            Message::Effect(effects()),
            Message::Ask(vec![Ask { id: 1 << 60, question: Json::of(&["头 \" \\ \n"]).unwrap() }]),
            Message::Answer(vec![Answer { id: 7, answer: Json::of(&()).unwrap() }]),
        ];
        for message in messages {
            assert_eq!(Message::open(message.seal(stamp()).unwrap().as_bytes()), Ok((stamp(), message)));
        }
        let bundles = Bundle::gather(&deliveries);
        assert_eq!(bundles.len(), 1, "what they share goes once");
        let back: Vec<_> = bundles.into_iter().flat_map(Bundle::deliveries).collect();
        for (one, other) in back.iter().zip(&deliveries) {
            assert_eq!((&one.uid, &one.frame), (&other.uid, &other.frame));
        }
    }

    #[test]
    fn a_push_stands_in_it_as_it_is() {
        let shared: Arc<str> = r#"{"a":"\"头\""}"#.into();
        let sealed =
            Message::Push(Bundle::gather(&[delivery("ann", 7, None, &shared)])).seal(stamp()).unwrap();
        assert!(sealed.contains(&*shared) && sealed.len() < shared.len() + 160, "{sealed}");
    }

    #[test]
    fn a_kind_that_is_not_known_is_a_gap_and_a_field_that_is_not_is_passed_over() {
        let sealed = |kind: &str, body: &str| {
            format!(
                r#"{{"version":1,"from":3,"incarnation":17,"number":42,"kind":"{kind}","body":{body},"new":1}}"#
            )
        };
        assert_eq!(Message::open(sealed("news", "{}").as_bytes()), Err(Unread::Unknown(stamp())));
        assert_eq!(Message::open(sealed("beat", "{}").as_bytes()), Err(Unread::Unknown(stamp())));
        let beat = Message::Beat(Beat { connections: 1, version: "9".to_owned(), store: StoreState::Silent });
        let later = sealed("beat", r#"{"connections":1,"version":"9","mood":"good"}"#);
        assert_eq!(Message::open(later.as_bytes()), Ok((stamp(), beat)));
    }

    #[test]
    fn what_is_no_envelope_says_nothing() {
        let later = r#"{"version":2,"from":3,"incarnation":1,"number":1,"kind":"beat","body":{}}"#;
        let nowhere = r#"{"version":1,"from":63,"incarnation":1,"number":1,"kind":"beat","body":{}}"#;
        for none in ["", "{}", "\u{0}", later, nowhere] {
            assert_eq!(Message::open(none.as_bytes()), Err(Unread::NoEnvelope), "{none}");
        }
    }
}
