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
        let may = ["src/app/mod.rs", "src/cli/admin.rs", "src/cli/search.rs"].contains(&path.as_str());
        assert!(!writes || may, "{path} must write through App::write");
    }
}

/// What somebody asks for is done under their token, looked at once more in the transaction; these look at
/// it in `service`, or are there to give or to make the first one.
#[test]
fn handlers_write_as_their_callers() {
    let own = [
        "src/http/chat/message.rs",
        "src/http/chat/discussion.rs",
        // What was left of an upload goes, whoever asked for it.
        "src/http/chat/file.rs",
        "src/http/account/session.rs",
        "src/http/account/register.rs",
    ];
    for Source { path, text, .. } in server().sources {
        let writes = path.starts_with("src/http/") && text.contains("app.write(");
        assert!(!writes || own.contains(&path.as_str()), "{path} must write through App::write_as");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for Source { path, text, .. } in all() {
        assert!(text.starts_with("//!"), "{path} must open with //!");
    }
}
