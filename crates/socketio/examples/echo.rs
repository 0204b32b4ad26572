//! The server that the clients and the official test suites run against.
//!
//! `echo engine|socket|clients [port]` prints the port that it listens on. It sends each Engine.IO
//! message back at `/engine.io/`, and does what the Socket.IO suite expects at `/socket.io/`. With
//! `clients`, the heartbeat is slow enough for real clients; otherwise it is that of the suites.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{env, io, time::Duration};

use actix_socketio::{
    Application, Event, Handshake, Options, Origins, SocketContext, SocketHandler, SocketIo,
    engine::{EngineApplication, EngineContext, EngineHandler, EngineIo},
    websocket::takeover::{self, Server, Settings},
};
use actix_web::{App, web::Bytes};
use bytestring::ByteString;
use serde_json::{Value, json};

#[derive(Clone)]
struct Echo;

impl EngineApplication for Echo {
    type Handler = Echo;

    fn open(&self, _: Handshake<'_>) -> Option<Echo> {
        Some(Echo)
    }
}

impl EngineHandler for Echo {
    const TEXT_IS_JSON: bool = false;

    fn text(&mut self, text: ByteString, context: &mut EngineContext<'_, Self>) {
        context.text(&text);
    }

    fn binary(&mut self, data: Bytes, context: &mut EngineContext<'_, Self>) {
        context.binary(data);
    }
}

impl Application for Echo {
    type Handler = Echo;

    fn open(&self, _: Handshake<'_>) -> Option<Echo> {
        Some(Echo)
    }
}

impl SocketHandler for Echo {
    fn connect(
        &mut self,
        namespace: &str,
        auth: Option<Value>,
        context: &mut SocketContext<'_, Self>,
    ) -> Result<(), String> {
        if !["/", "/custom"].contains(&namespace) {
            return Err("Invalid namespace".to_owned());
        }
        let auth = auth.unwrap_or_else(|| json!({}));
        context.emit(namespace, "auth", &auth.to_string());
        Ok(())
    }

    fn event(&mut self, namespace: &str, event: Event<'_>, context: &mut SocketContext<'_, Self>) {
        let args: Vec<&str> = event.args.iter().map(|arg| arg.get()).collect();
        let (args, attachments) = (args.join(","), event.attachments.to_vec());
        match (&*event.name, &event.ack) {
            ("message", None) => context.emit_binary(namespace, "message-back", &args, attachments),
            ("message" | "message-with-ack", Some(ack)) => {
                context.acknowledge(ack, &args, attachments);
            }
            ("kick", _) => context.disconnect(namespace),
            ("close", _) => context.close(None),
            _ => {}
        }
    }
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let mut args = env::args().skip(1);
    let mode = args.next().unwrap_or_default();
    let port = args.next().and_then(|port| port.parse().ok()).unwrap_or(0);
    let options = options(&mode);
    let engine = EngineIo::new(Echo, options.clone());
    let socket = SocketIo::new(Echo, options);
    let app = move || {
        App::new()
            .configure(|config| engine.mount("/engine.io", config))
            .configure(|config| socket.mount("/socket.io", config))
    };
    let listener = std::net::TcpListener::bind(("127.0.0.1", port))?;
    println!("{}", listener.local_addr()?.port());
    // One worker, because one case of the suites expects requests to be handled in order.
    let server = Server::build().workers(1);
    takeover::listen(server, listener, Settings::default(), app)?.run().await
}

fn options(mode: &str) -> Options {
    let slow = mode == "clients";
    let (interval, timeout, connect) = if slow { (2_000, 5_000, 20_000) } else { (300, 200, 1_000) };
    Options {
        ping_interval: Duration::from_millis(interval),
        ping_timeout: Duration::from_millis(timeout),
        connect_timeout: Duration::from_millis(connect),
        max_payload: 1_000_000,
        origins: Origins::Any,
        ..Options::default()
    }
}
