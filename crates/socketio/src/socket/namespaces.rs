//! The namespaces that a client has joined. A client that stays in none is disconnected.

use std::time::Duration;

use actix::SpawnHandle;
use bytestring::ByteString;

use crate::{
    disconnect::DisconnectReason,
    engine::{EngineContext, EngineHandler},
};

/// The most namespaces that a client may be in at a time.
const MAX_NAMESPACES: usize = 16;

/// The namespaces of one client.
pub(crate) struct Namespaces {
    joined: Vec<ByteString>,
    connect_timeout: Duration,
    /// Disconnects the client; runs while it is in no namespace.
    timer: Option<SpawnHandle>,
}

impl Namespaces {
    pub(super) fn new(connect_timeout: Duration) -> Self {
        Namespaces { joined: Vec::new(), connect_timeout, timer: None }
    }

    pub(super) fn contains(&self, namespace: &str) -> bool {
        self.joined.iter().any(|joined| *joined == namespace)
    }

    /// Adds a namespace. The error is the message for a client that has joined too many.
    pub(super) fn join<C: EngineHandler>(
        &mut self,
        namespace: &str,
        engine: &mut EngineContext<'_, C>,
    ) -> Result<(), String> {
        if self.joined.len() >= MAX_NAMESPACES {
            return Err("Too many namespaces".to_owned());
        }
        self.joined.push(namespace.into());
        if let Some(timer) = self.timer.take() {
            engine.cancel(timer);
        }
        Ok(())
    }

    pub(super) fn leave<C: EngineHandler>(&mut self, namespace: &str, engine: &mut EngineContext<'_, C>) {
        self.joined.retain(|joined| *joined != namespace);
        self.start_timer(engine);
    }

    /// Starts the timer if the client is in no namespace.
    pub(super) fn start_timer<C: EngineHandler>(&mut self, engine: &mut EngineContext<'_, C>) {
        if self.joined.is_empty() && self.timer.is_none() {
            let expire = |_: &mut C, engine: &mut EngineContext<'_, C>| {
                engine.fail(DisconnectReason::ConnectTimeout);
            };
            self.timer = Some(engine.run_later(self.connect_timeout, expire));
        }
    }
}
