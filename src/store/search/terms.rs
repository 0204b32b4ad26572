//! The terms by which the index finds texts, made of folded characters.
//!
//! A run is what stands together of letters, digits and ideographs. Its terms are its characters, its pairs
//! of neighbours, and the triples of its letters and digits; any other visible character is a term alone. So
//! whatever holds some words has their terms, wherever they begin and end. The opposite need not be, and two
//! sets of characters may have one term: each text that is found is compared itself.

use super::fold::Folded;
use std::fmt::Write;

/// The first character of those of which there are so many that pairs are rare: ideographs, kana, hangul.
const WIDE: char = '\u{2e80}';
/// How many terms are looked for: more make nothing rarer.
const MOST_SOUGHT: usize = 16;

/// The terms of a text that is indexed, each once, with spaces between them. They are hexadecimal, so that no
/// database takes anything in them for something else.
pub fn index(text: &Folded) -> String {
    let mut terms = Vec::with_capacity(128);
    for run in runs(text.as_str()) {
        for size in 1..=3 {
            terms.extend(run.windows(size).filter(|some| is_indexed(some)).map(key));
        }
    }
    write(terms)
}

/// As many terms of words as are looked for, in the same form; a text that has not all of them does not hold
/// the words.
pub fn seek(words: &Folded) -> String {
    let mut terms = Vec::new();
    for run in runs(words.as_str()) {
        let size = run.len().min(if run.iter().any(is_wide) { 2 } else { 3 });
        terms.extend(run.windows(size).map(key));
    }
    terms.truncate(MOST_SOUGHT);
    write(terms)
}

/// What stands together; other visible characters are alone.
fn runs(text: &str) -> Vec<Vec<char>> {
    let mut runs: Vec<Vec<char>> = Vec::new();
    let mut joins = false;
    for c in text.chars() {
        let in_run = c.is_alphanumeric();
        match runs.last_mut().filter(|_| joins && in_run) {
            Some(run) => run.push(c),
            None if c.is_whitespace() || c.is_control() => {}
            None => runs.push(vec![c]),
        }
        joins = in_run;
    }
    runs
}

fn is_wide(c: &char) -> bool {
    *c >= WIDE
}

fn is_indexed(some: &[char]) -> bool {
    some.len() < 3 || !some.iter().any(is_wide)
}

/// A number for a few characters.
fn key(some: &[char]) -> u64 {
    some.iter().fold(0, |key, c| (key << 16) ^ u64::from(u32::from(*c)))
}

fn write(mut keys: Vec<u64>) -> String {
    keys.sort_unstable();
    keys.dedup();
    let mut terms = String::with_capacity(keys.len() * 9);
    for key in keys {
        let space = if terms.is_empty() { "" } else { " " };
        // A string takes whatever is written.
        let _ = write!(terms, "{space}{key:x}");
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> String {
        index(&Folded::new(text))
    }

    fn sought(words: &str) -> String {
        seek(&Folded::new(words))
    }

    #[test]
    fn ideographs_have_pairs_and_letters_have_triples() {
        assert_eq!(all("头疼。"), "3002 5934 75bc 593475bc");
        assert_eq!(all("Ct"), "63 74 630074");
        assert_eq!(all("ａ1b"), "31 61 62 310062 610031 6100310062");
        assert_eq!(all(" \n\u{7}"), "");
    }

    #[test]
    fn few_terms_are_looked_for() {
        assert_eq!(sought("疼"), "75bc");
        assert_eq!(sought("头疼"), "593475bc");
        assert_eq!(sought("BMI"), "62006d0069");
        assert_eq!(sought("b超"), "628d85");
        assert_eq!(sought("\"*\""), "22 2a");
        assert_eq!(sought(&('一'..'龥').take(100).collect::<String>()).split(' ').count(), MOST_SOUGHT);
    }

    fn chars() -> impl Strategy<Value = String> {
        "([头疼天a-cA-Ｃ1１ \n，。\"'*%!_éÉ㎎😀\u{301}\u{200b}\u{2b820}]|\\PC){0,12}"
    }

    proptest! {
        #[test]
        fn what_holds_words_has_their_terms(before in chars(), words in chars(), after in chars()) {
            let text = Folded::new(&format!("{before}{words}{after}"));
            let terms = index(&text);
            let terms: Vec<&str> = terms.split(' ').collect();
            let words = Folded::new(&words);
            prop_assert!(text.as_str().contains(words.as_str()));
            for term in seek(&words).split(' ').filter(|term| !term.is_empty()) {
                prop_assert!(terms.contains(&term), "{term} in {terms:?}");
            }
        }
    }
}
