//! What systemd, or who else starts the server, gives it and is told by it: the socket that it listens on, that it is ready, that it
//! is alive. Where nobody is to be told, nobody is.

use crate::app::App;
use crate::cli::{Failure, health};
use crate::config::Config;
use listenfd::ListenFd;
use sd_notify::NotifyState;
use std::net::{SocketAddr, TcpListener};
use std::sync::Once;
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

/// How often it is said how many are connected.
const STATUS: Duration = Duration::from_secs(10);

/// The socket that was handed over, which outlives this process, so that a restart refuses nobody; or one of our own.
pub fn listener(config: &Config) -> Result<TcpListener, Failure> {
    let mut given = ListenFd::from_env();
    if given.len() > 1 {
        return Err(format!(
            "{} sockets were handed over, and one can be served: leave one ListenStream to the socket's unit, and let the \
             proxy listen at the other addresses",
            given.len()
        )
        .into());
    }
    let Some(listener) = given.take_tcp_listener(0)? else { return bind(config.listen) };
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    if address != config.listen {
        log::warn!(
            "listens on {address}, the socket that was handed over, and not on {}: set listen to the same, for jiayi health \
             and jiayi check",
            config.listen
        );
    }
    Ok(listener)
}

fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .map_err(|error| format!("cannot listen on {address}: {error}; choose another with --listen").into())
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

/// What fails once fails each time, as who is to be told is gone: it is said once.
fn tell(state: &[NotifyState<'_>]) {
    static MISSED: Once = Once::new();
    if let Err(error) = sd_notify::notify(state) {
        MISSED.call_once(|| {
            log::warn!("who started the server is not told how it fares: NOTIFY_SOCKET: {error}")
        });
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
