//! What the kernel does for us about clients that take nothing from their sockets: actix waits for
//! them for ever, and does not even poll the actor that would close them.

use std::{any::Any, time::Duration};

use actix_web::{dev::Extensions, rt::net::TcpStream};
use socket2::SockRef;

/// How long sent bytes may wait for the client before its connection is reset.
const UNSENT: Duration = Duration::from_secs(30);

/// For `HttpServer::on_connect`.
pub fn limit_unsent(stream: &dyn Any, _: &mut Extensions) {
    limit(stream, UNSENT);
}

/// As [`limit_unsent`], with a time of one's own.
pub fn limit(stream: &dyn Any, unsent: Duration) {
    let Some(stream) = stream.downcast_ref::<TcpStream>() else {
        return;
    };
    #[cfg(target_os = "linux")]
    if let Err(error) = SockRef::from(stream).set_tcp_user_timeout(Some(unsent)) {
        log::warn!("a connection without a limit for slow readers: {error}");
    }
}
