//! Passwords: argon2id with its recommended cost, off the async threads, two at a time.
//!
//! The working memory of a hash, 19 MiB, is kept for the next one. Left to the allocator it would stay
//! behind in every thread that ever computed one.

use crate::error::{Error, Result};
use crate::model::Password;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::try_generate_salt;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// How many are computed at once; each takes 19 MiB and some 20 ms of a core.
const CONCURRENT: usize = 2;
/// How long one waits for its turn before it is refused with `FA_OVERLOAD`.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who waits for a hash. Of those who are not known, only two who log in and one who registers are computed
/// or next, so that whoever is known waits for no crowd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Somebody who is logged in, or logs in from where they did before.
    Known,
    /// Somebody who logs in from anywhere else.
    Login,
    /// Somebody who registers.
    Registration,
    /// The many whom an administrator imports: one of them at a time, so that half of all turns stay for others.
    Import,
}

/// Computes and compares hashes.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    logins: Arc<Semaphore>,
    registrations: Arc<Semaphore>,
    imports: Arc<Semaphore>,
    /// The working memory of those that are not computed at the moment.
    memories: Arc<Mutex<Vec<Memory>>>,
    /// What the password of an account that does not exist is compared with, so that the answer
    /// takes as long as for one that does.
    decoy: Arc<str>,
}

impl Passwords {
    /// Prepares the comparison for accounts that do not exist.
    pub fn new() -> Result<Self> {
        let mut memory = Memory::default();
        let decoy = memory.digest("nobody's")?.into();
        Ok(Self {
            turns: Arc::new(Semaphore::new(CONCURRENT)),
            logins: Arc::new(Semaphore::new(CONCURRENT)),
            registrations: Arc::new(Semaphore::new(1)),
            imports: Arc::new(Semaphore::new(1)),
            memories: Arc::new(Mutex::new(vec![memory])),
            decoy,
        })
    }

    /// The hash to keep of a password that somebody who is logged in has chosen, in PHC form.
    pub async fn hash(&self, password: Password) -> Result<String> {
        self.hash_in(Lane::Known, password).await
    }

    /// The hash to keep, in PHC form.
    pub async fn hash_in(&self, lane: Lane, password: Password) -> Result<String> {
        self.compute(lane, move |memory| memory.digest(password.secret())).await?
    }

    /// Whether it is the password of `kept`; never, where there is no account.
    pub async fn matches(&self, lane: Lane, password: String, kept: Option<String>) -> Result<bool> {
        let decoy = self.decoy.clone();
        self.compute(lane, move |memory| match &kept {
            Some(kept) => memory.verify(&password, kept),
            None => {
                memory.verify(&password, &decoy);
                false
            }
        })
        .await
    }

    async fn compute<T: Send + 'static>(
        &self,
        lane: Lane,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T> {
        let turn = tokio::time::timeout(PATIENCE, self.turn(lane)).await;
        let turn = turn.map_err(|_| Error::Overload { retry_after: 5 })?.map_err(Error::inside)?;
        let memories = self.memories.clone();
        let work = move || {
            let lock = || memories.lock().unwrap_or_else(PoisonError::into_inner);
            let mut memory = lock().pop().unwrap_or_default();
            let result = work(&mut memory);
            lock().push(memory);
            drop(turn);
            result
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::inside)
    }

    async fn turn(&self, lane: Lane) -> Result<Vec<OwnedSemaphorePermit>, AcquireError> {
        let mut permits = Vec::new();
        match lane {
            Lane::Known => {}
            Lane::Login => permits.push(self.logins.clone().acquire_owned().await?),
            Lane::Registration => permits.push(self.registrations.clone().acquire_owned().await?),
            Lane::Import => permits.push(self.imports.clone().acquire_owned().await?),
        }
        permits.push(self.turns.clone().acquire_owned().await?);
        Ok(permits)
    }
}

/// What a first password is made of: what looks alike, or like something else, is not in it.
const FIRST_LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
/// How long it is: 49 bits.
const FIRST_LENGTH: usize = 10;

/// A first password that nobody can guess, for somebody who is told it on paper.
pub fn first_password() -> Result<String> {
    let mut text = String::with_capacity(FIRST_LENGTH);
    while text.len() < FIRST_LENGTH {
        let random = getrandom::u32().map_err(Error::inside)?;
        // Of 32 numbers one has no letter, and is drawn again.
        text.extend(FIRST_LETTERS.get(random as usize % 32).map(|letter| char::from(*letter)));
    }
    Ok(text)
}

/// The hash of a password with a salt of its own, in PHC form.
pub fn digest(password: &str) -> Result<String> {
    Memory::default().digest(password)
}

/// The working memory of one hash; empty until the first.
#[derive(Debug, Default)]
struct Memory(Vec<Block>);

impl Memory {
    fn digest(&mut self, password: &str) -> Result<String> {
        let argon2 = Argon2::default();
        let salt = Salt::new(&try_generate_salt().map_err(Error::inside)?).map_err(Error::inside)?;
        let hash = self.compute(&argon2, password, &salt, Params::DEFAULT_OUTPUT_LEN)?;
        let hash = PasswordHash {
            algorithm: Algorithm::default().ident(),
            version: Some(Version::default().into()),
            params: ParamsString::try_from(argon2.params()).map_err(Error::inside)?,
            salt: Some(salt),
            hash: Some(hash),
        };
        Ok(hash.to_string())
    }

    fn verify(&mut self, password: &str, kept: &str) -> bool {
        PasswordHash::new(kept).is_ok_and(|kept| self.reproduces(password, &kept).unwrap_or(false))
    }

    /// Whether the password has this hash; `Output` compares in constant time.
    fn reproduces(&mut self, password: &str, kept: &PasswordHash) -> Result<bool> {
        let (Some(salt), Some(expected)) = (&kept.salt, &kept.hash) else { return Ok(false) };
        let algorithm = Algorithm::try_from(kept.algorithm.as_str()).map_err(Error::inside)?;
        let version =
            kept.version.map_or(Ok(Version::default()), Version::try_from).map_err(Error::inside)?;
        let argon2 = Argon2::new(algorithm, version, Params::try_from(kept).map_err(Error::inside)?);
        Ok(self.compute(&argon2, password, salt, expected.len())? == *expected)
    }

    fn compute(&mut self, argon2: &Argon2<'_>, password: &str, salt: &Salt, length: usize) -> Result<Output> {
        let blocks = argon2.params().block_count();
        if self.0.len() < blocks {
            self.0.resize(blocks, Block::new());
        }
        let mut bytes = [0; Output::MAX_LENGTH];
        let hash = bytes.get_mut(..length).ok_or_else(|| Error::inside("the hash is too long"))?;
        argon2
            .hash_password_into_with_memory(password.as_bytes(), salt, hash, &mut self.0[..])
            .map_err(Error::inside)?;
        Output::new(hash).map_err(Error::inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::{PasswordHasher, PasswordVerifier};

    #[test]
    fn hashes_are_those_of_the_library() {
        let mut memory = Memory::default();
        let own = memory.digest("correct horse").unwrap();
        let library = Argon2::default();
        library.verify_password(b"correct horse", own.as_str()).unwrap();
        let kept = library.hash_password(b"correct horse").unwrap().to_string();
        assert!(memory.verify("correct horse", &kept));
        assert!(!memory.verify("wrong horse", &kept));
        assert!(!memory.verify("correct horse", "not a hash"));
    }

    #[test]
    fn a_first_password_is_another_each_time_and_can_be_read_out() {
        let made: std::collections::BTreeSet<_> = (0..100).map(|_| first_password().unwrap()).collect();
        assert_eq!(made.len(), 100);
        assert!(made.iter().all(|one| one.len() == FIRST_LENGTH && !one.contains(['i', 'l', 'o', '0', '1'])));
    }

    #[actix_web::test]
    async fn whoever_is_known_does_not_wait_for_a_crowd() {
        let passwords = Passwords::new().unwrap();
        let crowd = passwords.clone();
        let crowd = (0..200).map(move |_| {
            let passwords = crowd.clone();
            actix_web::rt::spawn(async move {
                passwords.matches(Lane::Login, "a guess".to_owned(), None).await.unwrap_or_default();
            })
        });
        let crowd: Vec<_> = crowd.collect();
        tokio::task::yield_now().await;
        assert!(!passwords.matches(Lane::Known, "a guess".to_owned(), None).await.unwrap());
        assert!(crowd.iter().filter(|one| !one.is_finished()).count() > 150, "it waited for many");
        assert!(passwords.memories.lock().unwrap().len() <= CONCURRENT, "memories are used again");
        crowd.iter().for_each(|one| one.abort());
    }
}
