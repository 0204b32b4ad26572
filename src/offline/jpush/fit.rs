//! Texts cut so that a platform's part of a notice stays within its limit.

use crate::offline::failure::{Failure, Wrong};
use serde_json::Value;

/// What stands where something was left out; 3 bytes.
const CUT: &str = "…";

/// The part that `make` builds around `text`, with as much of the text as keeps the whole within
/// `limit` bytes of JSON. Fails where not even a shortened text has room.
pub(super) fn fitted(limit: usize, text: &str, make: impl Fn(&str) -> Value) -> Result<Value, Failure> {
    let frame = make("").to_string().len();
    let room = limit.checked_sub(frame);
    let short = room.map(|room| shortened(text, room));
    match short {
        Some(short) if text.is_empty() || !short.is_empty() => Ok(make(&short)),
        Some(_) | None => Err(Failure::RequestWrong(Wrong::TooBig)),
    }
}

/// As much of the text as takes at most `room` bytes inside a JSON string, cut between characters
/// and marked where it is cut; empty where there is no room for anything.
pub(super) fn shortened(text: &str, room: usize) -> String {
    if text.chars().map(bytes).sum::<usize>() <= room {
        return text.to_owned();
    }
    let Some(room) = room.checked_sub(CUT.len()) else {
        return String::new();
    };
    let mut used = 0;
    let kept = text.chars().take_while(|&c| {
        used += bytes(c);
        used <= room
    });
    kept.collect::<String>() + CUT
}

/// What a character takes in JSON, escaped where it must be.
fn bytes(c: char) -> usize {
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
        assert_eq!(shortened("血压正常", 12), "血压正常");
        assert_eq!(shortened("血压正常", 11), "血压…");
        assert_eq!(shortened("血压正常", 2), "");
    }

    #[test]
    fn a_frame_that_leaves_no_room_is_refused() {
        let made = fitted(20, "hello", |text| json!({"alert": text, "extras": "0123456789"}));
        assert_eq!(made, Err(Failure::RequestWrong(Wrong::TooBig)));
    }

    proptest! {
        #[test]
        fn nothing_ever_exceeds_the_limit(text in ".{0,60}|[\"\\\\\u{1}\n血🩺]{0,60}", limit in 14_usize..120) {
            let make = |text: &str| json!({"alert": text});
            if let Ok(made) = fitted(limit, &text, make) {
                prop_assert!(made.to_string().len() <= limit);
                let whole = make(&text).to_string().len() <= limit;
                prop_assert_eq!(whole, made["alert"] == text.as_str());
            }
        }
    }
}
