//! The back office: accounts, also by the hundred (`import`), communities and teams, who is connected, numbers for a
//! dashboard, and reports over a period.

pub mod accounts;
pub mod communities;
mod deployment;
pub mod import;
pub mod import_check;
pub mod mobile;
pub mod new_accounts;
mod people_file;
pub mod reports;
pub mod search;
pub mod sessions;
mod sheet;
pub mod stats;
pub mod teams;
