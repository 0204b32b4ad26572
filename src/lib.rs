//! jiayi: an actor-based realtime messaging server for a family-doctor service.
//!
//! In reading order: `model` (the words), `protocol` (what travels), `store` (what is kept),
//! `realtime` (who is connected), `app` (what handlers work with), `transport` and `http` (what
//! comes in), `server` (all of it together). ARCHITECTURE.md has the map and the invariants.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod alerts;
mod announcer;
pub mod app;
pub mod auth;
mod calls;
pub mod commands;
pub mod config;
pub mod demo;
pub mod error;
mod files;
pub mod http;
mod janitor;
mod ladder;
pub mod metrics;
pub mod model;
pub mod offline;
mod presence;
pub mod protocol;
pub mod realtime;
mod reminders;
pub mod server;
pub mod store;
pub mod transport;
