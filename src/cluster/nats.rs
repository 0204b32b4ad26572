//! NATS as the bus, without its streams: a subject a node, at most once.
//!
//! It connects by itself, and again whenever it is cut off; what is sent meanwhile is lost, and noticed.

use super::bus::{Bus, End};
use crate::model::Slot;
use async_nats::{Client, ConnectOptions, Event, ServerAddr, Subscriber};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// How often the server is asked whether it is there; it is given up when it owes two answers.
const PING: Duration = Duration::from_secs(1);
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(2);
/// The longest pause between two attempts.
const AGAIN: Duration = Duration::from_secs(1);
/// How many messages may wait to be written: what waits for long comes late, and is no longer worth it.
const SENDING: usize = 256;
/// How many messages may wait to be taken in; what comes beyond is lost.
const RECEIVING: usize = 1024;

/// How NATS is found, and who we are for it.
#[derive(Debug, Clone)]
pub struct Servers {
    /// `nats://host:port`, or `tls://host:port`; the first that answers is taken.
    pub urls: Vec<String>,
    /// A user with their password.
    pub login: Option<(String, String)>,
    /// The certificates that the servers' are signed by, as PEM, where they are not signed by one that the system knows.
    pub ca_file: Option<PathBuf>,
    /// What the servers call this connection.
    pub name: String,
}

struct NatsBus {
    client: Client,
    service: String,
    is_connected: Arc<AtomicBool>,
}

/// A node's end of the bus of a service, and what comes in for that node. It is made before NATS is there; fails where
/// the settings can never work.
pub async fn join(servers: Servers, service: &str, own: Slot) -> Result<End, async_nats::Error> {
    let is_connected = Arc::new(AtomicBool::new(false));
    let urls = servers.urls.clone();
    let client = options(servers, is_connected.clone()).connect(urls).await?;
    let subscriber = client.subscribe(subject(service, own)).await?;
    let (incoming, received) = mpsc::channel(1);
    tokio::spawn(forward(subscriber, incoming));
    Ok((Arc::new(NatsBus { client, service: service.to_owned(), is_connected }), received))
}

/// Whether it is the address of a server.
pub fn is_address(url: &str) -> bool {
    url.parse::<ServerAddr>().is_ok()
}

fn options(servers: Servers, is_connected: Arc<AtomicBool>) -> ConnectOptions {
    let Servers { login, ca_file, name, .. } = servers;
    let mut options = ConnectOptions::new()
        .name(name)
        .retry_on_initial_connect()
        .retain_servers_order()
        .ping_interval(PING)
        .connection_timeout(CONNECT)
        .reconnect_delay_callback(|attempts| AGAIN.min(Duration::from_millis(100) * attempts as u32))
        .client_capacity(SENDING)
        .subscription_capacity(RECEIVING)
        .event_callback(move |event| {
            note(&is_connected, &event);
            std::future::ready(())
        });
    if let Some((user, password)) = login {
        options = options.user_and_password(user, password);
    }
    if let Some(file) = ca_file {
        options = options.add_root_certificates(file);
    }
    options
}

fn note(is_connected: &AtomicBool, event: &Event) {
    match event {
        Event::Connected => {
            log::info!("NATS is connected");
            is_connected.store(true, Ordering::Relaxed);
        }
        Event::Disconnected | Event::Closed => {
            log::warn!("NATS is cut off");
            is_connected.store(false, Ordering::Relaxed);
        }
        // What is lost by it is noticed by its number.
        Event::SlowConsumer(_) => log::warn!("NATS brings more than is taken in"),
        Event::ServerError(error) => log::warn!("NATS: {error}"),
        Event::ClientError(error) => log::warn!("NATS: {error}"),
        Event::LameDuckMode | Event::Draining => {}
    }
}

/// Each node hears its own subject and no other.
fn subject(service: &str, slot: Slot) -> String {
    format!("{service}.{slot}")
}

async fn forward(mut subscriber: Subscriber, incoming: mpsc::Sender<Bytes>) {
    loop {
        tokio::select! {
            // The subscription goes with the life that it is of.
            () = incoming.closed() => return,
            message = subscriber.next() => match message {
                Some(message) => drop(incoming.send(message.payload).await),
                None => return,
            }
        }
    }
}

impl Bus for NatsBus {
    fn send(&self, to: Slot, message: Bytes) -> bool {
        if !self.is_connected.load(Ordering::Relaxed) {
            return false;
        }
        // It would wait where much is to be written; what cannot be taken at once is lost.
        let published = self.client.publish(subject(&self.service, to), message);
        matches!(tokio::task::unconstrained(published).now_or_never(), Some(Ok(())))
    }
}
