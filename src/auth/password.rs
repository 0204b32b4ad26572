//! Passwords: argon2id with its recommended cost, off the async threads, a few at a time.

use crate::error::{Error, Result};
use crate::model::Password;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How many are computed at once; each takes 19 MiB and some 20 ms of a core.
const CONCURRENT: usize = 2;
/// How long one waits for its turn before it is refused with `FA_OVERLOAD`.
const PATIENCE: Duration = Duration::from_secs(10);

/// Computes and compares hashes.
#[derive(Debug, Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    /// What the password of an account that does not exist is compared with, so that the answer
    /// takes as long as for one that does.
    decoy: Arc<str>,
}

impl Passwords {
    /// Prepares the comparison for accounts that do not exist.
    pub fn new() -> Result<Self> {
        Ok(Self { permits: Arc::new(Semaphore::new(CONCURRENT)), decoy: digest("nobody's")?.into() })
    }

    /// The hash to keep, in PHC form.
    pub async fn hash(&self, password: Password) -> Result<String> {
        self.compute(move || digest(password.secret())).await?
    }

    /// Whether it is the password of `kept`; never, where there is no account.
    pub async fn matches(&self, password: String, kept: Option<String>) -> Result<bool> {
        let decoy = self.decoy.clone();
        self.compute(move || match &kept {
            Some(kept) => verify(&password, kept),
            None => {
                verify(&password, &decoy);
                false
            }
        })
        .await
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let permit = tokio::time::timeout(PATIENCE, self.permits.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| Error::Overload { retry_after: 5 })?.map_err(Error::inside)?;
        let work = move || {
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::inside)
    }
}

/// The hash of a password with a salt of its own, in PHC form.
pub fn digest(password: &str) -> Result<String> {
    Ok(Argon2::default().hash_password(password.as_bytes()).map_err(Error::inside)?.to_string())
}

fn verify(password: &str, kept: &str) -> bool {
    let verify = |kept: PasswordHash| Argon2::default().verify_password(password.as_bytes(), &kept);
    PasswordHash::new(kept).is_ok_and(|kept| verify(kept).is_ok())
}
