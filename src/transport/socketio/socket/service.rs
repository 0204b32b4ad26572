//! Hosts an [`Application`] on the engine.

use std::sync::Arc;

use super::{
    super::{
        handshake::{Handshake, Service},
        options::Options,
    },
    application::Application,
    session::{Limits, Session},
};

/// Makes a [`Session`] for each connection.
#[derive(Clone)]
pub struct Sockets<A> {
    application: A,
    limits: Arc<Limits>,
}

impl<A: Application> Sockets<A> {
    /// Hosts `application`.
    pub fn new(application: A, options: &Options) -> Self {
        let limits = Limits { connect: options.connect_timeout, packet: options.packet_timeout };
        Sockets { application, limits: Arc::new(limits) }
    }
}

impl<A: Application> Service for Sockets<A> {
    type Channel = Session<A::Handler>;

    fn open(&self, handshake: Handshake<'_>) -> Self::Channel {
        let version = handshake.version;
        Session::new(self.application.open(handshake), version, Arc::clone(&self.limits))
    }
}
