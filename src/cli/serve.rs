//! `jiayi serve`: runs the server until it is told to end.

use crate::cli::Failure;
use crate::cli::demo;
use crate::config::Config;
use crate::error::Error;
use crate::logs;
use crate::server::{self, Running, Stop};
use std::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// What is put into an empty database at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// Nothing but the tables.
    Nothing,
    /// The demonstration's people, with passwords that everybody knows.
    Demonstration,
}

/// Serves until SIGTERM or SIGINT.
pub fn run(config: Config, contents: Contents) -> Result<(), Failure> {
    logs::init(&config.log, config.log_format)?;
    if contents == Contents::Demonstration && !config.listen.ip().is_loopback() {
        return Err(
            "--demo has passwords that everybody knows: it listens on loopback only (127.0.0.1)".into()
        );
    }
    actix_web::rt::System::new().block_on(serve(config, contents))
}

async fn serve(config: Config, contents: Contents) -> Result<(), Failure> {
    let listener = TcpListener::bind(config.listen).map_err(|error| {
        format!("cannot listen on {}: {error}; choose another with --listen", config.listen)
    })?;
    let Running { address, app, server, stop, .. } = server::start(config, listener).map_err(explain)?;
    if contents == Contents::Demonstration {
        demo::fill(&app).await.map_err(explain)?;
        println!("{}", demo::story(address));
    }
    actix_web::rt::spawn(stop_on_signal(stop)?);
    log::info!("listening on http://{address}");
    server.await?;
    log::info!("ended");
    Ok(())
}

/// The start may say what went wrong inside: who reads it runs the server.
fn explain(error: Error) -> String {
    error.explain()
}

fn stop_on_signal(stop: Stop) -> std::io::Result<impl Future<Output = ()>> {
    let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! { _ = term.recv() => {}, _ = interrupt.recv() => {} }
        log::info!("ending: closing connections");
        stop.stop().await;
    })
}
