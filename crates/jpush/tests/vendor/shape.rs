//! What a JSON value has to look like, as checks that say what is wrong.

use serde_json::{Map, Value};

pub type Checked<T> = Result<T, String>;

pub fn parse(body: &[u8]) -> Checked<Value> {
    serde_json::from_slice(body).map_err(|error| format!("the body is no JSON: {error}"))
}

pub fn object<'a>(value: &'a Value, name: &str, allowed: &[&str]) -> Checked<&'a Map<String, Value>> {
    let object = value.as_object().ok_or_else(|| format!("{name} must be an object"))?;
    match object.keys().find(|key| !allowed.contains(&key.as_str())) {
        Some(key) => Err(format!("{name} has no field {key}")),
        None => Ok(object),
    }
}

pub fn text<'a>(value: &'a Value, name: &str) -> Checked<&'a str> {
    value.as_str().ok_or_else(|| format!("{name} must be a text"))
}

pub fn texts(object: &Map<String, Value>, names: &[&str]) -> Checked<()> {
    for name in names {
        if let Some(value) = object.get(*name) {
            text(value, name)?;
        }
    }
    Ok(())
}

pub fn numbers(object: &Map<String, Value>, name: &str, range: std::ops::RangeInclusive<i64>) -> Checked<()> {
    let within = |value: &Value| value.as_i64().is_some_and(|number| range.contains(&number));
    demand(object.get(name).is_none_or(within), &format!("{name} is out of range"))
}

pub fn sized(part: &Value, name: &str, most: usize) -> Checked<()> {
    demand(part.to_string().len() <= most, &format!("{name} has more than {most} bytes"))
}

pub fn demand(holds: bool, otherwise: &str) -> Checked<()> {
    match holds {
        true => Ok(()),
        false => Err(otherwise.to_owned()),
    }
}
