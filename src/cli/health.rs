//! `jiayi health`: whether the server that these settings are of answers, for a container, which has no other program to ask it by.

use crate::cli::Failure;
use crate::config::Config;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(3);

/// Asks `/healthz`; fails where the answer is not 200.
pub fn run(config: &Config) -> Result<(), Failure> {
    ask(config.listen).map_err(|error| format!("{}: {error}", config.listen).into())
}

/// Asks who listens at this address whether it is alive, and waits for a moment.
pub fn ask(listen: SocketAddr) -> io::Result<()> {
    let address = near(listen);
    let mut socket = TcpStream::connect_timeout(&address, PATIENCE)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = [0; 13];
    socket.read_exact(&mut answer)?;
    match answer.starts_with(b"HTTP/1.1 200 ") {
        true => Ok(()),
        false => Err(io::Error::other("it does not answer as it should")),
    }
}

/// Who listens at all addresses listens at this machine's own.
fn near(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
