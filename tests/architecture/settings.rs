//! docs/configuration.md has every setting that there is, and no other. The settings' file of the package is made from it
//! (packaging/settings.py). What a setting means is for readers.

use crate::sources::root;
use jiayi::config::Config;
use serde_json::json;
use std::collections::BTreeSet;

/// The names in a section: those that reading a wrong one says would be right. `None` where there is no section.
fn names(section: &[&str]) -> Option<Vec<String>> {
    let asked = section.iter().rev().fold(json!({ "?": 0 }), |inner, name| json!({ *name: inner }));
    let error = serde_json::from_value::<Config>(asked).unwrap_err().to_string();
    let (_, expected) = error.split_once("unknown field `?`, expected ")?;
    Some(in_backticks(expected))
}

fn in_backticks(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// All settings below a section.
fn settings(section: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for name in names(section).unwrap() {
        let path = [section, &[&name]].concat();
        match names(&path) {
            // A budget is set whole.
            Some(parts) if parts != ["burst", "per_hour"] => found.extend(settings(&path)),
            Some(_) | None => drop(found.insert(path.join("."))),
        }
    }
    found
}

/// The settings that the tables have; those below "Section `[name]`" are of that section.
fn documented(text: &str) -> BTreeSet<String> {
    let (mut found, mut section) = (BTreeSet::new(), String::new());
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("Section `[") {
            section = rest.split_once("]`").unwrap().0.to_owned() + ".";
        }
        let Some(("", row)) = line.split_once("| ").filter(|(_, row)| row.starts_with('`')) else { continue };
        // What a row of three cells begins with is a setting; "…" stands for those of a section.
        if row.matches(" | ").count() == 2 {
            let names = in_backticks(row.split(" | ").next().unwrap());
            found.extend(
                names.iter().filter(|name| !name.contains('…')).map(|name| format!("{section}{name}")),
            );
        }
    }
    found
}

#[test]
fn the_documents_have_every_setting_and_no_other() {
    let settings = settings(&[]);
    assert!(settings.len() > 60 && settings.contains("socketio.transports"), "{settings:?}");
    let documented = documented(&std::fs::read_to_string(root().join("docs/configuration.md")).unwrap());
    let only = |one: &BTreeSet<String>, other| one.difference(other).cloned().collect::<Vec<_>>();
    assert_eq!(only(&settings, &documented), [""; 0], "docs/configuration.md lacks them");
    assert_eq!(
        only(&documented, &settings),
        [""; 0],
        "docs/configuration.md has them, and there are none such"
    );
}
