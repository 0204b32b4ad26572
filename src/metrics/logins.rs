//! Who wanted to log in, and what became of it.

use super::Figures;
use crate::error::Result;
use crate::model::Role;
use prometheus::IntCounterVec;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The password was right.
    Admitted,
    /// It was not, or there is no such account.
    Refused,
    /// It was not looked at: too many attempts.
    Throttled,
    /// The server could not tell.
    Failed,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
        }
    }
}

/// All attempts.
pub struct Logins(IntCounterVec);

impl Logins {
    pub(super) fn new(figures: &Figures) -> Result<Self> {
        let help = "Attempts to log in, by what became of them.";
        let logins = Self(figures.counters("jiayi_logins_total", help, &["role", "outcome"])?);
        for &role in Role::ALL {
            for outcome in [Outcome::Admitted, Outcome::Refused, Outcome::Throttled, Outcome::Failed] {
                logins.of(role, outcome).reset();
            }
        }
        Ok(logins)
    }

    /// Somebody has tried.
    pub fn count(&self, role: Role, outcome: Outcome) {
        self.of(role, outcome).inc();
    }

    fn of(&self, role: Role, outcome: Outcome) -> prometheus::IntCounter {
        self.0.with_label_values(&[role.as_str(), outcome.as_str()])
    }
}
