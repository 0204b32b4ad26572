//! For those who run the server, and the pages: `health`, `metrics`, `observe`, `browser` and `hang_up` (what
//! happens around every request), `pages` and their `site`, and `viewer`, which shows the descriptions.

pub mod browser;
pub mod hang_up;
pub mod health;
pub mod metrics;
pub mod observe;
pub mod pages;
mod site;
pub mod viewer;
