//! What a message holds, by its kind: a text, or the file that it names with what the app keeps beside it.
//!
//! `parse` refuses what a client may not write. `read` takes what is kept, from before that was refused
//! too, and leaves only what clients can show. The bodies that the server itself writes are in `objects`.

use crate::model::{DialogKind, FileId, FileName, Malformed};
use serde_json::{Map, Value};

/// How many characters a text may have.
const LONGEST_TEXT: usize = 10_000;
/// How many facts may stand beside a file, and how many characters each may have.
const MOST_FACTS: usize = 16;
const LONGEST_FACT: usize = 500;
/// Facts that are numbers.
const NUMBERS: [&str; 5] = ["seconds", "duration", "size", "width", "height"];

/// The body of a message of `kind` that somebody writes.
pub fn parse(kind: DialogKind, body: Value) -> Result<Value, Malformed> {
    match kind {
        DialogKind::Text => parse_text(body),
        DialogKind::Image | DialogKind::Voice | DialogKind::File => parse_file(body),
        DialogKind::System | DialogKind::VideoCall => Err(Malformed("is the server's to write")),
    }
}

fn parse_text(body: Value) -> Result<Value, Malformed> {
    match body.as_str().map(|text| (text.trim().is_empty(), text.chars().count())) {
        None => Err(Malformed("must be a text")),
        Some((true, _)) => Err(Malformed("must not be empty")),
        Some((false, length)) if length > LONGEST_TEXT => {
            Err(Malformed("must have at most 10000 characters"))
        }
        Some((false, _)) => Ok(body),
    }
}

fn parse_file(body: Value) -> Result<Value, Malformed> {
    find_fileid(&body).ok_or(Malformed("must be a fileid, or an object that holds it"))?;
    match body {
        Value::Object(facts) => {
            let kept = clean(&facts);
            match kept.len() == facts.len() && kept.len() <= MOST_FACTS {
                true => Ok(Value::Object(kept)),
                false => Err(Malformed(
                    "must hold a fileid and at most 15 texts, numbers or yes and no beside it; \
                     name is a text, and seconds, duration, size, width and height are numbers",
                )),
            }
        }
        id => Ok(id),
    }
}

/// The facts that can be shown.
fn clean(facts: &Map<String, Value>) -> Map<String, Value> {
    facts.iter().filter_map(|(name, fact)| Some((name.clone(), clean_fact(name, fact)?))).collect()
}

fn clean_fact(name: &str, fact: &Value) -> Option<Value> {
    match (name, fact) {
        ("name", Value::String(text)) => FileName::clean(text).map(|name| name.as_str().into()),
        ("name", _) => fact.is_null().then_some(Value::Null),
        (_, Value::Number(_) | Value::Null) => Some(fact.clone()),
        (_, Value::Bool(_)) if !NUMBERS.contains(&name) => Some(fact.clone()),
        (_, Value::String(text)) if !NUMBERS.contains(&name) && text.chars().count() <= LONGEST_FACT => {
            Some(fact.clone())
        }
        (_, Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => None,
    }
}

/// The file that a body names: the id itself, or an object with a `fileid`.
pub fn find_fileid(body: &Value) -> Option<FileId> {
    let id = body.as_str().or_else(|| body["fileid"].as_str())?;
    FileId::try_from(id.to_owned()).ok()
}

/// The body of a message of `kind` as it is kept.
pub fn read(kind: DialogKind, body: Value) -> Value {
    match (kind, body) {
        (DialogKind::Text | DialogKind::System, Value::String(text)) => text.into(),
        (DialogKind::Text | DialogKind::System, odd) => odd.to_string().into(),
        (DialogKind::Image | DialogKind::Voice | DialogKind::File, Value::String(id)) => id.into(),
        (DialogKind::Image | DialogKind::Voice | DialogKind::File, Value::Object(facts)) => {
            clean(&facts).into()
        }
        (DialogKind::VideoCall, Value::Object(call)) => call.into(),
        (DialogKind::Image | DialogKind::Voice | DialogKind::File | DialogKind::VideoCall, _) => {
            Map::new().into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_is_named_with_simple_facts_beside_it() {
        let file = |body: Value| parse(DialogKind::File, body);
        for body in
            [json!("F"), json!({ "fileid": "F", "name": "病历.pdf", "size": 3, "wide": true, "note": null })]
        {
            assert_eq!(file(body.clone()), Ok(body));
        }
        for odd in [json!({ "toString": 1 }), json!([]), json!(7), json!(true)] {
            assert!(file(json!({ "fileid": "F", "name": odd })).is_err(), "{odd}");
        }
        for body in [
            json!({ "fileid": "F", "seconds": "3" }),
            json!({ "fileid": "F", "size": {} }),
            json!({ "fileid": "F", "more": { "a": 1 } }),
            json!({ "fileid": ["F"] }),
            json!(["F"]),
        ] {
            assert!(file(body.clone()).is_err(), "{body}");
        }
        assert_eq!(file(json!({ "fileid": "F", "name": "x\u{202e}gpj.hta" })).unwrap()["name"], "xgpj.hta_");
    }

    #[test]
    fn what_is_kept_from_before_can_be_shown() {
        let odd = json!({ "fileid": "F", "name": { "toString": 1 }, "size": "x", "width": 3 });
        assert_eq!(read(DialogKind::File, odd), json!({ "fileid": "F", "width": 3 }));
        assert_eq!(read(DialogKind::Image, json!([1])), json!({}));
        assert_eq!(read(DialogKind::Text, json!({ "a": 1 })), json!("{\"a\":1}"));
        assert_eq!(read(DialogKind::VideoCall, json!(null)), json!({}));
    }
}
