//! Queries: a file for each aggregate, over both databases.
//!
//! A function finds, lists, inserts, sets or deletes; it decides nothing and pushes nothing. How
//! things are kept is in `db`, the rules are in `service`.

pub mod account;
pub mod alert;
pub mod alonechat;
pub mod attempt;
pub mod audience;
pub mod auto_answer;
pub mod call;
pub mod chore;
pub mod clock;
pub mod community;
pub mod connection;
pub mod contact;
pub mod contract;
pub mod device;
pub mod device_alias;
pub mod dialog;
pub mod discussion;
pub mod duty_roster;
pub mod file;
pub mod friend;
pub mod inbox;
pub mod listed_account;
pub mod listed_team;
pub mod login_history;
pub mod mailbox;
pub mod member;
pub mod name_query;
pub mod node;
pub mod notice;
pub mod notice_inbox;
pub mod office_hours;
pub mod outbox;
pub mod person;
pub mod push_chain;
pub mod push_log;
pub mod question;
pub mod quick_reply;
pub mod receipts;
pub mod report;
pub mod reservation;
pub mod room;
pub mod scheduled_announcement;
pub mod search;
pub mod settled;
pub mod statistics;
pub mod sweep;
pub mod tally;
pub mod team;
pub mod teammate;
pub mod token;
pub mod topic;
pub mod topic_recipient;
pub mod web_push;
pub mod web_subscription;

use crate::db::connection::{Address, OpenError};
use crate::db::database::Database;
use crate::db::transaction::{Alerting, OnCommit, Policy};
use crate::metrics::Writes;
use crate::model::connection::ConnectionPolicy;

/// Opens the database with the way in which pushes are kept. With `alerting` pushes leave alerts for
/// phones; `connections` says who hears what they wrote themselves; `on_commit` is handed what each commit pushes, and what is written is counted in `writes`.
pub fn open(
    address: &Address,
    alerting: Option<Alerting>,
    connections: ConnectionPolicy,
    on_commit: OnCommit,
    writes: Writes,
) -> Result<Database, OpenError> {
    Database::open(address, Policy { keep: outbox::keep, alerting, connections }, on_commit, writes)
}
