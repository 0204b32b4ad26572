//! The checker: clients of every kind hold connections through a balancer while others write, and whatever is killed, frozen
//! or restarted meanwhile, nobody may lose a push, hear one twice, out of order, or one that is another's.
//!
//! `scripts/test-cluster` runs it against three nodes, and sees to the faults. `setup` makes the people, `writer` writes,
//! `client` hears over `line`, `ledger` keeps what was sent, `verdict` compares.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api;
mod client;
mod devices;
mod ledger;
mod line;
mod setup;
mod verdict;
mod writer;

use clap::Parser;
use ledger::Ledger;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

#[derive(Parser)]
struct Settings {
    /// Where the balancer listens: `http://127.0.0.1:8080`.
    front: String,
    /// For how many seconds is written.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// For how many of them, from the beginning, nothing is amiss.
    #[arg(long, default_value_t = 10)]
    quiet: u64,
    /// How many people are connected.
    #[arg(long, default_value_t = 200)]
    clients: usize,
    /// How many write at once.
    #[arg(long, default_value_t = 16)]
    writers: usize,
    /// How long a writer pauses, in milliseconds.
    #[arg(long, default_value_t = 400)]
    pause: u64,
    /// It is a fault where somebody stays connected from two devices.
    #[arg(long)]
    one: bool,
    /// While this file exists something is amiss that nobody is to mend, a node that is frozen.
    #[arg(long)]
    amiss: Option<std::path::PathBuf>,
    /// How long reminders are waited for at the end, in seconds.
    #[arg(long, default_value_t = 0)]
    settle: u64,
    /// A file that is made when writing begins.
    #[arg(long)]
    begun: Option<std::path::PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let settings = Settings::parse();
    let crowd = Arc::new(setup::gather(&settings.front, settings.clients).await.unwrap());
    let ledger = Arc::new(Ledger::default());
    let (stop, stopped) = watch::channel(false);
    let clients: Vec<_> = (0..crowd.people.len())
        .map(|who| {
            tokio::spawn(client::run(
                settings.front.clone(),
                crowd.clone(),
                ledger.clone(),
                who,
                stopped.clone(),
            ))
        })
        .collect();
    client::all_connected(&crowd).await;
    println!("{} people are connected, {} write", crowd.people.len(), settings.writers);
    if let Some(file) = &settings.begun {
        std::fs::write(file, "").unwrap();
    }
    let begun = Instant::now();
    ledger.begin(begun + Duration::from_secs(settings.quiet));
    let until = begun + Duration::from_secs(settings.seconds);
    let devices = devices::try_out(
        settings.front.clone(),
        crowd.clone(),
        ledger.clone(),
        settings.amiss.clone(),
        until,
    );
    let devices = tokio::spawn(devices);
    let pause = Duration::from_millis(settings.pause);
    let writers: Vec<_> = (0..settings.writers)
        .map(|number| tokio::spawn(writer::run(crowd.clone(), ledger.clone(), number, pause, until)))
        .collect();
    writer::announce(crowd.clone(), ledger.clone(), until).await;
    for writer in writers {
        writer.await.unwrap();
    }
    devices.await.unwrap();
    tokio::time::sleep(Duration::from_secs(settings.settle)).await;
    let kept = verdict::converge(&crowd).await;
    stop.send_replace(true);
    for client in clients {
        client.await.unwrap();
    }
    verdict::judge(&settings, &crowd, &ledger, &kept)
}
