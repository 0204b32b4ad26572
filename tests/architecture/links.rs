//! No document points at what is not there: files, and headings in them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The documents of the project: those at its top, and all below `docs`.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for path in list(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.extend(list(root()));
    found.extend(
        [
            "crates/socketio/README.md",
            "crates/jpush/README.md",
            "crates/webpush/README.md",
            "static/README.md",
        ]
        .map(|path| root().join(path)),
    );
    found.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    found
}

fn list(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Where the links of a document lead, as they are written.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next())
}

/// What headings are called in links, as GitHub and mdBook call them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings =
        text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let name = |heading: &str| {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
    };
    headings.map(name).collect()
}

/// Why a link of the document at `from` leads nowhere; `None` where it leads somewhere, or out of the project.
fn fault(from: &Path, text: &str, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let to = if path.is_empty() { from.to_owned() } else { from.parent().unwrap().join(path) };
    if !to.exists() {
        return Some(format!("{}: {link} is not there", from.display()));
    }
    let there = match path.is_empty() {
        true => text.to_owned(),
        false => anchor.map(|_| std::fs::read_to_string(&to).unwrap()).unwrap_or_default(),
    };
    anchor
        .filter(|anchor| !anchors(&there).contains(*anchor))
        .map(|anchor| format!("{}: {} has no heading {anchor}", from.display(), to.display()))
}

#[test]
fn every_link_leads_somewhere() {
    let mut count = 0;
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        let faults: Vec<_> =
            links(&text).inspect(|_| count += 1).filter_map(|link| fault(&document, &text, link)).collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }
    assert!(count > 50, "links are found");
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let (from, text) = (root().join("docs/protocol.md"), "# Two words, and more\n[a](#two-words-and-more)");
    assert_eq!(links(text).map(|link| fault(&from, text, link)).collect::<Vec<_>>(), [None]);
    assert!(fault(&from, text, "#no-words").is_some() && fault(&from, text, "nowhere.md").is_some());
    assert!(
        fault(&from, text, "../README.md").is_none() && fault(&from, text, "../README.md#nowhere").is_some()
    );
}
