//! The files of the pages as they are given out: the folder `static`, embedded in the program. All of them have one
//! version, in the address of what pages load, so that browsers may keep it for good. `pages` answers with them.
//!
//! A debug build looks at the folder anew every second, so that a change shows without a build.

use crate::http::ops::embedded::{Files, PAGES};
use crate::http::ops::page_text::{joined, page, styles};
use actix_web::http::header::EntityTag;
use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::EmbeddedFile;
use serde_json::json;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

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
        let text = if name == WORKER { worker(version, &text) } else { page(&folder(version), name, &text) };
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
