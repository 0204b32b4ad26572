//! Work of one kind of which some pieces are heavy: they are done apart, so that the light ones never wait for them.
//!
//! What a piece weighs is known once it is done, and the next one of its key is taken for as heavy. Heavy pieces are done
//! one batch at a time; where light ones come in meanwhile, those have the database for themselves before the next.

use crate::db::database::{Crowd, Database};
use crate::db::gather::{DoAll, Gather, KeyOf};
use crate::db::turns::Turns;
use crate::error::Result;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// What weighs this much is heavy.
const HEAVY: usize = 50;
/// How many keys are known to be heavy: then they are learnt anew.
const MOST_KEYS: usize = 10_000;

/// What a piece weighed, as its answer says; `None` where it says nothing of the next one.
pub type WeightOf<A> = fn(&A) -> Option<usize>;

/// Where pieces wait, light and heavy ones apart.
pub struct Weighed<I, A> {
    light: Gather<I, A>,
    heavy: Gather<I, A>,
    turns: Arc<Turns>,
    key_of: KeyOf<I>,
    weight_of: WeightOf<A>,
    heavy_keys: Mutex<HashSet<u64>>,
}

impl<I: Send + Sync + 'static, A: Send + 'static> Weighed<I, A> {
    /// A gathering of work that is done by `do_all`.
    pub fn writing(
        database: Database,
        crowd: Crowd,
        do_all: DoAll<I, A>,
        key_of: KeyOf<I>,
        weight_of: WeightOf<A>,
    ) -> Self {
        let turns = Arc::<Turns>::default();
        Self {
            light: Gather::writing_by_key(database.clone(), crowd, do_all, key_of, None),
            heavy: Gather::writing_by_key(database, crowd, do_all, key_of, Some(turns.clone())),
            turns,
            key_of,
            weight_of,
            heavy_keys: Mutex::default(),
        }
    }

    /// Does a piece of work together with what else waits.
    pub async fn run(&self, item: I) -> Result<A> {
        let key = (self.key_of)(&item);
        let answer = match key.is_some_and(|key| self.is_heavy(key)) {
            true => self.heavy.run(item).await,
            false => {
                self.turns.count_light();
                self.light.run(item).await
            }
        }?;
        if let (Some(key), Some(weight)) = (key, (self.weight_of)(&answer)) {
            self.learn(key, weight);
        }
        Ok(answer)
    }

    /// How many pieces wait.
    pub fn waiting(&self) -> usize {
        self.light.waiting() + self.heavy.waiting()
    }

    fn is_heavy(&self, key: u64) -> bool {
        self.heavy_keys.lock().unwrap_or_else(PoisonError::into_inner).contains(&key)
    }

    fn learn(&self, key: u64, weight: usize) {
        let mut keys = self.heavy_keys.lock().unwrap_or_else(PoisonError::into_inner);
        if weight < HEAVY {
            keys.remove(&key);
        } else if !keys.contains(&key) {
            if keys.len() >= MOST_KEYS {
                keys.clear();
            }
            keys.insert(key);
        }
    }
}
