//! Which characters show: what names take, and what is taken out of the names of files.

/// Characters that show nothing, or that turn the direction of others: those that Unicode has ignored by
/// default, separators of lines and paragraphs, interlinear annotations, and the blank of Braille.
const HIDDEN: [(char, char); 18] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether a character shows, and shows where it stands.
pub fn is_visible(c: char) -> bool {
    !c.is_control() && !HIDDEN.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

#[cfg(test)]
mod tests {
    use super::is_visible;

    #[test]
    fn what_turns_the_direction_or_shows_nothing_is_not_visible() {
        for c in "\n\t\0\u{85}\u{200b}\u{200d}\u{200e}\u{202e}\u{2066}\u{feff}\u{ad}\u{3164}\u{2028}".chars()
        {
            assert!(!is_visible(c), "{c:?}");
        }
        assert!("王医生 O'Neil-张·三é😀〇".chars().all(is_visible));
    }
}
