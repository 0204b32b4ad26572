//! Tokens: 256 random bits, known to the server by their hash alone, and a memory of those that
//! were found good, so that a request costs no trip to the store.

use crate::error::{Error, Result};
use crate::model::{Caller, TokenHash};
use crate::model::{Time, Uid};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many good tokens are remembered at the most.
const REMEMBERED: usize = 100_000;

/// A new token.
pub fn mint() -> Result<String> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(Error::inside)?;
    Ok(URL_SAFE_NO_PAD.encode(secret))
}

/// What the store knows of a token.
pub fn hash(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token).into())
}

/// The tokens that were found good lately.
#[derive(Debug, Default)]
pub struct GoodTokens(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    callers: HashMap<TokenHash, Caller>,
    /// Rises whenever something is forgotten: what was looked up before that may be stale.
    generation: u64,
}

/// The state of the memory before a look-up.
#[derive(Debug, Clone, Copy)]
pub struct Before(u64);

impl GoodTokens {
    /// Whose it is, if it is remembered and has not run out; otherwise the state to look it up from.
    pub fn recall(&self, hash: TokenHash) -> std::result::Result<Caller, Before> {
        let memory = self.lock();
        match memory.callers.get(&hash).filter(|caller| caller.expires > Time::now()) {
            Some(caller) => Ok(caller.clone()),
            None => Err(Before(memory.generation)),
        }
    }

    /// Remembers what a look-up found, unless something was forgotten meanwhile.
    pub fn remember(&self, Before(generation): Before, caller: &Caller) {
        let mut memory = self.lock();
        if memory.generation == generation {
            if memory.callers.len() >= REMEMBERED {
                memory.callers.clear();
            }
            memory.callers.insert(caller.token, caller.clone());
        }
    }

    /// Forgets one token: it has become void.
    pub fn forget(&self, hash: TokenHash) {
        let mut memory = self.lock();
        memory.generation += 1;
        memory.callers.remove(&hash);
    }

    /// Forgets all tokens of an account: they have become void, or the account has changed.
    pub fn forget_account(&self, uid: &Uid) {
        let mut memory = self.lock();
        memory.generation += 1;
        memory.callers.retain(|_, caller| caller.uid != *uid);
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
