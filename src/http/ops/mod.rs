//! For those who run the server, and the pages: `health`, `metrics`, `observe`, `browser` and `hang_up` (what
//! happens around every request), `seen` (from where a request seems to come), `pages` (`embedded`, `page_text` and `site` are what they give out), and
//! `viewer`, which shows the descriptions.

pub mod browser;
mod embedded;
pub mod hang_up;
pub mod health;
pub mod metrics;
pub mod observe;
mod page_text;
pub mod pages;
pub mod seen;
mod site;
pub mod viewer;
