//! Whose token it is, and logging out.

use crate::app::App;
use crate::auth::token;
use crate::error::{Error, Result};
use crate::model::Caller;
use crate::service::sessions;
use crate::store::token as tokens;

impl App {
    /// Whose token it is; `FA_AUTH` where it is nobody's.
    pub async fn caller(&self, token: &str) -> Result<Caller> {
        let hash = token::hash(token);
        let generation = match self.0.token_cache.find(hash) {
            Ok(caller) => return Ok(caller),
            Err(generation) => generation,
        };
        let found = self.read(move |connection| tokens::find_caller(connection, hash)).await?;
        let caller = found.ok_or(Error::Auth("the token is not valid: log in"))?;
        self.0.token_cache.insert(generation, &caller);
        Ok(caller)
    }

    /// Makes a token void and closes its connections.
    pub async fn log_out(&self, caller: Caller) -> Result<()> {
        let Caller { uid, token, .. } = caller;
        self.write(move |tx| sessions::revoke(tx, &uid, token)).await
    }
}
