//! Tokens: 256 random bits, of which the server keeps the hash alone, and a cache of those that were
//! found valid, so that a request costs no trip to the store.

use crate::error::{Error, Result};
use crate::model::{Caller, Time, TokenHash, Uid};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many tokens are cached at the most.
const MOST_CACHED: usize = 100_000;

/// A new token.
pub fn mint() -> Result<String> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(Error::inside)?;
    Ok(URL_SAFE_NO_PAD.encode(secret))
}

/// What the store keeps of a token.
pub fn hash(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token).into())
}

/// The tokens that were found valid lately.
#[derive(Debug, Default)]
pub struct TokenCache(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    callers: HashMap<TokenHash, Caller>,
    /// Rises whenever something is forgotten: what was looked up before that may be stale.
    generation: u64,
}

/// What the cache's generation was before a look-up in the store.
#[derive(Debug, Clone, Copy)]
pub struct Generation(u64);

impl TokenCache {
    /// What `insert` needs after a look-up.
    pub fn generation(&self) -> Generation {
        Generation(self.lock().generation)
    }

    /// Whose it is, if it is cached and has not expired; otherwise what `insert` needs after a look-up.
    pub fn find(&self, hash: TokenHash) -> std::result::Result<Caller, Generation> {
        let entries = self.lock();
        match entries.callers.get(&hash).filter(|caller| caller.expires > Time::now()) {
            Some(caller) => Ok(caller.clone()),
            None => Err(Generation(entries.generation)),
        }
    }

    /// Caches what a look-up found, unless something was forgotten meanwhile.
    pub fn insert(&self, Generation(generation): Generation, caller: &Caller) {
        let mut entries = self.lock();
        if entries.generation == generation {
            if entries.callers.len() >= MOST_CACHED {
                entries.callers.clear();
            }
            entries.callers.insert(caller.token, caller.clone());
        }
    }

    /// Forgets one token: it has become void.
    pub fn forget(&self, hash: TokenHash) {
        let mut entries = self.lock();
        entries.generation += 1;
        entries.callers.remove(&hash);
    }

    /// Forgets all tokens of an account: they have become void, or the account has changed.
    pub fn forget_account(&self, uid: &Uid) {
        let mut entries = self.lock();
        entries.generation += 1;
        entries.callers.retain(|_, caller| caller.uid != *uid);
    }

    /// Forgets everything: some of it may be void, or look-ups that are under way stale.
    pub fn forget_all(&self) {
        let mut entries = self.lock();
        entries.generation += 1;
        entries.callers.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
