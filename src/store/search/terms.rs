//! The terms by which the index finds texts, made of folded characters.
//!
//! A run is what stands together of letters, digits and ideographs. Its terms are its pairs of neighbours, the
//! triples of its letters and digits, and each of its ideographs; any other wide character is a term alone. So
//! whatever holds some words has their terms, wherever they begin and end. A letter or a digit alone is none:
//! nearly every text has it. The opposite need not be, and what has nothing in common may have one term: each
//! text that is found is compared itself.

use super::fold::Folded;
use std::fmt::{Display, Write};
use std::iter::once;

/// The first character of those of which there are so many that pairs are rare: ideographs, kana, hangul.
const WIDE: char = '\u{2e80}';
/// How many terms are looked for: more make nothing rarer.
const MOST_SOUGHT: usize = 16;

/// What the index knows texts by: a number, so that both databases keep it short and compare it fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Term(u32);

impl Term {
    /// The term of a name of another kind than characters.
    pub fn of(kind: u8, name: &[u8]) -> Self {
        let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        Self::spread(name.iter().fold(u64::from(kind), mix))
    }

    fn of_characters(some: &[char]) -> Self {
        Self::spread(some.iter().fold(0, |key, c| (key << 16) ^ u64::from(u32::from(*c))))
    }

    /// The same number in every version, as it is kept.
    fn spread(key: u64) -> Self {
        Self((key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32)
    }

    /// Its digits on SQLite, of which there are sixteen. All of an index's are written: the general way takes longer.
    fn digits(self) -> impl Iterator<Item = char> {
        let zeros = (self.0.leading_zeros() / 4).min(7);
        (0..8 - zeros).rev().filter_map(move |n| char::from_digit(self.0 >> (4 * n) & 15, 16))
    }

    /// As PostgreSQL keeps it.
    pub fn number(self) -> i32 {
        self.0.cast_signed()
    }
}

/// As SQLite keeps it: nothing in it is taken for something else.
impl Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.digits().try_for_each(|digit| f.write_char(digit))
    }
}

/// The terms of a text that is indexed, each once.
pub(super) fn index(text: &Folded) -> Vec<Term> {
    let mut terms = Vec::with_capacity(128);
    let mut characters = Vec::with_capacity(64);
    for_each_run(text.as_str(), &mut characters, |run| {
        for size in 1..=3 {
            terms.extend(run.windows(size).filter(|some| is_indexed(some)).map(Term::of_characters));
        }
    });
    each_once(terms)
}

/// As many terms of words as are looked for; a text that has not all of them does not hold the words.
pub(super) fn seek(words: &Folded) -> Vec<Term> {
    let (mut terms, mut characters) = (Vec::new(), Vec::new());
    for_each_run(words.as_str(), &mut characters, |run| {
        let size = run.len().min(if run.iter().any(is_wide) { 2 } else { 3 });
        terms.extend(run.windows(size).filter(|some| is_indexed(some)).map(Term::of_characters));
    });
    terms.truncate(MOST_SOUGHT);
    each_once(terms)
}

/// What stands together, one after the other, in `run`; other visible characters are alone.
fn for_each_run(text: &str, run: &mut Vec<char>, mut with: impl FnMut(&[char])) {
    for c in text.chars().chain(once('\n')) {
        if c.is_alphanumeric() {
            run.push(c);
            continue;
        }
        if !run.is_empty() {
            with(run);
            run.clear();
        }
        if is_wide(&c) && !c.is_whitespace() {
            with(&[c]);
        }
    }
}

fn is_wide(c: &char) -> bool {
    *c >= WIDE
}

fn is_indexed(some: &[char]) -> bool {
    match some {
        [alone] => is_wide(alone),
        [_, _] => true,
        several => !several.iter().any(is_wide),
    }
}

fn each_once(mut terms: Vec<Term>) -> Vec<Term> {
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// The terms of an entry as SQLite takes them, each a word.
pub(super) fn words(terms: &[Term]) -> String {
    let mut words = String::with_capacity(terms.len() * 9);
    for term in terms {
        words.extend(once(' ').chain(term.digits()));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Vec<Term> {
        index(&Folded::new(text))
    }

    fn sought(words: &str) -> Vec<Term> {
        seek(&Folded::new(words))
    }

    fn terms(of: &[&str]) -> Vec<Term> {
        each_once(of.iter().map(|some| Term::of_characters(&some.chars().collect::<Vec<_>>())).collect())
    }

    #[test]
    fn ideographs_have_pairs_and_letters_have_triples() {
        assert_eq!(all("头疼。"), terms(&["头", "疼", "头疼", "。"]));
        assert_eq!(all("Ct"), terms(&["ct"]));
        assert_eq!(all("ａ1b, ok"), terms(&["a1", "1b", "a1b", "ok"]));
        assert_eq!(all("x \n\u{7}?\u{3000}"), terms(&[]));
    }

    #[test]
    fn few_terms_are_looked_for() {
        assert_eq!(sought("疼"), terms(&["疼"]));
        assert_eq!(sought("头疼"), terms(&["头疼"]));
        assert_eq!(sought("BMI"), terms(&["bmi"]));
        assert_eq!(sought("b超"), terms(&["b超"]));
        assert_eq!(sought("\"*\" b"), terms(&[]));
        assert_eq!(sought(&('一'..'龥').take(100).collect::<String>()).len(), MOST_SOUGHT);
    }

    #[test]
    fn a_term_is_what_it_always_was() {
        assert_eq!(words(&terms(&["头疼"])), " c24debab");
        assert_eq!(Term::of(1, b"uid").to_string(), "b103c30f");
        assert_eq!([0, 7, 0xa0, 0xabc_def0].map(|n| Term(n).to_string()), ["0", "7", "a0", "abcdef0"]);
    }

    fn chars() -> impl Strategy<Value = String> {
        "([头疼天a-cA-Ｃ1１ \n，。\"'*%!_éÉ㎎😀\u{301}\u{200b}\u{2b820}]|\\PC){0,12}"
    }

    proptest! {
        #[test]
        fn what_holds_words_has_their_terms(before in chars(), words in chars(), after in chars()) {
            let text = Folded::new(&format!("{before}{words}{after}"));
            let terms = index(&text);
            let words = Folded::new(&words);
            prop_assert!(text.as_str().contains(words.as_str()));
            for term in seek(&words) {
                prop_assert!(terms.contains(&term), "{term} in {terms:?}");
            }
        }
    }
}
