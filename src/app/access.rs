//! Whose token it is, what they may ask for, and logging out.

use crate::app::App;
use crate::auth::address::{FileAddress, Signature};
use crate::auth::token;
use crate::error::Result;
use crate::limits::account::Spending;
use crate::model::Caller;
use crate::service::sessions;
use std::time::Instant;

impl App {
    /// Whose token it is; `FA_AUTH` where it is nobody's.
    pub async fn caller(&self, token: &str) -> Result<Caller> {
        let hash = token::hash(token);
        let remembered = match self.trusts_memory() {
            true => self.0.token_cache.find(hash),
            false => Err(self.0.token_cache.generation()),
        };
        let generation = match remembered {
            Ok(caller) => return Ok(caller),
            Err(generation) => generation,
        };
        let caller = self.read(move |connection| sessions::find_caller(connection, hash)).await?;
        self.0.token_cache.insert(generation, &caller);
        Ok(caller)
    }

    /// Who reads a file by an address that one of their tokens has signed; `FA_AUTH` where none has, or it is over.
    pub async fn reader_of(&self, address: FileAddress, signature: Signature) -> Result<Caller> {
        self.read(move |connection| sessions::find_reader(connection, &address, &signature)).await
    }

    /// Whether this process is told at once what becomes void: it is alone, or hears all other nodes.
    pub fn trusts_memory(&self) -> bool {
        self.0.nodes.as_ref().is_none_or(|nodes| nodes.hears_all(Instant::now()))
    }

    /// Fails with `FA_AUTH` where a caller's token has become void since the head of their request came:
    /// for what is done by an actor instead of a transaction of theirs.
    pub async fn require_valid(&self, caller: &Caller) -> Result<()> {
        let token = caller.token;
        self.read(move |connection| sessions::require_valid(connection, token)).await
    }

    /// Counts what a caller asks for; `FA_LIMIT` where they have used up their budget.
    pub fn spend(&self, caller: &Caller, what: Spending) -> Result<()> {
        self.0.account_limit.spend(caller, what, Instant::now())
    }

    /// Makes a token void and closes its connections.
    pub async fn log_out(&self, caller: Caller) -> Result<()> {
        self.write_as(caller, |tx, caller| sessions::revoke(tx, &caller.uid, caller.token)).await
    }
}
