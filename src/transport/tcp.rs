//! How accepted connections are set up: small frames leave at once, and peers that are gone are
//! given up.

use actix_web::rt::net::TcpStream;
use socket2::{SockRef, TcpKeepalive};
use std::any::Any;
use std::time::Duration;

/// How long a peer may leave what it was sent unacknowledged, or its window shut, before the
/// connection is reset. What waits behind a shut window cannot be closed in any other way: actix
/// does not even poll the actor that would close it.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a connection is silent before the kernel asks whether its peer is still there.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// For `HttpServer::on_connect`.
pub fn tune(connection: &dyn Any) {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE);
    with(connection, |socket| {
        socket.set_tcp_nodelay(true)?;
        socket.set_tcp_keepalive(&keepalive)
    });
    limit(connection, PATIENCE);
}

/// Likewise, but only gives up a peer that takes nothing for so long.
pub fn limit(connection: &dyn Any, patience: Duration) {
    #[cfg(target_os = "linux")]
    with(connection, |socket| socket.set_tcp_user_timeout(Some(patience)));
}

fn with(connection: &dyn Any, set: impl FnOnce(SockRef<'_>) -> std::io::Result<()>) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
    if let Err(error) = set(SockRef::from(stream)) {
        log::debug!("a socket was gone before it was set up: {error}");
    }
}
