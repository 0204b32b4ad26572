//! What systemd, or who else starts the server, gives it and is told by it: the socket that it listens on, that it is ready, that it
//! is alive. Where nobody is to be told, nobody is.

use crate::app::App;
use crate::cli::health;
use crate::config::Config;
use listenfd::ListenFd;
use sd_notify::NotifyState;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

/// How often it is said how many are connected.
const STATUS: Duration = Duration::from_secs(10);

/// The socket that was handed over, which outlives this process, so that a restart refuses nobody; or one of our own.
pub fn listener(config: &Config) -> io::Result<TcpListener> {
    match ListenFd::from_env().take_tcp_listener(0)? {
        Some(listener) => {
            listener.set_nonblocking(true)?;
            Ok(listener)
        }
        None => TcpListener::bind(config.listen),
    }
}

/// The server serves.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The settings are read anew; `ready` is told afterwards.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => log::warn!("the time of a reload is not told: {error}"),
    }
}

/// The server ends.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// What the server does at the moment, in words.
pub fn status(text: &str) {
    tell(&[NotifyState::Status(text)]);
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        log::warn!("who started the server is not told of it: {error}");
    }
}

/// Tells, while it serves, how many are connected.
pub async fn tell_connections(app: App) {
    let mut ticks = interval(STATUS);
    loop {
        ticks.tick().await;
        let connections = app.count_connections().await.unwrap_or_default();
        status(&format!("{connections} connected"));
    }
}

/// Tells that the server is alive, as long as it answers who asks it: a thread that only says so would say so for ever.
pub async fn keep_watchdog(address: SocketAddr) {
    let Some(patience) = sd_notify::watchdog_enabled() else { return };
    let mut ticks = interval(patience / 3);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Ok(Ok(_)) = spawn_blocking(move || health::ask(address)).await {
            tell(&[NotifyState::Watchdog]);
        }
    }
}
