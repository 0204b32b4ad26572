//! The source files of the server and of the crates beside it, without their tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A source file.
pub struct Source {
    /// Its path below the repository, such as `src/http/mod.rs`.
    pub path: String,
    /// The module that it is, such as `["http"]`.
    pub module: Vec<String>,
    /// All of it.
    pub text: String,
    /// Its code: no comments, no contents of strings, no tests.
    pub code: String,
}

/// The sources of one crate.
pub struct Crate {
    /// The name by which others import it.
    pub name: String,
    pub sources: Vec<Source>,
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The server.
pub fn server() -> Crate {
    let server = read_crate("src", "jiayi");
    assert!(server.sources.len() > 20, "the sources are not where they were");
    server
}

/// The crates beside the server, by their folder in `crates`.
pub fn crates() -> BTreeMap<String, Crate> {
    let Ok(folders) = fs::read_dir(root().join("crates")) else { return BTreeMap::new() };
    let folder = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let read = |folder: String| {
        let manifest = fs::read_to_string(root().join(format!("crates/{folder}/Cargo.toml"))).unwrap();
        let name = manifest.split("name = \"").nth(1).unwrap().split('"').next().unwrap().replace('-', "_");
        (folder.clone(), read_crate(&format!("crates/{folder}/src"), &name))
    };
    folders.map(folder).map(read).collect()
}

fn read_crate(folder: &str, name: &str) -> Crate {
    let mut files = Vec::new();
    walk(&root().join(folder), &mut files);
    files.sort();
    let mut sources: Vec<_> = files.iter().map(|file| read_source(file, folder)).collect();
    let tests: Vec<_> = sources.iter().flat_map(test_modules).collect();
    sources.retain(|source| !tests.iter().any(|test| source.module.starts_with(test)));
    Crate { name: name.to_owned(), sources }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn read_source(file: &Path, folder: &str) -> Source {
    let text = fs::read_to_string(file).unwrap();
    let path = file.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    let inner = path.strip_prefix(folder).unwrap().trim_start_matches('/').trim_end_matches(".rs");
    let mut module: Vec<_> = inner.split('/').map(str::to_owned).collect();
    module.pop_if(|last| ["mod", "lib"].contains(&last.as_str()));
    let code = crate::parser::code(&text);
    Source { path, module, text, code }
}

/// The modules of a file that are compiled for tests alone.
fn test_modules(source: &Source) -> Vec<Vec<String>> {
    let lines: Vec<_> = source.text.lines().collect();
    let below_attribute = lines.windows(2).filter(|pair| pair[0].trim() == "#[cfg(test)]");
    let name = |pair: &[&str]| pair[1].trim().strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned);
    let module = |name: String| source.module.iter().cloned().chain([name]).collect();
    below_attribute.filter_map(name).map(module).collect()
}
