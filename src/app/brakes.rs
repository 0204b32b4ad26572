//! The brakes on guessing passwords and on making accounts: in memory where one process is alone, in the store where several
//! nodes have them together.

use crate::app::App;
use crate::error::Result;
use crate::limits::login::LoginAttempt;
use crate::limits::network::Network;
use crate::service::brakes;
use std::time::Instant;

impl App {
    /// Counts an attempt to log in, before the password is looked at; `FA_LIMIT` with the time to wait where there
    /// were too many.
    pub async fn admit_login(&self, attempt: &LoginAttempt) -> Result<()> {
        if self.0.nodes.is_none() {
            return self.0.login_limit.admit(attempt, Instant::now());
        }
        let buckets = attempt.buckets();
        self.write(move |tx| brakes::take_all(tx, &buckets)).await
    }

    /// The password was right: the attempt does not count, and earlier failures there are forgotten.
    pub async fn login_succeeded(&self, attempt: &LoginAttempt) -> Result<()> {
        if self.0.nodes.is_none() {
            self.0.login_limit.succeeded(attempt);
            return Ok(());
        }
        let forgiven = attempt.forgiven();
        self.write(move |tx| brakes::forgive(tx, &forgiven)).await
    }

    /// Counts the making of an account; `FA_LIMIT` with the time to wait where there were too many.
    pub async fn admit_registration(&self, network: Network) -> Result<()> {
        if self.0.nodes.is_none() {
            return self.0.registration_limit.admit(network, Instant::now());
        }
        let buckets = [self.0.registration_limit.bucket(network)];
        self.write(move |tx| brakes::take_all(tx, &buckets)).await
    }
}
