//! What people call their files, as far as it is kept and shown to others.

use super::visible::is_visible;
use serde::Serialize;

/// How many characters a name may have, and how many of them its ending.
const LONGEST: usize = 100;
const LONGEST_ENDING: usize = 20;
/// Endings that a double click runs. No file that is taken is a program: one with such a name is a trap.
const RUN: [&str; 63] = [
    "ade",
    "apk",
    "app",
    "application",
    "appref-ms",
    "bat",
    "chm",
    "class",
    "cmd",
    "com",
    "command",
    "cpl",
    "desktop",
    "diagcab",
    "dll",
    "dmg",
    "docm",
    "exe",
    "gadget",
    "hta",
    "htm",
    "html",
    "img",
    "inf",
    "iso",
    "jar",
    "js",
    "jse",
    "library-ms",
    "lnk",
    "mht",
    "mhtml",
    "msi",
    "msix",
    "msp",
    "one",
    "pif",
    "pkg",
    "pptm",
    "ps1",
    "py",
    "rdp",
    "reg",
    "scf",
    "scr",
    "search-ms",
    "settingcontent-ms",
    "sh",
    "svg",
    "terminal",
    "url",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "vhdx",
    "workflow",
    "wsf",
    "wsh",
    "xbap",
    "xhtml",
    "xll",
    "xlsm",
];

/// The name of a file: no folder, no character that does not show, its ending kept where it is long. An
/// ending that would be run is followed by `_`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileName(String);

impl FileName {
    /// What is left of a name; `None` where nothing is.
    pub fn clean(name: &str) -> Option<Self> {
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let shown: String = name.chars().filter(|c| is_visible(*c)).collect();
        let shown = shown.trim().trim_end_matches(['.', ' ']);
        let (stem, ending) = match shown.rsplit_once('.') {
            Some((stem, ending)) if (1..=LONGEST_ENDING).contains(&ending.chars().count()) => {
                (stem, format!(".{ending}"))
            }
            Some(_) | None => (shown, String::new()),
        };
        let runs =
            RUN.iter().any(|run| ending.strip_prefix('.').is_some_and(|it| it.eq_ignore_ascii_case(run)));
        let ending = if runs { format!("{ending}_") } else { ending };
        let stem: String = stem.chars().take(LONGEST - ending.chars().count()).collect();
        let name = stem + &ending;
        (!name.is_empty()).then_some(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::FileName;

    fn cleaned(name: &str) -> String {
        FileName::clean(name).map_or_else(String::new, |name| name.as_str().to_owned())
    }

    #[test]
    fn a_name_keeps_what_shows_and_its_ending() {
        assert_eq!(cleaned("../病历 1.pdf"), "病历 1.pdf");
        assert_eq!(cleaned("C:\\病历\\化验.PDF"), "化验.PDF");
        assert_eq!(cleaned("a\u{202e}fdp.doc\u{200b}"), "afdp.doc");
        let long = format!("{}.jpg", "照".repeat(200));
        assert_eq!(cleaned(&long), format!("{}.jpg", "照".repeat(96)));
        assert_eq!(cleaned(" . "), "");
        assert_eq!(cleaned("a\r\nb"), "ab");
    }

    #[test]
    fn what_a_double_click_runs_does_not_pass() {
        assert_eq!(cleaned("x\u{202e}gpj.hta"), "xgpj.hta_");
        assert_eq!(cleaned("病历.EXE."), "病历.EXE_");
    }
}
