//! A way to PostgreSQL that can fall silent: connections stay open, and nothing comes through any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub struct Proxy {
    pub address: String,
    silent: Arc<AtomicBool>,
}

impl Proxy {
    /// A way to this address; it listens at `on`.
    pub async fn start(on: &str, to: String) -> Self {
        let listener = TcpListener::bind(on).await.unwrap();
        let (address, silent) = (listener.local_addr().unwrap().to_string(), Arc::<AtomicBool>::default());
        let quiet = silent.clone();
        tokio::spawn(async move {
            while let Ok((inner, _)) = listener.accept().await {
                let Ok(outer) = TcpStream::connect(&to).await else { continue };
                let ((from_inner, to_inner), (from_outer, to_outer)) =
                    (inner.into_split(), outer.into_split());
                tokio::spawn(pass(from_inner, to_outer, quiet.clone()));
                tokio::spawn(pass(from_outer, to_inner, quiet.clone()));
            }
        });
        Self { address, silent }
    }

    pub fn fall_silent(&self) {
        self.silent.store(true, Ordering::Relaxed);
    }
}

async fn pass(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    silent: Arc<AtomicBool>,
) {
    let mut bytes = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if !silent.load(Ordering::Relaxed) && to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
