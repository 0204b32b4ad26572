//! The files of the pages as they are given out: the folder `static`, embedded in the program. All of them have one
//! version, in the address of what pages load, so that browsers may keep it for good. `pages` answers with them.
//!
//! A debug build looks at the folder anew every second, so that a change shows without a build.

use actix_web::http::header::EntityTag;
use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::{EmbeddedFile, RustEmbed};
use serde_json::json;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

#[derive(RustEmbed)]
#[folder = "static/"]
// Only what pages load: not the tools, the tests and the description of the package there.
#[include = "*.css"]
#[include = "*.html"]
#[include = "*.js"]
#[include = "*.png"]
#[include = "*.svg"]
#[include = "*.webmanifest"]
#[exclude = "*node_modules/*"]
#[exclude = "vendor/*"]
struct Files;

/// The address of each page, and its file. Addresses are published: they stay as they are.
pub(super) const PAGES: [(&str, &str); 4] = [
    ("/", "index.html"),
    ("/resident", "resident.html"),
    ("/practice", "practice.html"),
    ("/office", "office.html"),
];

/// The service worker's file, which names all that it keeps and their version, so that browsers find another worker
/// whenever any of them has changed.
pub(super) const WORKER: &str = "worker.js";

/// What the service worker keeps for when there is no net, by the beginning of a file's name; pages come by their
/// addresses. What pages load has the version in its address, what the browser itself asks for has not.
const LOADED: [&str; 3] = ["app/", "client/", "icon.svg"];
const ASKED_FOR: [&str; 2] = ["icon", "manifest/"];

/// How long a debug build takes the folder for unchanged.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// A file as it is given out.
pub(super) struct Asset {
    pub(super) kind: String,
    pub(super) tag: EntityTag,
    pub(super) bytes: Bytes,
    /// The same compressed by gzip, where that is less.
    pub(super) packed: Option<Bytes>,
}

/// All files, as they are now.
pub(super) struct Site {
    /// What changes with any of them, and with the headers that are kept with them.
    pub(super) version: String,
    assets: HashMap<String, Asset>,
}

impl Site {
    /// The files as they are now. `headers` are what is kept with them.
    pub(super) fn current(headers: impl Hash) -> Arc<Self> {
        static SITE: Mutex<Option<(Instant, Arc<Site>)>> = Mutex::new(None);
        let mut kept = SITE.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.take();
        let (looked, site) = match known {
            Some((looked, site)) if !cfg!(debug_assertions) || looked.elapsed() < LOOK_AGAIN => {
                (looked, site)
            }
            known => {
                let version = version(headers);
                let same = known.map(|(_, site)| site).filter(|site| site.version == version);
                (Instant::now(), same.unwrap_or_else(|| Arc::new(Self::read(version))))
            }
        };
        *kept = Some((looked, Arc::clone(&site)));
        site
    }

    fn read(version: String) -> Self {
        let asset = |name: Cow<'static, str>| {
            let file = Files::get(&name)?;
            let asset = match name.ends_with(".html") || name == WORKER {
                true => Asset::written(&version, &name, &file),
                false => Asset::as_it_is(file),
            };
            Some((name.into_owned(), asset))
        };
        let styles = PAGES.map(|(_, page)| (joined(page), Asset::style(&version, page)));
        let assets = Files::iter().filter_map(asset).chain(styles).collect();
        Self { version, assets }
    }

    /// The file of that name below `static`.
    pub(super) fn asset(&self, name: &str) -> Option<&Asset> {
        self.assets.get(name)
    }
}

impl Asset {
    fn as_it_is(file: EmbeddedFile) -> Self {
        let hash = file.metadata.sha256_hash();
        let tag = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        let bytes = match file.data {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        Self::new(file.metadata.mimetype(), tag, bytes)
    }

    /// A page or the worker, which name files with their version.
    fn written(version: &str, name: &str, file: &EmbeddedFile) -> Self {
        let text = String::from_utf8_lossy(&file.data);
        let text = if name == WORKER { worker(version, &text) } else { page(version, name, &text) };
        Self::new(file.metadata.mimetype(), version.to_owned(), Bytes::from(text))
    }

    /// All styles of a page in one.
    fn style(version: &str, page: &str) -> Self {
        let text = Files::get(page).map(|page| String::from_utf8_lossy(&page.data).into_owned());
        let text = text.unwrap_or_default();
        let styles = styles(&text).filter_map(Files::get).map(|file| file.data.into_owned());
        Self::new("text/css", version.to_owned(), styles.collect::<Vec<_>>().concat().into())
    }

    fn new(kind: &str, tag: String, bytes: Bytes) -> Self {
        let kind = if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() };
        let packed = pack(&bytes).filter(|packed| packed.len() < bytes.len());
        Self { kind, tag: EntityTag::new_strong(tag), bytes, packed }
    }
}

fn pack(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    Some(encoder.finish().ok()?.into())
}

/// What changes with any of the files, with `headers`, and with the program that gives them out.
fn version(headers: impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    (headers, env!("CARGO_PKG_VERSION")).hash(&mut hasher);
    for name in Files::iter() {
        (&name, Files::get(&name).map(|file| file.metadata.sha256_hash())).hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// The folder in an address that bears the version.
fn folder(version: &str) -> String {
    format!("/static/v-{version}/")
}

/// A file's version, if its address bears one, and its name.
pub(super) fn split_version(path: &str) -> (Option<&str>, &str) {
    match path.strip_prefix("v-").and_then(|rest| rest.split_once('/')) {
        Some((version, name)) => (Some(version), name),
        None => (None, path),
    }
}

/// What the element of a style begins with.
const STYLE: &str = "<link rel=\"stylesheet\" href=\"/static/";

/// The names of the styles of a page.
fn styles(page: &str) -> impl Iterator<Item = &str> {
    page.split(STYLE).skip(1).filter_map(|rest| rest.split('"').next())
}

/// The name of the styles of a page in one.
fn joined(page: &str) -> String {
    page.replace(".html", ".css")
}

/// A page, with the version in the addresses of what it loads. It names one style, and all scripts: a browser need not
/// read one to learn of the next.
fn page(version: &str, name: &str, text: &str) -> String {
    let folder = folder(version);
    let script =
        text.split_once("type=\"module\" src=\"/static/").and_then(|(_, rest)| rest.split('"').next());
    let modules = script.map(with_imports).unwrap_or_default();
    let links =
        modules.iter().map(|name| format!("<link rel=\"modulepreload\" href=\"{folder}{name}\" />\n    "));
    let first = format!("    <link rel=\"stylesheet\" href=\"{folder}{}\" />", joined(name));
    let mut style = Some(first.as_str());
    let lines = text.lines().filter_map(|line| if line.contains(STYLE) { style.take() } else { Some(line) });
    let text = lines.collect::<Vec<_>>().join("\n") + "\n";
    let module = "<script type=\"module\"";
    let text = text.replace(module, &(links.collect::<String>() + module));
    let icon = format!("href=\"{folder}icon.svg");
    text.replace("\"/static/app/", &format!("\"{folder}app/")).replace("href=\"/static/icon.svg", &icon)
}

/// A module, and all that it and they import.
fn with_imports(first: &str) -> Vec<String> {
    let mut found = vec![first.to_owned()];
    let mut read = 0;
    while let Some(name) = found.get(read).cloned() {
        read += 1;
        let Some(file) = Files::get(&name) else { continue };
        for imported in imports(&name, &String::from_utf8_lossy(&file.data)) {
            if !found.contains(&imported) {
                found.push(imported);
            }
        }
    }
    found
}

/// The names of the modules that one imports at its beginning.
fn imports(name: &str, text: &str) -> Vec<String> {
    let quoted =
        text.split(" from \"").chain(text.split("\nimport \"")).filter_map(|rest| rest.split('"').next());
    let relative = quoted.filter(|path| path.starts_with('.') && path.ends_with(".js"));
    relative.map(|path| resolve(name, path)).collect()
}

/// The name of what stands at a path relative to a file.
fn resolve(name: &str, path: &str) -> String {
    let mut folders: Vec<&str> = name.split('/').collect();
    folders.pop();
    for step in path.split('/') {
        match step {
            "." => {}
            ".." => drop(folders.pop()),
            step => folders.push(step),
        }
    }
    folders.join("/")
}

fn worker(version: &str, text: &str) -> String {
    let begins = |name: &str, with: &[&str]| with.iter().any(|start| name.starts_with(start));
    let address = |name: Cow<'static, str>| match (begins(&name, &LOADED), begins(&name, &ASKED_FOR)) {
        (true, _) => Some(folder(version) + &name),
        (false, true) => Some(format!("/static/{name}")),
        (false, false) => None,
    };
    let pages = PAGES.map(|(address, _)| address.to_owned());
    let styles = PAGES.map(|(_, page)| folder(version) + &joined(page));
    let files: Vec<String> =
        pages.into_iter().chain(styles).chain(Files::iter().filter_map(address)).collect();
    format!("const VERSION = {};\nconst FILES = {};\n{text}", json!(version), json!(files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_loads_is_named_in_it() {
        let source = r#"<link rel="stylesheet" href="/static/style.css" />
<link rel="stylesheet" href="/static/style/chat.css" />
<script type="module" src="/static/app/resident.js">"#;
        assert_eq!(styles(source).collect::<Vec<_>>(), ["style.css", "style/chat.css"]);
        let text = page("7", "resident.html", source);
        assert!(
            text.starts_with(
                "    <link rel=\"stylesheet\" href=\"/static/v-7/resident.css\" />\n<link rel=\"mod"
            ),
            "{text}"
        );
        for name in ["app/resident.js", "app/parts/dom.js", "client/jiayi.js"] {
            assert!(
                text.contains(&format!(r#"<link rel="modulepreload" href="/static/v-7/{name}" />"#)),
                "{text}"
            );
        }
        assert!(!text.contains("views/settings.js"), "what is loaded later is not named");
        assert!(text.ends_with("<script type=\"module\" src=\"/static/v-7/app/resident.js\">\n"), "{text}");
    }
}
