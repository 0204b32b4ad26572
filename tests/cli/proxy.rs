//! A way to PostgreSQL that can fall silent: connections stay open, and nothing comes through any more, or only
//! through new ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub struct Proxy {
    pub address: String,
    ways: Arc<Ways>,
}

/// Connections are numbered as they come.
#[derive(Default)]
struct Ways {
    made: AtomicU64,
    /// Those below this number swallow what they are given.
    silent_below: AtomicU64,
}

impl Proxy {
    /// A way to this address; it listens at `on`.
    pub async fn start(on: &str, to: String) -> Self {
        let listener = TcpListener::bind(on).await.unwrap();
        let (address, ways) = (listener.local_addr().unwrap().to_string(), Arc::<Ways>::default());
        let all = ways.clone();
        tokio::spawn(async move {
            while let Ok((inner, _)) = listener.accept().await {
                let Ok(outer) = TcpStream::connect(&to).await else { continue };
                let ((from_inner, to_inner), (from_outer, to_outer)) =
                    (inner.into_split(), outer.into_split());
                let number = all.made.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(pass(from_inner, to_outer, number, all.clone()));
                tokio::spawn(pass(from_outer, to_inner, number, all.clone()));
            }
        });
        Self { address, ways }
    }

    /// Swallows all that is said from now on.
    pub fn fall_silent(&self) {
        self.ways.silent_below.store(u64::MAX, Ordering::Relaxed);
    }

    /// Swallows what is said on the connections that there are; new ones are well.
    pub fn swallow_what_is_open(&self) {
        self.ways.silent_below.store(self.ways.made.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

async fn pass(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    number: u64,
    ways: Arc<Ways>,
) {
    let mut bytes = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let speaks = number >= ways.silent_below.load(Ordering::Relaxed);
        if speaks && to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
