//! jiayi: an actor-based realtime messaging server for a family-doctor service.
//!
//! In reading order: `model` (ids, enums, texts), `protocol` (what travels), `db` and `store` (what is
//! kept, and the queries), `service` (what may happen), `realtime` (who is connected), `app` (what the
//! rest works with), `workers` and `mobile` (what runs by itself), `transport` and `http` (what comes
//! in), `server` (all of it together). ARCHITECTURE.md has the map and the invariants.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod app;
pub mod auth;
pub mod cli;
pub mod cluster;
pub mod config;
pub mod db;
pub mod error;
pub mod http;
pub mod limits;
pub mod logs;
pub mod metrics;
pub mod mobile;
pub mod model;
pub mod protocol;
pub mod realtime;
pub mod server;
pub mod service;
pub mod store;
pub mod transport;
pub mod workers;
