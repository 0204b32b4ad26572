//! The rules of who may know of whom, held against the sources.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;

/// Every source file with its path below `src`.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 20, "the sources are not where they were");
    found
}

/// The modules of the crate that a file names, comments apart: what follows each `crate::`.
fn known(text: &str) -> Vec<String> {
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut names = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let word = |text: &str| -> String {
            text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        };
        match rest.strip_prefix('{') {
            Some(group) => {
                let mut depth = 0;
                let top: String = group
                    .chars()
                    .take_while(|c| {
                        depth += i32::from(*c == '{') - i32::from(*c == '}');
                        depth >= 0
                    })
                    .collect();
                names.extend(top.split(',').map(word).filter(|name| !name.is_empty()));
            }
            None => names.push(word(rest)),
        }
    }
    names
}

#[test]
fn each_layer_knows_only_those_below_it() {
    let layers: [(&str, &[&str]); 10] = [
        ("model", &["model"]),
        ("limits", &["limits", "model", "error"]),
        ("protocol", &["protocol", "model", "error"]),
        ("metrics", &["metrics", "protocol", "model", "error"]),
        ("db", &["db", "metrics", "protocol", "model", "error"]),
        ("store", &["store", "db", "metrics", "protocol", "model", "error"]),
        ("realtime", &["realtime", "limits", "protocol", "model", "error"]),
        // The application holds the vendor's client; only the workers beside it know the application.
        ("mobile/provider", &[]),
        ("mobile/jpush", &[]),
        ("mobile/vendor_client", &["metrics"]),
    ];
    for (file, text) in sources() {
        let in_layer = |layer: &str| file.starts_with(&format!("{layer}/")) || file == format!("{layer}.rs");
        let Some((_, allowed)) = layers.iter().find(|(layer, _)| in_layer(layer)) else { continue };
        for name in known(&text) {
            assert!(allowed.contains(&name.as_str()), "src/{file} must not know of crate::{name}");
        }
    }
}

#[test]
fn the_settings_alone_read_the_environment() {
    for (file, text) in sources() {
        // As whole words: `ApnsEnvironment::` is none of them.
        let calls = |call: &str| {
            text.match_indices(call).any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric()))
        };
        let reads = ["env::var", "env::vars", "Environment::"].into_iter().any(calls);
        assert!(!reads || file.starts_with("config/"), "src/{file} must not read the environment");
    }
}

#[test]
fn only_the_application_writes() {
    for (file, text) in sources() {
        let writes = ["store.write(", "database.write("].iter().any(|call| text.contains(call));
        let writes = writes && !file.starts_with("db/");
        let may = ["app/mod.rs", "cli/admin.rs"].contains(&file.as_str());
        assert!(!writes || may, "src/{file} must write through App::write");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (file, text) in sources() {
        assert!(text.starts_with("//!"), "src/{file} must open with //!");
    }
}
