//! Which characters show: what names take, and what is taken out of the names of files.

/// Characters that show nothing, nothing that everybody sees alike, or that turn the direction of others: those
/// that Unicode has ignored by default, blanks of other widths, separators of lines and paragraphs, interlinear
/// annotations, marks that enclose others, controls of hieroglyphs and of music, what is for private use.
const HIDDEN: [(char, char); 30] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{488}', '\u{489}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{1abe}', '\u{1abe}'),
    ('\u{2000}', '\u{200f}'),
    ('\u{2028}', '\u{202f}'),
    ('\u{205f}', '\u{206f}'),
    ('\u{20dd}', '\u{20e4}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{a670}', '\u{a672}'),
    ('\u{e000}', '\u{f8ff}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffc}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1345f}'),
    ('\u{16fe4}', '\u{16fe4}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d159}', '\u{1d159}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
    ('\u{f0000}', '\u{10ffff}'),
];

/// Whether a character shows, and shows where it stands.
pub fn is_visible(c: char) -> bool {
    !c.is_control() && !HIDDEN.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// Whether a character shows others in another order than they stand.
pub fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What joins emoji into one, such as those of a family.
const JOINER: char = '\u{200d}';
/// Where emoji are, of those that others are made of.
const EMOJI: [(char, char); 5] = [
    ('\u{2194}', '\u{2199}'),
    ('\u{2600}', '\u{27bf}'),
    ('\u{2934}', '\u{2935}'),
    ('\u{2b05}', '\u{2b55}'),
    ('\u{1f000}', '\u{1faff}'),
];

/// Whether each character of a text shows, or joins the emoji before it and the one after it.
pub fn shows(text: &str) -> bool {
    let is_emoji = |c: &char| EMOJI.iter().any(|(first, last)| (first..=last).contains(&c));
    let (mut before, mut rest) = (None, text.chars().peekable());
    while let Some(c) = rest.next() {
        let joins = c == JOINER && before.as_ref().is_some_and(is_emoji) && rest.peek().is_some_and(is_emoji);
        if !joins && !is_visible(c) {
            return false;
        }
        before = Some(c);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{is_visible, shows};

    #[test]
    fn emoji_may_be_joined_and_nothing_else() {
        for name in ["👨\u{200d}👩\u{200d}👧一家", "👩🏽\u{200d}⚕", "🏃\u{200d}➡", "🐈\u{200d}⬛"]
        {
            assert!(shows(name), "{name}");
        }
        let (ends, doubled) = (["\u{200d}👨", "👨\u{200d}", "王\u{200d}医生"], "👨\u{200d}\u{200d}👩");
        for name in ends.into_iter().chain([doubled, "👨\u{200d}王", "王\u{200d}👨", "👨\u{200b}👩"])
        {
            assert!(!shows(name), "{name:?}");
        }
    }

    #[test]
    fn what_turns_the_direction_or_shows_nothing_is_not_visible() {
        for c in "\n\t\0\u{85}\u{200b}\u{200d}\u{200e}\u{202e}\u{2066}\u{feff}\u{ad}\u{3164}\u{2028}\u{2003}\u{488}\u{e000}\u{f0000}\u{fffc}\u{13430}\u{1d159}".chars()
        {
            assert!(!is_visible(c), "{c:?}");
        }
        assert!("王医生 O'Neil-张·三é😀〇".chars().all(is_visible));
    }
}
