//! The vendor's documented rules for requests, as checks that say what is wrong.
//!
//! Stricter than the vendor in one thing: a field that it does not document is an error here.

use super::shape::{Checked, demand, numbers, object, parse, sized, text, texts};
use actix_web::HttpRequest;
use serde_json::{Map, Value};

/// The headers that every request has.
pub fn headers(request: &HttpRequest) -> Checked<()> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    demand(header("accept") == Some("application/json"), "Accept must be application/json")?;
    let json = header("content-type") == Some("application/json");
    demand(request.method() != "POST" || json, "Content-Type must be application/json")
}

/// How many ids are asked for.
pub fn cid_count(request: &HttpRequest) -> Checked<u64> {
    let mut count = Err("count is missing".to_owned());
    for pair in request.query_string().split('&') {
        match pair.split_once('=') {
            Some(("type", "push")) => (),
            Some(("count", n)) => count = n.parse().map_err(|_| "count must be a number".to_owned()),
            _ => return Err(format!("{pair} is no parameter")),
        }
    }
    let count = count?;
    demand((1..=1_000).contains(&count), "count must be 1 to 1000")?;
    Ok(count)
}

/// Which pushes are asked about.
pub fn report_ids(request: &HttpRequest) -> Checked<Vec<u64>> {
    let list = request.query_string().strip_prefix("msg_ids=").ok_or("msg_ids is missing")?;
    // The comma may come as it is or encoded.
    let ids = list.replace("%2C", ",");
    let ids: Result<Vec<u64>, _> = ids.split(',').map(str::parse).collect();
    let ids = ids.map_err(|_| "msg_ids must be numbers".to_owned())?;
    demand((1..=100).contains(&ids.len()), "msg_ids must be 1 to 100")?;
    Ok(ids)
}

/// The alias that a device shall have; empty for none.
pub fn device(registration_id: &str, body: &[u8]) -> Checked<String> {
    demand(!registration_id.is_empty(), "the registration id is missing")?;
    let body = object(&parse(body)?, "body", &["alias", "tags", "mobile"])?.clone();
    let given = text(&body["alias"], "alias")?;
    if !given.is_empty() {
        alias(given)?;
    }
    Ok(given.to_owned())
}

/// A whole push, as it was sent.
pub fn push(body: &[u8]) -> Checked<Value> {
    let body = parse(body)?;
    let fields = ["cid", "platform", "audience", "notification", "message", "options"];
    let push = object(&body, "body", &fields)?;
    platform(&body["platform"])?;
    audience(&body["audience"])?;
    demand(push.contains_key("notification") || push.contains_key("message"), "nothing to send")?;
    notification(&body["notification"])?;
    options(&body["options"])?;
    if let Some(cid) = push.get("cid") {
        let uuid = text(cid, "cid")?.strip_prefix(super::APP_KEY).and_then(|rest| rest.strip_prefix('-'));
        demand(uuid.is_some_and(|uuid| uuid.len() == 36), "cid must be {appKey}-{uuid}")?;
    }
    Ok(body)
}

/// Whom a checked push is for.
pub fn targets(body: &Value) -> Vec<String> {
    let lists = body["audience"].as_object().into_iter().flat_map(Map::values);
    let names = lists.filter_map(Value::as_array).flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

fn platform(value: &Value) -> Checked<()> {
    if value == "all" {
        return Ok(());
    }
    let list = value.as_array().filter(|list| !list.is_empty()).ok_or("platform is missing")?;
    let known = |one: &Value| ["android", "ios", "hmos", "quickapp"].iter().any(|name| one == name);
    demand(list.iter().all(known), "platform is unknown")
}

fn audience(value: &Value) -> Checked<()> {
    if value == "all" {
        return Ok(());
    }
    let audience = object(value, "audience", &["alias", "registration_id", "tag"])?;
    demand(!audience.is_empty(), "audience is empty")?;
    for (kind, list) in audience {
        let list = list.as_array().ok_or("audience must hold lists")?;
        let most = if kind == "tag" { 20 } else { 1_000 };
        demand((1..=most).contains(&list.len()), "audience has too few or too many targets")?;
        for target in list {
            let target = text(target, kind)?;
            match kind.as_str() {
                "registration_id" => demand(!target.is_empty(), "a registration id is empty")?,
                _ => alias(target)?,
            }
        }
    }
    Ok(())
}

fn alias(text: &str) -> Checked<()> {
    let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let allowed = |c: char| c.is_ascii_alphanumeric() || chinese(c) || "_@!#$&*+=.|￥".contains(c);
    let fits = (1..=40).contains(&text.len()) && text.chars().all(allowed);
    demand(fits, &format!("{text:?} is no alias"))
}

fn notification(value: &Value) -> Checked<()> {
    let parts = object(value, "notification", &["alert", "android", "ios", "hmos", "voip"])?;
    for (name, part) in parts {
        match name.as_str() {
            "android" => android(part)?,
            "ios" => ios(part)?,
            "hmos" => hmos(part)?,
            "voip" => drop(part.as_object().ok_or("voip must be an object")?),
            _ => drop(text(part, name)?),
        }
    }
    Ok(())
}

fn android(part: &Value) -> Checked<()> {
    let fields = ["alert", "title", "channel_id", "priority", "badge_add_num", "intent", "extras"];
    let fields = object(part, "android", &fields)?;
    text(&part["alert"], "android.alert")?;
    texts(fields, &["title", "channel_id"])?;
    numbers(fields, "priority", -2..=2)?;
    numbers(fields, "badge_add_num", 1..=99)?;
    if let Some(intent) = fields.get("intent") {
        text(&intent["url"], "android.intent.url")?;
    }
    sized(part, "android", 4_000)
}

fn ios(part: &Value) -> Checked<()> {
    let fields = ["alert", "sound", "badge", "thread-id", "content-available", "mutable-content", "extras"];
    let fields = object(part, "ios", &fields)?;
    match &part["alert"] {
        Value::String(_) => (),
        alert => drop(object(alert, "ios.alert", &["title", "subtitle", "body"])?),
    }
    texts(fields, &["sound", "thread-id"])?;
    let badge = &part["badge"];
    demand(badge.is_null() || badge.is_number() || badge == "+1", "ios.badge is no badge")?;
    sized(part, "ios", 2_000)
}

fn hmos(part: &Value) -> Checked<()> {
    let fields = ["alert", "title", "category", "badge_add_num", "intent", "extras"];
    let fields = object(part, "hmos", &fields)?;
    text(&part["alert"], "hmos.alert")?;
    texts(fields, &["title", "category"])?;
    numbers(fields, "badge_add_num", 1..=99)
}

fn options(value: &Value) -> Checked<()> {
    let fields = [
        "time_to_live",
        "apns_production",
        "apns_collapse_id",
        "override_msg_id",
        "classification",
        "third_party_channel",
    ];
    let options = object(value, "options", &fields)?;
    demand(value["apns_production"].is_boolean(), "apns_production must always be said")?;
    numbers(options, "time_to_live", 0..=259_200)?;
    numbers(options, "classification", 0..=1)?;
    numbers(options, "override_msg_id", 1..=i64::MAX)?;
    texts(options, &["apns_collapse_id"])?;
    let collapse = value["apns_collapse_id"].as_str().unwrap_or("");
    demand(collapse.len() <= 64, "apns_collapse_id is too long")
}
