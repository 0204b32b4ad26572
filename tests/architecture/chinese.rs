//! The Chinese documents say what the English ones say, as far as a machine can see it: section by section the same
//! headings, rows, lines of code, names in `backticks` and numbers. Whether it is said well is for readers.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::sources::root;

/// What of the English protocol is made by the tests is not translated.
const MADE: &str = "<!-- What follows is made by the tests";

/// What must be in a section, whatever its language.
#[derive(Debug, Default)]
struct Section {
    heading: String,
    level: usize,
    rows: usize,
    code: Vec<String>,
    names: BTreeSet<String>,
    numbers: BTreeSet<String>,
}

fn sections(text: &str) -> Vec<Section> {
    let mut found = vec![Section::default()];
    let (mut fenced, mut prose) = (false, String::new());
    for line in text.split(MADE).next().unwrap().lines() {
        let section = found.last_mut().unwrap();
        if line.starts_with("```") {
            fenced = !fenced;
        } else if fenced || line.starts_with("    ") {
            section.code.extend(code(line));
        } else if line.starts_with('#') {
            section.read(&std::mem::take(&mut prose));
            let level = line.chars().take_while(|c| *c == '#').count();
            found.push(Section { heading: line.to_owned(), level, ..Section::default() });
        } else {
            section.rows += usize::from(line.starts_with('|'));
            prose.push_str(line);
            prose.push(' ');
        }
    }
    found.last_mut().unwrap().read(&prose);
    found
}

/// A line of code without its comment, which may be in either language, nor Chinese text in it.
fn code(line: &str) -> Option<String> {
    let line = line.trim();
    let end = [line.find("# "), line.find("// ")].into_iter().flatten().min().unwrap_or(line.len());
    Some(line[..end].trim().to_owned()).filter(|code| !code.is_empty())
}

impl Section {
    /// Takes in the prose: what stands in backticks are names; what a link leads to is neither.
    fn read(&mut self, prose: &str) {
        for (index, part) in prose.split('`').enumerate() {
            if index % 2 == 1 {
                self.names.insert(part.to_owned());
            } else {
                self.numbers.extend(numbers(&without_targets(part)));
            }
        }
    }

    /// What this section, of an English page, has and its Chinese one lacks.
    fn missing(&self, chinese: &Section) -> Vec<String> {
        let mut faults = Vec::new();
        if (self.level, self.rows) != (chinese.level, chinese.rows) {
            faults.push(format!("{} rows, and {} there", self.rows, chinese.rows));
        }
        if self.code != chinese.code {
            faults.push(format!("code: {:#?}, and {:#?} there", self.code, chinese.code));
        }
        faults.extend(self.names.symmetric_difference(&chinese.names).map(|name| format!("`{name}`")));
        faults.extend(self.numbers.difference(&chinese.numbers).cloned());
        faults
    }
}

fn without_targets(text: &str) -> String {
    let mut parts = text.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + " " + part.split_once(')').map_or("", |(_, rest)| rest))
}

/// The numbers of a text, as they are written, such as `20,000` or `1.5`. Millions are counted otherwise in Chinese.
fn numbers(text: &str) -> Vec<String> {
    let words: Vec<_> = text.split_whitespace().chain([""]).collect();
    let counted = words.windows(2).filter(|pair| !pair[1].starts_with("million")).map(|pair| pair[0]);
    let parts = counted.flat_map(|word| word.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')));
    let trimmed = parts.map(|part| part.trim_matches(['.', ',']));
    trimmed.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// How a Chinese page lags its English one.
fn lags(english: &str, chinese: &str) -> Vec<String> {
    let (english, chinese) = (sections(english), sections(chinese));
    if english.len() != chinese.len() {
        return vec![format!("{} headings, and {} there", english.len() - 1, chinese.len() - 1)];
    }
    let pairs = english.iter().zip(&chinese);
    let missing = |(english, chinese): (&Section, &Section)| {
        let faults = english.missing(chinese);
        (!faults.is_empty()).then(|| format!("{}: {}", english.heading, faults.join(", ")))
    };
    pairs.filter_map(missing).collect()
}

/// The pages in Chinese that have an English one.
fn pages() -> Vec<PathBuf> {
    let listed = fs::read_dir(root().join("docs/zh")).unwrap().map(|entry| entry.unwrap().path());
    let own = |path: &PathBuf| ["SUMMARY.md", "index.md"].iter().any(|name| path.ends_with(name));
    listed.filter(|path| path.extension().is_some_and(|ending| ending == "md") && !own(path)).collect()
}

#[test]
fn chinese_pages_have_what_english_ones_have() {
    let read = |path: PathBuf| fs::read_to_string(path).unwrap();
    let mut faults = Vec::new();
    for page in pages() {
        let english = root().join("docs").join(page.file_name().unwrap());
        let name = page.strip_prefix(root()).unwrap().display().to_string();
        faults.extend(lags(&read(english), &read(page)).into_iter().map(|lag| format!("{name}: {lag}")));
    }
    assert!(faults.is_empty(), "pages in Chinese lag the English ones:\n{}", faults.join("\n"));
    assert!(pages().len() >= 6, "pages are found");
}

#[test]
fn a_page_that_lags_is_found() {
    let english = "# Page\n\nIt waits 30 s for `name` ([more](x.md#5)).\n\n    jiayi serve  # now\n";
    let lag = |chinese: &str| lags(english, chinese).len();
    assert_eq!(lag("# 页面\n\n等待 `name` 30 秒（[更多](x.md)）。\n\n    jiayi serve  # 立即\n"), 0);
    assert_eq!(lag("# 页面\n\n等待 `name` 20 秒。\n\n    jiayi serve\n"), 1, "a number");
    assert_eq!(lag("# 页面\n\n等待 30 秒。\n\n    jiayi serve\n"), 1, "a name");
    assert_eq!(lag("# 页面\n\n等待 `name` 30 秒。\n\n    jiayi check\n"), 1, "a line of code");
    assert_eq!(lag("# 页面\n\n等待 `name` 30 秒。\n\n    jiayi serve\n\n## 更多\n"), 1, "a heading");
}
