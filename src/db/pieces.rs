//! The pieces of work that wait to be done together: who waits longest is taken first, and those of one key are never in two
//! batches at once. No database and no task is here; `gather` does what is taken.

use crate::error::{Error, Result};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Where whoever asked waits for the answer.
pub(super) type Reply<A> = oneshot::Sender<Result<A>>;

/// What waits, and what is being done.
pub(super) struct Pieces<I, A>(Mutex<Waiting<I, A>>);

struct Waiting<I, A> {
    pieces: Vec<Piece<I, A>>,
    /// How many pieces have come.
    number: u64,
    /// The keys of what is being done.
    busy: HashSet<u64>,
    /// Whether a batch is on its way that will take those that can be done.
    is_fetched: bool,
}

struct Piece<I, A> {
    number: u64,
    item: I,
    key: Option<u64>,
    reply: Reply<A>,
}

/// A piece that waits.
pub(super) struct Added {
    /// By which it can be withdrawn.
    pub number: u64,
    /// Whether it has to be fetched.
    pub is_to_fetch: bool,
}

/// What is done together.
pub(super) struct Batch<I, A> {
    pub items: Arc<Vec<I>>,
    /// Who asked for each of the items.
    pub asked: Vec<Asked<A>>,
    /// Whether it left something that can be done and has to be fetched.
    pub has_left: bool,
}

/// Whoever asked for an item of a batch.
pub(super) struct Asked<A> {
    /// The item's place.
    pub index: usize,
    pub key: Option<u64>,
    pub reply: Reply<A>,
}

impl<I, A> Pieces<I, A> {
    pub fn new() -> Self {
        let (pieces, busy) = (Vec::new(), HashSet::new());
        Self(Mutex::new(Waiting { pieces, number: 0, busy, is_fetched: false }))
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.lock().pieces.len()
    }

    /// Lets a piece wait; `None` where `most` do.
    pub fn add(&self, item: I, key: Option<u64>, reply: Reply<A>, most: usize) -> Option<Added> {
        let mut waiting = self.lock();
        if waiting.pieces.len() >= most {
            return None;
        }
        waiting.number += 1;
        let number = waiting.number;
        waiting.pieces.push(Piece { number, item, key, reply });
        // One whose key is busy is fetched by whoever is done with that.
        let is_to_fetch = waiting.is_free(key) && !std::mem::replace(&mut waiting.is_fetched, true);
        Some(Added { number, is_to_fetch })
    }

    /// Takes back a piece that waits; false where it waits no more.
    pub fn withdraw(&self, number: u64) -> bool {
        let mut waiting = self.lock();
        let place = waiting.pieces.iter().position(|piece| piece.number == number);
        place.map(|place| waiting.pieces.remove(place)).is_some()
    }

    /// Takes what waits longest of what can be done, so many at the most. Whoever takes it releases its keys.
    pub fn take(&self, most: usize) -> Batch<I, A> {
        let mut waiting = self.lock();
        let Waiting { pieces, busy, is_fetched, .. } = &mut *waiting;
        let is_free = |piece: &mut Piece<I, A>| piece.key.is_none_or(|key| !busy.contains(&key));
        let taken: Vec<_> = pieces.extract_if(.., is_free).take(most).collect();
        busy.extend(taken.iter().filter_map(|piece| piece.key));
        *is_fetched = pieces.iter().any(|piece| piece.key.is_none_or(|key| !busy.contains(&key)));
        let (mut items, mut asked) = (Vec::with_capacity(taken.len()), Vec::with_capacity(taken.len()));
        for (index, Piece { item, key, reply, .. }) in taken.into_iter().enumerate() {
            items.push(item);
            asked.push(Asked { index, key, reply });
        }
        Batch { items: Arc::new(items), asked, has_left: *is_fetched }
    }

    /// Nothing of these keys is being done any more; returns whether something that waited for that has to be fetched.
    pub fn release(&self, keys: &HashSet<u64>) -> bool {
        let mut waiting = self.lock();
        waiting.busy.retain(|key| !keys.contains(key));
        let is_free = waiting.pieces.iter().any(|piece| waiting.is_free(piece.key));
        is_free && !std::mem::replace(&mut waiting.is_fetched, true)
    }

    /// Whoever waits learns that nothing is done any more.
    pub fn abandon(&self) {
        self.lock().pieces.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<I, A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<I, A> Waiting<I, A> {
    fn is_free(&self, key: Option<u64>) -> bool {
        key.is_none_or(|key| !self.busy.contains(&key))
    }
}

/// A batch that is taken when the database is ready for it, and not any more when nobody waits for that: a thread that
/// hung finds nothing to do when it goes on. What it does anyway is as if the answer had been lost.
pub(super) enum Taking<I, A> {
    NotYet,
    Taken(Batch<I, A>),
    Ended,
}

impl<I, A> Taking<I, A> {
    /// The items, which are taken if they are not yet.
    pub fn items(&mut self, take: impl FnOnce() -> Batch<I, A>) -> Result<Arc<Vec<I>>> {
        if let Self::NotYet = self {
            *self = Self::Taken(take());
        }
        match self {
            Self::Taken(batch) => Ok(batch.items.clone()),
            Self::NotYet | Self::Ended => Err(Error::unavailable("nobody waits for this any more")),
        }
    }

    /// Ends it, with what was taken; where nothing was, nobody else takes it.
    pub fn end(&mut self, take: impl FnOnce() -> Batch<I, A>) -> Batch<I, A> {
        match std::mem::replace(self, Self::Ended) {
            Self::Taken(batch) => batch,
            Self::NotYet | Self::Ended => take(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(of: &[(u8, Option<u64>)]) -> (Pieces<u8, ()>, Vec<Added>) {
        let pieces = Pieces::new();
        let added = of.iter().map(|(item, key)| pieces.add(*item, *key, oneshot::channel().0, 9).unwrap());
        let added = added.collect();
        (pieces, added)
    }

    fn keys(of: &[u64]) -> HashSet<u64> {
        of.iter().copied().collect()
    }

    #[test]
    fn of_one_key_one_batch_at_a_time_is_done() {
        let (pieces, added) = pieces(&[(1, Some(7)), (2, None), (3, Some(7)), (4, Some(8))]);
        assert_eq!(added.iter().map(|one| one.is_to_fetch).collect::<Vec<_>>(), [true, false, false, false]);
        let first = pieces.take(2);
        assert_eq!((&*first.items, first.has_left), (&vec![1, 2], true), "the last one can be done");
        let second = pieces.take(2);
        assert_eq!((&*second.items, second.has_left), (&vec![4], false));
        assert!(!pieces.release(&keys(&[8])), "what waits is of a key that is being done");
        assert!(pieces.release(&keys(&[7])));
        assert_eq!(*pieces.take(2).items, [3]);
    }

    #[test]
    fn what_is_withdrawn_is_not_done_and_what_is_taken_is_not_withdrawn() {
        let (pieces, added) = pieces(&[(1, None), (2, None)]);
        assert!(pieces.withdraw(added[0].number));
        assert_eq!(*pieces.take(9).items, [2]);
        assert!(!pieces.withdraw(added[1].number));
        assert!(pieces.add(3, None, oneshot::channel().0, 0).is_none());
    }

    #[test]
    fn whoever_comes_late_takes_nothing() {
        let (pieces, _) = pieces(&[(1, Some(7))]);
        let mut taking = Taking::NotYet;
        assert_eq!(*taking.end(|| pieces.take(9)).items, [1], "it is refused");
        pieces.release(&keys(&[7]));
        pieces.add(2, Some(7), oneshot::channel().0, 9);
        assert!(taking.items(|| pieces.take(9)).is_err());
        assert_eq!(pieces.len(), 1);
    }
}
