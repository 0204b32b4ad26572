//! The tests of the interface: the real server on a free port, real WebSocket clients, both databases.
//!
//! `app` starts a server with a store of its own, `people` are its clients; each other file holds
//! the tests of one subject. A test on PostgreSQL is left out by plain `cargo test`, which says so.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod account;
mod admin;
mod alerts;
mod alone;
mod app;
mod browsers;
mod budget;
mod call;
mod chat;
mod chores;
mod cluster;
mod connection;
mod contract;
mod crowd;
mod described;
mod desk;
mod discussion;
mod doctors;
mod duty;
mod duty_view;
mod everywhere;
mod file;
mod frames;
mod hangup;
mod history;
mod inbox;
mod ladder;
mod late;
mod log;
mod metrics;
mod nats;
mod nodes;
mod notice;
mod office;
mod old_pushes;
mod order;
mod pages;
mod people;
mod plans;
mod presence;
mod raw;
mod ready;
mod refusals;
mod replay;
mod reservation;
mod returning;
mod rooms;
mod searching;
mod shares;
mod slots;
mod slow;
mod socketio;
mod stats;
mod strangers;
mod together;
mod upgrade;
mod uploads;
mod walk;
mod wire;
mod withdrawing;
mod written;
