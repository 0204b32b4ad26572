//! Attempts to log in, by role and outcome.

use super::set::MetricSet;
use crate::error::Result;
use crate::model::Role;
use prometheus::IntCounterVec;

/// How an attempt to log in ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginOutcome {
    /// The password was right.
    Admitted,
    /// The password was wrong, or there is no such account.
    Refused,
    /// Refused without a look at the password: too many attempts.
    Throttled,
    /// The server failed.
    Failed,
}

impl LoginOutcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
        }
    }
}

/// All attempts to log in.
pub struct Logins(IntCounterVec);

impl Logins {
    pub(super) fn new(set: &MetricSet) -> Result<Self> {
        let help = "Attempts to log in, by what became of them.";
        let logins = Self(set.counters("jiayi_logins_total", help, &["role", "outcome"])?);
        for &role in Role::ALL {
            for outcome in
                [LoginOutcome::Admitted, LoginOutcome::Refused, LoginOutcome::Throttled, LoginOutcome::Failed]
            {
                logins.of(role, outcome).reset();
            }
        }
        Ok(logins)
    }

    /// Counts one attempt.
    pub fn count(&self, role: Role, outcome: LoginOutcome) {
        self.of(role, outcome).inc();
    }

    fn of(&self, role: Role, outcome: LoginOutcome) -> prometheus::IntCounter {
        self.0.with_label_values(&[role.as_str(), outcome.as_str()])
    }
}
