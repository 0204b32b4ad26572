//! Rules that are not about who knows of whom.

use crate::sources::{Source, crates, server};

fn all() -> Vec<Source> {
    std::iter::once(server()).chain(crates().into_values()).flat_map(|part| part.sources).collect()
}

#[test]
fn the_settings_alone_read_the_environment() {
    for Source { path, text, .. } in server().sources {
        // As whole words: `ApnsEnvironment::` is none of them.
        let calls = |call: &str| {
            text.match_indices(call).any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric()))
        };
        let reads = ["env::var", "env::vars", "Environment::"].into_iter().any(calls);
        assert!(!reads || path.starts_with("src/config/"), "{path} must not read the environment");
    }
}

#[test]
fn only_the_application_writes() {
    for Source { path, text, .. } in server().sources {
        let writes = ["store.write(", "database.write("].iter().any(|call| text.contains(call));
        let writes = writes && !path.starts_with("src/db/");
        let may = ["src/app/mod.rs", "src/cli/admin.rs"].contains(&path.as_str());
        assert!(!writes || may, "{path} must write through App::write");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for Source { path, text, .. } in all() {
        assert!(text.starts_with("//!"), "{path} must open with //!");
    }
}
