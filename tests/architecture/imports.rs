//! Which file knows of which: what its imports and paths name, resolved to files.

use crate::parser;
use crate::sources::{Crate, Source};
use std::collections::{BTreeMap, BTreeSet};

/// For each file the files that it names anything of.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

/// The graph of a crate.
pub fn graph(all: &Crate) -> Graph {
    let files: BTreeMap<_, _> =
        all.sources.iter().map(|source| (source.module.clone(), source.path.clone())).collect();
    let known = |source: &Source| {
        let paths = parser::paths(&source.code);
        let named = paths.iter().filter_map(|path| resolve(path, source, &all.name, &files));
        (source.path.clone(), named.filter(|file| *file != source.path).collect())
    };
    all.sources.iter().map(known).collect()
}

/// The crates that a file imports from, by their names.
pub fn crates(source: &Source) -> BTreeSet<String> {
    parser::paths(&source.code).into_iter().filter_map(|path| path.into_iter().next()).collect()
}

/// The file that holds what a path names; `None` where that is not of this crate.
fn resolve(
    path: &[String],
    source: &Source,
    name: &str,
    files: &BTreeMap<Vec<String>, String>,
) -> Option<String> {
    let mut module = source.module.clone();
    let mut path = path.iter().map(String::as_str).filter(|name| *name != "self").peekable();
    match *path.peek()? {
        // `main.rs` is a crate of its own and names the library.
        root if root == "crate" || root == name => {
            path.next();
            module.clear();
        }
        "super" => {
            while path.next_if_eq(&"super").is_some() {
                module.pop();
            }
        }
        // What a file names without a root is a module of its own.
        child => {
            files.get(&[&module[..], &[child.to_owned()]].concat())?;
        }
    }
    for name in path {
        module.push(name.to_owned());
        if !files.contains_key(&module) {
            module.pop();
            break;
        }
    }
    files.get(&module).cloned()
}
