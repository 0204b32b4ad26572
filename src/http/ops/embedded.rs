//! The folder `static` as it is embedded in the program: what pages load, and which files are pages.

use rust_embed::RustEmbed;

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
pub(super) struct Files;

/// The address of each page, and its file. Addresses are published: they stay as they are.
pub(super) const PAGES: [(&str, &str); 4] = [
    ("/", "index.html"),
    ("/resident", "resident.html"),
    ("/practice", "practice.html"),
    ("/office", "office.html"),
];
