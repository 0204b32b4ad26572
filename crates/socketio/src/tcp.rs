//! Socket options for the TCP connections that an HTTP server accepts. Nothing here knows of
//! Engine.IO or Socket.IO, so the function suits every route of the server.

use actix_web::rt::net::TcpStream;
use socket2::{SockRef, TcpKeepalive};
use std::io;
use std::net::{IpAddr, Shutdown};
use std::time::Duration;

/// A write timeout that suits most servers.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a connection is idle before the kernel asks whether its peer is still there.
const KEEPALIVE_TIME: Duration = Duration::from_secs(60);

/// Sets up an accepted connection: disables Nagle's algorithm (`TCP_NODELAY`), so that small packets
/// are sent at once, enables keep-alive, and on Linux sets `TCP_USER_TIMEOUT` to `write_timeout`.
///
/// A peer that neither acknowledges data nor opens its receive window for `write_timeout` is then
/// disconnected by the kernel. Nothing else can disconnect it: an actor that waits for its socket to
/// become writable does not run.
///
/// [`websocket::takeover`](crate::websocket::takeover) does it unless it is told otherwise.
///
/// An option that cannot be set is logged, because the peer has gone in that case.
pub fn configure(stream: &TcpStream, write_timeout: Duration) {
    if let Err(error) = set_options(&SockRef::from(stream), write_timeout) {
        log::debug!("cannot set the options of a TCP connection: {error}");
    }
}

/// The address of the peer. `None` if it has gone.
pub fn peer_address(stream: &TcpStream) -> Option<IpAddr> {
    Some(stream.peer_addr().ok()?.ip())
}

/// Ends an accepted connection before anything is read from it.
pub fn shut_down(stream: &TcpStream) {
    // Fails if the peer has gone already.
    let _ = SockRef::from(stream).shutdown(Shutdown::Both);
}

fn set_options(socket: &SockRef<'_>, write_timeout: Duration) -> io::Result<()> {
    socket.set_tcp_nodelay(true)?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE_TIME))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(write_timeout))?;
    #[cfg(not(target_os = "linux"))]
    let _ = write_timeout;
    Ok(())
}
