//! The back office: accounts, communities and teams, who is connected, and numbers for a dashboard.

pub mod accounts;
pub mod communities;
pub mod mobile;
pub mod new_accounts;
pub mod search;
pub mod sessions;
pub mod stats;
pub mod teams;
