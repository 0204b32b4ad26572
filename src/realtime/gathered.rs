//! What has been noted since somebody last looked. Threads that commit note; what follows from it is not here.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How long it gathers, so that what is noted twice is seen once.
const GATHER: Duration = Duration::from_millis(100);

/// What has been noted, under each key what was noted last.
#[derive(Debug)]
pub struct Gathered<K, V> {
    noted: Mutex<BTreeMap<K, V>>,
    most: usize,
    some: Notify,
}

impl<K: Ord, V> Gathered<K, V> {
    /// Room for what is noted under so many keys; what comes beyond is not noted.
    pub fn new(most: usize) -> Self {
        Self { noted: Mutex::default(), most, some: Notify::new() }
    }

    /// Notes something.
    pub fn note(&self, key: K, value: V) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() < self.most || noted.contains_key(&key) {
            noted.insert(key, value);
        }
        drop(noted);
        self.some.notify_one();
    }

    /// Waits until there is something, and a little longer for more; takes it all.
    pub async fn gather(&self) -> BTreeMap<K, V> {
        self.some.notified().await;
        tokio::time::sleep(GATHER).await;
        std::mem::take(&mut *self.noted.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
