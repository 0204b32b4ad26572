//! Connections on which nobody has logged in: each network holds a share of them, so that it cannot take all
//! there are. A connection that a trusted proxy makes is the proxy's; whom it forwards for is counted
//! where a WebSocket or a session of Socket.IO begins.

use crate::app::App;
use crate::limits::network::Network;
use crate::limits::share::Share;
use actix_socketio::tcp;
use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use std::sync::Arc;

/// Sets up a connection that was accepted. It ends at once if its network holds too many.
pub fn accept(app: &App, connection: &TcpStream, data: &mut Extensions) {
    tcp::configure(connection, tcp::WRITE_TIMEOUT);
    let Some(peer) = tcp::peer_address(connection).filter(|peer| !app.config().trusts(*peer)) else { return };
    match app.connections_before_login().take(Network::from(peer)) {
        Some(share) => drop(data.insert(share)),
        None => tcp::shut_down(connection),
    }
}

/// The share that the connection of a request holds.
pub fn share_of(request: &HttpRequest) -> Option<Arc<Share<Network>>> {
    request.conn_data::<Arc<Share<Network>>>().cloned()
}

/// Somebody has logged in on the connection of a request.
pub fn give_back(request: &HttpRequest) {
    if let Some(share) = request.conn_data::<Arc<Share<Network>>>() {
        share.give_back();
    }
}
