//! `jiayi health`: whether the server that these settings are of answers, for a container, which has no other program to ask it by.

use crate::cli::Failure;
use crate::config::Config;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(3);

/// Asks `/healthz`; fails where the answer is not 200.
pub fn run(config: &Config) -> Result<(), Failure> {
    let address = near(config.listen);
    let answer = ask(address).map_err(|error| format!("{address}: {error}"))?;
    match answer.starts_with(b"HTTP/1.1 200 ") {
        true => Ok(()),
        false => Err(format!("{address} does not answer as it should").into()),
    }
}

fn ask(address: SocketAddr) -> std::io::Result<[u8; 13]> {
    let mut socket = TcpStream::connect_timeout(&address, PATIENCE)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = [0; 13];
    socket.read_exact(&mut answer)?;
    Ok(answer)
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
