//! What a message holds, by its kind: a text, or the file that it names with what the app keeps beside it.
//!
//! `parse` refuses what a client may not write. `read` takes what is kept, from before that was refused
//! too, and leaves only what clients can show. The bodies that the server itself writes are in `objects`.

use crate::error::{Error, Result};
use crate::model::{Caption, DialogKind, FileId, FileName, Malformed};
use serde_json::{Map, Value};

/// How many characters a text may have.
const LONGEST_TEXT: usize = 10_000;
/// How many facts may stand beside a file, and how many characters each may have.
const MOST_FACTS: usize = 16;
const LONGEST_FACT: usize = 500;
/// How many bytes the facts that the contract does not name may have together, with their names.
const MOST_UNNAMED: usize = 4096;
/// Facts that are numbers.
const NUMBERS: [&str; 5] = ["seconds", "duration", "size", "width", "height"];

/// The body of a message of `kind` that somebody writes; `FA_PARAM` for what they may not.
pub fn parse(kind: DialogKind, body: Value) -> Result<Value> {
    match kind {
        DialogKind::Text => parse_text(body).map_err(|why| Error::param("body", why)),
        DialogKind::Image | DialogKind::Voice | DialogKind::File => parse_file(body),
        DialogKind::System | DialogKind::VideoCall => Err(Error::param("body", "is the server's to write")),
    }
}

fn parse_text(body: Value) -> Result<Value, Malformed> {
    match body.as_str().map(|text| (text.trim().is_empty(), text.chars().count())) {
        None => Err(Malformed::invalid("must be a text")),
        Some((true, _)) => Err(Malformed::Empty),
        Some((false, length)) if length > LONGEST_TEXT => Err(Malformed::TooLong),
        Some((false, _)) => Ok(body),
    }
}

fn parse_file(body: Value) -> Result<Value> {
    find_fileid(&body).ok_or_else(|| Error::param("body", "must be a fileid, or an object that holds it"))?;
    match body {
        Value::Object(facts) => {
            clean_caption(facts.get("caption").unwrap_or(&Value::Null))
                .map_err(|why| Error::param("caption", why))?;
            parse_facts(&facts).map_err(|why| Error::param("body", why))
        }
        id => Ok(id),
    }
}

fn parse_facts(facts: &Map<String, Value>) -> Result<Value, Malformed> {
    let kept = clean(facts);
    if kept.len() < facts.len() || kept.len() > MOST_FACTS {
        return Err(Malformed::invalid(
            "must hold a fileid and at most 15 texts, numbers or yes and no beside it; \
             name is a text, and seconds, duration, size, width and height are numbers",
        ));
    }
    match sum_unnamed(&kept) > MOST_UNNAMED {
        true => Err(Malformed::invalid("must hold at most 4096 bytes of facts with names of the app's own")),
        false => Ok(Value::Object(kept)),
    }
}

/// How many bytes the facts have that the contract does not name.
fn sum_unnamed(facts: &Map<String, Value>) -> usize {
    let is_named = |name: &str| ["fileid", "name", "caption"].contains(&name) || NUMBERS.contains(&name);
    let unnamed = facts.iter().filter(|(name, _)| !is_named(name));
    unnamed.map(|(name, fact)| name.len() + fact.to_string().len()).sum()
}

/// The facts that can be shown.
fn clean(facts: &Map<String, Value>) -> Map<String, Value> {
    facts.iter().filter_map(|(name, fact)| Some((name.clone(), clean_fact(name, fact)?))).collect()
}

fn clean_fact(name: &str, fact: &Value) -> Option<Value> {
    match (name, fact) {
        ("name", Value::String(text)) => FileName::clean(text).map(|name| name.as_str().into()),
        ("caption", fact) => clean_caption(fact).ok(),
        ("name", _) => fact.is_null().then_some(Value::Null),
        (_, Value::Number(_) | Value::Null) => Some(fact.clone()),
        (_, Value::Bool(_)) if !NUMBERS.contains(&name) => Some(fact.clone()),
        (_, Value::String(text)) if !NUMBERS.contains(&name) && text.chars().count() <= LONGEST_FACT => {
            Some(fact.clone())
        }
        (_, Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => None,
    }
}

fn clean_caption(caption: &Value) -> Result<Value, Malformed> {
    match caption {
        Value::Null => Ok(Value::Null),
        Value::String(text) => Caption::try_from(text.as_str()).map(|caption| String::from(caption).into()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(Malformed::invalid("must be a text"))
        }
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
            assert_eq!(file(body.clone()).unwrap(), body);
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

    fn refusal(body: Value) -> String {
        parse(DialogKind::Image, body).map_or_else(|error| error.to_string(), |body| body.to_string())
    }

    #[test]
    fn a_caption_is_a_text_that_stands_as_it_was_written() {
        let caption = |caption: Value| refusal(json!({ "fileid": "F", "caption": caption }));
        assert_eq!(
            caption(json!(" 左膝👨\u{200d}👩\n二 ")),
            json!({ "caption": "左膝👨\u{200d}👩\n二", "fileid": "F" }).to_string()
        );
        assert_eq!(caption(json!(" ")), json!({ "caption": "", "fileid": "F" }).to_string());
        assert_eq!(caption(json!(null)), json!({ "caption": null, "fileid": "F" }).to_string());
        assert_eq!(caption(json!("a\0")), "caption: must not hold control characters");
        assert!(caption(json!("gpj\u{202e}exe")).starts_with("caption: must not hold characters that turn"));
        assert_eq!(caption(json!(7)), "caption: must be a text");
        assert_eq!(caption(json!("长".repeat(501))), "caption: is too long");
        assert_eq!(read(DialogKind::Image, json!({ "fileid": "F", "caption": 7 })), json!({ "fileid": "F" }));
    }

    #[test]
    fn what_an_app_keeps_beside_a_file_is_bounded() {
        let small = json!({ "fileid": "F", "blurhash": "x".repeat(400), "rotated": true });
        assert_eq!(refusal(small.clone()), small.to_string());
        let long = "x".repeat(5000);
        assert!(refusal(json!({ "fileid": "F", long: 1 })).starts_with("body: must hold at most 4096 bytes"));
        let many: Map<String, Value> = (0..9).map(|n| (format!("n{n}"), "x".repeat(500).into())).collect();
        let many = Value::Object(many.into_iter().chain([("fileid".to_owned(), json!("F"))]).collect());
        assert!(refusal(many).starts_with("body: must hold at most 4096 bytes"));
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
