//! For those who run the server, and the pages: `health`, `metrics`, `meter` (which measures every
//! request), `pages`, and `viewer`, which shows the descriptions.

pub mod health;
pub mod meter;
pub mod metrics;
pub mod pages;
pub mod viewer;
