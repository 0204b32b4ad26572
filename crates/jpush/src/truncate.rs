//! Cuts texts so that a platform's part of a notification stays within its limit.

use crate::error::{Error, InvalidRequest};
use serde_json::Value;

/// Marks where a text was cut; 3 bytes.
const ELLIPSIS: &str = "…";

/// Builds a part with `make` from as much of `text` as keeps it within `limit` bytes of JSON. Fails if
/// there is no room for any of it.
pub(crate) fn fit(limit: usize, text: &str, make: impl Fn(&str) -> Value) -> Result<Value, Error> {
    let frame = make("").to_string().len();
    let room = limit.checked_sub(frame);
    let short = room.map(|room| truncate(text, room));
    match short {
        Some(short) if text.is_empty() || !short.is_empty() => Ok(make(&short)),
        Some(_) | None => Err(Error::InvalidRequest(InvalidRequest::TooBig)),
    }
}

/// The beginning of `text` that takes at most `room` bytes inside a JSON string, cut between
/// characters and marked with an ellipsis; empty if there is no room for that.
pub(crate) fn truncate(text: &str, room: usize) -> String {
    if text.chars().map(json_len).sum::<usize>() <= room {
        return text.to_owned();
    }
    let Some(room) = room.checked_sub(ELLIPSIS.len()) else {
        return String::new();
    };
    let mut used = 0;
    let kept = text.chars().take_while(|&c| {
        used += json_len(c);
        used <= room
    });
    kept.collect::<String>() + ELLIPSIS
}

/// The length of a character in JSON, escaped if it must be.
fn json_len(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        c if c < ' ' => 6,
        c => c.len_utf8(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_fits_is_left_alone() {
        assert_eq!(truncate("血压正常", 12), "血压正常");
        assert_eq!(truncate("血压正常", 11), "血压…");
        assert_eq!(truncate("血压正常", 2), "");
    }

    #[test]
    fn a_frame_that_leaves_no_room_is_refused() {
        let made = fit(20, "hello", |text| json!({"alert": text, "extras": "0123456789"}));
        assert_eq!(made, Err(Error::InvalidRequest(InvalidRequest::TooBig)));
    }

    proptest! {
        #[test]
        fn nothing_ever_exceeds_the_limit(text in ".{0,60}|[\"\\\\\u{1}\n血🩺]{0,60}", limit in 14_usize..120) {
            let make = |text: &str| json!({"alert": text});
            if let Ok(made) = fit(limit, &text, make) {
                prop_assert!(made.to_string().len() <= limit);
                let whole = make(&text).to_string().len() <= limit;
                prop_assert_eq!(whole, made["alert"] == text.as_str());
            }
        }
    }
}
