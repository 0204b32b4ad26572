//! Mobile notices of the program as it is run: killed in the middle of sending, with a great crowd, with
//! its vendor taken away, talkative, and told wrong things. The vendor is the strict stand-in of
//! `crates/jpush`. A test on PostgreSQL is left out by plain `cargo test`, which says so.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod absent;
mod crowd;
mod people;
mod private;
mod program;
#[path = "../../crates/jpush/tests/vendor/mod.rs"]
mod vendor;

use program::{Program, Server};
use std::time::{Duration, Instant};
use vendor::Vendor;

/// Writes a test once and runs it on both databases.
macro_rules! on_both_databases {
    ($($(#[$about:meta])* async fn $name:ident($program:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn check($program: Program) $body

            #[tokio::test]
            async fn on_sqlite() {
                check(Program::on_sqlite()).await;
            }

            #[tokio::test]
            #[ignore = "needs PostgreSQL: run ./scripts/test"]
            async fn on_postgres() {
                check(Program::on_postgres()).await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;

/// Waits until it is so; nothing takes so long that works.
pub async fn wait(what: &str, so: impl Fn() -> bool) {
    let asked = Instant::now();
    while !so() {
        assert!(asked.elapsed() < Duration::from_secs(240), "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn an_unknown_vendor_stops_the_start_and_wrong_keys_are_found() {
    let (program, vendor) = (Program::on_sqlite(), Vendor::start());
    let (well, said) = program.serving(&vendor).set("JIAYI_PUSH__PROVIDER", "jpsuh").run(&["check"]);
    assert!(!well && said.contains("JIAYI_PUSH__PROVIDER"), "{said}");
    let (well, said) = program.serving(&vendor).set("JIAYI_PUSH__PROVIDER", "jpsuh").run(&["serve"]);
    assert!(!well && said.contains("JIAYI_PUSH__PROVIDER"), "{said}");
    let (well, said) = program.serving(&vendor).run(&["check"]);
    assert!(well && said.contains("ok    push: jpush"), "{said}");
    let wrong = "0".repeat(24);
    let (well, said) = program.serving(&vendor).set("JIAYI_PUSH__MASTER_SECRET", &wrong).run(&["check"]);
    assert!(!well && said.contains("FAIL  push") && !said.contains(&wrong), "{said}");
}

#[tokio::test]
async fn wrong_keys_are_loud_in_the_log() {
    let (program, vendor) = (Program::on_sqlite(), Vendor::start());
    let wrong = "0".repeat(24);
    let server = Server::start(program.serving(&vendor).set("JIAYI_PUSH__MASTER_SECRET", &wrong));
    let loud = |line: &String| line.contains("ERROR") && line.contains("NO NOTICE IS SENT");
    wait("it says so", || server.said().iter().any(loud)).await;
    assert!(!server.said().iter().any(|line| line.contains(&wrong)));
}

#[test]
fn a_notice_can_be_sent_by_hand() {
    let (program, vendor) = (Program::on_sqlite(), Vendor::start());
    assert!(program.run(&["migrate"]).0);
    let (well, said) = program.run(&["push", "test", "--uid", "someone"]);
    assert!(!well && said.contains("push.provider"), "{said}");
    let (well, said) = program.serving(&vendor).run(&["push", "test", "--uid", "some-one"]);
    assert!(well && said.contains(&format!("msg_id {}", vendor::FIRST_ID)), "{said}");
    assert_eq!(vendor.notified("some.one"), 1);
    vendor.forget("gone");
    let (well, said) = program.serving(&vendor).run(&["push", "test", "--uid", "gone"]);
    assert!(!well && said.contains("none of the targets exists"), "{said}");
}
