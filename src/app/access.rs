//! Whose token it is, and making tokens void.

use super::App;
use crate::auth::token;
use crate::error::{Error, Result};
use crate::model::Uid;
use crate::realtime::close::Close;
use crate::realtime::registry::CloseAll;
use crate::store::login::{self, Caller, TokenHash};

impl App {
    /// Whose token it is; `FA_AUTH` where it is nobody's.
    pub async fn caller(&self, token: &str) -> Result<Caller> {
        let hash = token::hash(token);
        let before = match self.0.good_tokens.recall(hash) {
            Ok(caller) => return Ok(caller),
            Err(before) => before,
        };
        let found = self.read(move |connection| login::find_caller(connection, hash)).await?;
        let caller = found.ok_or(Error::Auth("the token is not valid: log in"))?;
        self.0.good_tokens.remember(before, &caller);
        Ok(caller)
    }

    /// Makes a token void and closes its connections.
    pub async fn log_out(&self, caller: Caller) -> Result<()> {
        let hash = caller.token;
        self.write(move |tx| login::revoke(tx, hash)).await?;
        self.0.good_tokens.forget(hash);
        self.close_connections(caller.uid, Some(hash)).await
    }

    /// After an account was changed: what is remembered of it is stale.
    pub fn forget(&self, uid: &Uid) {
        self.0.good_tokens.forget_account(uid);
    }

    /// After an account's tokens were made void: forgets them and closes its connections.
    pub async fn shut_out(&self, uid: Uid) -> Result<()> {
        self.0.good_tokens.forget_account(&uid);
        self.close_connections(uid, None).await
    }

    async fn close_connections(&self, uid: Uid, token: Option<TokenHash>) -> Result<()> {
        let message = CloseAll { uid, token: token.map(|hash| hash.0), why: Close::TokenVoid };
        self.0.registry.send(message).await.map_err(Error::inside)
    }
}
