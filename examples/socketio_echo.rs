//! The small server that the official conformance suites and the client tests run against.
//!
//! `socketio_echo engine|socket|clients [port]` prints the port that it listens on.
//!
//! * `engine`: each message of Engine.IO comes back, at `/engine.io/`;
//! * `socket`: what the Socket.IO suite expects, at `/socket.io/`;
//! * `clients`: the same with a heartbeat that suits real clients.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{env, io, time::Duration};

use actix_web::{App, HttpServer, web::Bytes};
use bytestring::ByteString;
use jiayi::transport::socketio::{
    self,
    engine::{
        channel::{Channel, Outbox},
        packet::Wire,
    },
    error::{Ending, Farewell},
    handshake::{Handshake, Service},
    http::Server,
    options::{Options, Origins},
    socket::{
        application::{Application, Event, SocketHandler},
        outbound::Outbound,
    },
};
use jiayi::transport::tcp;
use serde_json::{Value, json};

#[derive(Clone)]
struct Echo;

impl Service for Echo {
    type Channel = Echo;

    fn open(&self, _: Handshake<'_>) -> Echo {
        Echo
    }
}

impl Channel for Echo {
    type Message = ();

    const JSON: bool = false;

    fn opened(&mut self, _: &mut Outbox<'_, Self>) {}

    fn text(&mut self, text: ByteString, out: &mut Outbox<'_, Self>) {
        out.push(Wire::text(&text));
    }

    fn binary(&mut self, data: Bytes, out: &mut Outbox<'_, Self>) {
        out.push(Wire::Binary(data));
    }

    fn message(&mut self, (): (), _: &mut Outbox<'_, Self>) {}

    fn farewell(&self, ending: Ending) -> Option<Farewell> {
        ending.farewell()
    }

    fn closed(&mut self, _: Ending) {}
}

impl Application for Echo {
    type Handler = Echo;

    fn open(&self, _: Handshake<'_>) -> Echo {
        Echo
    }
}

impl SocketHandler for Echo {
    type Message = ();

    fn connect(
        &mut self,
        namespace: &str,
        auth: Option<Value>,
        out: &mut Outbound<'_, '_, Self>,
    ) -> Result<(), String> {
        if !["/", "/custom"].contains(&namespace) {
            return Err("Invalid namespace".to_owned());
        }
        let auth = auth.unwrap_or_else(|| json!({}));
        out.emit(namespace, "auth", &auth.to_string());
        Ok(())
    }

    fn event(&mut self, namespace: &str, event: Event<'_>, out: &mut Outbound<'_, '_, Self>) {
        let args: Vec<&str> = event.args.iter().map(|arg| arg.get()).collect();
        let (args, attachments) = (args.join(","), event.attachments.to_vec());
        match (&*event.name, &event.ack) {
            ("message", None) => out.emit_binary(namespace, "message-back", &args, attachments),
            ("message" | "message-with-ack", Some(ack)) => {
                out.acknowledge(ack, &args, attachments);
            }
            ("kick", _) => out.disconnect(namespace),
            ("close", _) => out.close(None),
            _ => {}
        }
    }

    fn message(&mut self, (): (), _: &mut Outbound<'_, '_, Self>) {}

    fn closed(&mut self, _: Ending) {}
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let mut args = env::args().skip(1);
    let mode = args.next().unwrap_or_default();
    let port = args.next().and_then(|port| port.parse().ok()).unwrap_or(0);
    let options = options(&mode);
    let engine = Server::new(Echo, options.clone());
    let socket = socketio::serve(Echo, options);
    let server = HttpServer::new(move || {
        App::new()
            .configure(|config| engine.configure("/engine.io", config))
            .configure(|config| socketio::mount(&socket, "/socket.io", config))
    });
    // One worker: a case of the suites expects a request to wait for the one before it.
    let server = server
        .workers(1)
        .h1_allow_half_closed(false)
        .on_connect(|stream, _| tcp::tune(stream))
        .bind(("127.0.0.1", port))?;
    println!("{}", server.addrs()[0].port());
    server.run().await
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
