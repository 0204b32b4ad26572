//! The places of a lane: how many pieces of work may be under way at once.
//!
//! A piece that hangs, as the server or the way to it is mute, keeps its thread until that ends. Its place is
//! taken from it when others need one, so that a lane comes back by itself; what hangs is bounded by the
//! lane's size, too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// The places of a lane.
pub(super) struct Places {
    size: u32,
    free: Arc<Semaphore>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    next: u64,
    by_number: HashMap<u64, (Instant, OwnedSemaphorePermit)>,
    /// Pieces of work that hang without a place.
    hanging: u32,
}

/// A place that work has until this is dropped.
pub(super) struct Place {
    number: u64,
    places: Arc<Places>,
}

impl Places {
    pub(super) fn new(size: u32) -> Arc<Self> {
        let free = Arc::new(Semaphore::new(size as usize));
        Arc::new(Self { size, free, taken: Mutex::default() })
    }

    /// How many there are.
    pub(super) fn size(&self) -> usize {
        self.size as usize
    }

    /// How many of them are taken.
    pub(super) fn busy(&self) -> usize {
        self.size() - self.free.available_permits()
    }

    /// A place, if one is free at once.
    pub(super) fn try_take(self: &Arc<Self>) -> Option<Place> {
        self.free.clone().try_acquire_owned().ok().map(|permit| self.enter(permit))
    }

    /// A place, as soon as one is free; an error when there are no more.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Place, AcquireError> {
        self.free.clone().acquire_owned().await.map(|permit| self.enter(permit))
    }

    fn enter(self: &Arc<Self>, permit: OwnedSemaphorePermit) -> Place {
        let mut taken = self.taken();
        let number = taken.next;
        taken.next += 1;
        taken.by_number.insert(number, (Instant::now(), permit));
        Place { number, places: self.clone() }
    }

    /// Takes their places from those that have had them for longer than this, if there is no other.
    pub(super) fn reclaim(&self, longest: Duration) {
        if self.free.available_permits() > 0 {
            return;
        }
        let mut taken = self.taken();
        let mut may_hang = self.size - taken.hanging;
        let before = taken.by_number.len();
        taken.by_number.retain(|_, (since, _)| {
            let stays = may_hang == 0 || since.elapsed() < longest;
            may_hang -= u32::from(!stays);
            stays
        });
        taken.hanging += (before - taken.by_number.len()) as u32;
    }

    /// Gives no more out; false where some are not given back within this time, or hang.
    pub(super) async fn close(&self, within: Duration) -> bool {
        let all = tokio::time::timeout(within, self.free.acquire_many(self.size)).await;
        self.free.close();
        all.is_ok() && self.taken().hanging == 0
    }

    pub(super) fn is_closed(&self) -> bool {
        self.free.is_closed()
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        if taken.by_number.remove(&self.number).is_none() {
            taken.hanging -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_hangs_loses_its_place_and_no_more_hang_than_there_are_places() {
        let places = Places::new(2);
        let hanging = [places.take().await.unwrap(), places.take().await.unwrap()];
        places.reclaim(Duration::from_secs(60));
        assert_eq!(places.busy(), 2, "they have not had them for long");
        places.reclaim(Duration::ZERO);
        assert_eq!(places.busy(), 0);
        let more = [places.take().await.unwrap(), places.take().await.unwrap()];
        places.reclaim(Duration::ZERO);
        assert_eq!(places.busy(), 2, "two hang already");
        drop(more);
        assert_eq!(places.busy(), 0);
        assert!(!places.close(Duration::ZERO).await, "two hang");
        drop(hanging);
        assert_eq!(places.taken().hanging, 0);
    }
}
