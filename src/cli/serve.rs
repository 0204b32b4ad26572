//! `jiayi serve`: runs the server until it is told to end.

use crate::app::App;
use crate::cli::{Failure, demo, systemd, waiting};
use crate::config::Config;
use crate::config::error::ConfigError;
use crate::config::journal;
use crate::db::lock;
use crate::error::Error;
use crate::logs;
use crate::server::{self, Ended, Running, Stop};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What is put into an empty database at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// Nothing but the tables.
    Nothing,
    /// The demonstration's people, with passwords that everybody knows.
    Demonstration,
}

/// How long who was accepted last has for asking, when the server ends.
const ACCEPTED: Duration = Duration::from_millis(300);

/// The settings, read anew.
pub type Reread = Box<dyn Fn() -> Result<Config, ConfigError>>;

/// Serves until SIGTERM or SIGINT; on SIGHUP the settings are read anew. `source` says where they are read.
pub fn run(config: Config, source: &str, reread: Reread, contents: Contents) -> Result<(), Failure> {
    logs::init(&config.log, config.log_format, journal::is_read())?;
    log::info!("settings {source}");
    if contents == Contents::Demonstration && !config.listen.ip().is_loopback() {
        return Err(
            "--demo has passwords that everybody knows: it listens on loopback only (127.0.0.1)".into()
        );
    }
    let system = actix_web::rt::System::new();
    match system.block_on(serve(config, reread, contents))? {
        Ended::Closed => log::info!("ended"),
        Ended::DatabaseSilent => {
            log::warn!("ended without waiting any longer for the database");
            // Threads that wait for it would hold up the end of the process.
            std::process::exit(0);
        }
    }
    Ok(())
}

async fn serve(config: Config, reread: Reread, contents: Contents) -> Result<Ended, Failure> {
    let listener = systemd::listener(&config)?;
    let (mut signals, database) = (Signals::new()?, config.database()?);
    lock::serve_alone(&database)?;
    let mut reloads = signal(SignalKind::hangup())?;
    actix_web::rt::spawn(systemd::keep_watchdog(listener.local_addr()?));
    systemd::status("waits for its database");
    tokio::select! {
        outcome = waiting::for_database(&database, &listener) => outcome?,
        () = signals.next() => return Ok(Ended::DatabaseSilent),
    }
    let Running { address, app, server, stop, .. } = server::start(config, listener).map_err(explain)?;
    if contents == Contents::Demonstration {
        match demo::fill(&app).await.map_err(explain)? {
            true => println!("{}", demo::story(address)),
            false => println!("{}", demo::NOT_EMPTY),
        }
    }
    let stopping = actix_web::rt::spawn(stop_on_signal(signals, stop));
    actix_web::rt::spawn(systemd::tell_connections(app.clone()));
    actix_web::rt::spawn(async move {
        while reloads.recv().await.is_some() {
            reload(&reread, &app);
        }
    });
    log::info!("listening on http://{address}");
    systemd::ready();
    server.await?;
    Ok(stopping.await?)
}

/// Takes over what can change while the server runs; settings that are wrong change nothing.
fn reload(reread: &Reread, app: &App) {
    systemd::reloading();
    match reread() {
        Ok(config) => {
            logs::set_filter(&config.log, config.log_format);
            app.set_limits(&config);
            log::info!("reloaded: what is logged, and limits; all other settings hold from the next start");
        }
        Err(error) => log::error!("the settings stay as they are: {error}"),
    }
    systemd::ready();
}

/// The start may say what went wrong inside: who reads it runs the server.
fn explain(error: Error) -> String {
    error.explain()
}

async fn stop_on_signal(mut signals: Signals, stop: Stop) -> Ended {
    signals.next().await;
    log::info!("ending: closing connections");
    systemd::stopping();
    stop.pause().await;
    tokio::time::sleep(ACCEPTED).await;
    stop.stop().await
}

/// The signals that end the server.
struct Signals(Signal, Signal);

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self(signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?))
    }

    async fn next(&mut self) {
        tokio::select! { _ = self.0.recv() => {}, _ = self.1.recv() => {} }
    }
}
