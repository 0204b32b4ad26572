//! The groups of handlers in `http` do not know of each other.

use crate::exceptions::GROUPS;
use crate::{imports, sources};
use std::collections::BTreeSet;

/// The group that all others may know of.
const SHARED: &str = "extract";

/// The group of a file of `http`, itself a folder or a file: `None` for `http/mod.rs` and all else.
fn group(path: &str) -> Option<&str> {
    let inner = path.strip_prefix("src/http/")?;
    inner.split('/').next().map(|name| name.trim_end_matches(".rs")).filter(|name| *name != "mod")
}

#[test]
fn no_group_of_handlers_knows_of_another() {
    let (mut wrong, mut met) = (Vec::new(), BTreeSet::new());
    for (file, known) in imports::graph(&sources::server()) {
        let Some(own) = group(&file) else { continue };
        for other in known {
            let may =
                group(&other).map_or(other != "src/http/mod.rs", |theirs| [own, SHARED].contains(&theirs));
            match GROUPS.iter().find(|(from, to)| *from == file && *to == other) {
                Some(exception) => drop(met.insert(exception)),
                None if !may => wrong.push(format!("{file} must not know of {other}")),
                None => {}
            }
        }
    }
    assert!(wrong.is_empty(), "groups of handlers know of each other:\n    {}", wrong.join("\n    "));
    let unused: Vec<_> = GROUPS.iter().filter(|exception| !met.contains(exception)).collect();
    assert!(unused.is_empty(), "take off the exceptions: {unused:?}");
}
