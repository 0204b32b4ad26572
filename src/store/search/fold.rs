//! How texts are compared: regardless of case, of width, and of other forms of a sign that mean the same (NFKC, sign
//! by sign); and where words stand in a text.

use crate::protocol::objects::Span;
use std::iter::once;
use unicode_normalization::UnicodeNormalization;

/// How many places of a text are told at the most.
const MOST_SPANS: usize = 20;

/// A text as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded(String);

impl Folded {
    /// Folds each character by itself, so that a part of a text folds to a part of what the text folds to.
    pub fn new(text: &str) -> Self {
        let mut folded = String::with_capacity(text.len());
        text.chars().for_each(|c| fold(c, |c| folded.push(c)));
        Self(folded)
    }

    /// As it is compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the text holds these words.
    pub fn is_in(&self, text: &str) -> bool {
        Self::new(text).0.contains(&self.0)
    }

    /// Where these words stand in the text, in its UTF-16 code units, from the first on.
    pub fn find_in(&self, text: &str) -> Vec<Span> {
        let (mut folded, mut origins, mut start) = (String::new(), Vec::new(), 0);
        for c in text.chars() {
            let end = start + c.len_utf16();
            fold(c, |c| folded.push(c));
            origins.resize(folded.len(), Span { start, end });
            start = end;
        }
        let found = folded.match_indices(&self.0).filter_map(|(at, words)| {
            Some(Span { start: origins.get(at)?.start, end: origins.get(at + words.len() - 1)?.end })
        });
        found.take(MOST_SPANS).collect()
    }
}

fn fold(c: char, mut push: impl FnMut(char)) {
    match c {
        '\0'..='\x7f' => push(c.to_ascii_lowercase()),
        // Most of what is written; it has no other forms.
        '\u{4e00}'..='\u{9fff}' => push(c),
        _ => once(c).nfkc().flat_map(char::to_lowercase).for_each(push),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(words: &str, text: &str) -> Vec<(usize, usize)> {
        Folded::new(words).find_in(text).iter().map(|span| (span.start, span.end)).collect()
    }

    #[test]
    fn case_and_width_do_not_matter() {
        for (words, text) in [
            ("bmi２４", "ＢＭＩ24"),
            ("ｱ", "ア"),
            ("5mg", "每次５㎎"),
            (" ", "\u{3000}"),
            ("é", "É"),
            (",", "，"),
        ] {
            assert!(Folded::new(words).is_in(text), "{words} in {text}");
        }
        assert!(!Folded::new("头疼").is_in("头很疼"));
    }

    #[test]
    fn places_are_told_in_utf_16() {
        assert_eq!(find("头疼", "我头疼，头疼"), [(1, 3), (4, 6)]);
        assert_eq!(find("头疼", "😀头疼"), [(2, 4)]);
        assert_eq!(find("g", "5㎎"), [(1, 2)], "a part of a character is all of it");
        assert_eq!(find("aa", "aaa"), [(0, 2)]);
        assert_eq!(find("疼", &"疼".repeat(99)).len(), MOST_SPANS);
    }
}
