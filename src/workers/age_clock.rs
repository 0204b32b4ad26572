//! The clock by which it is decided what is old enough to be thrown away. What is gone because a clock was ahead does not
//! come back, while what stays longer goes later: so it would rather be behind.
//!
//! It shows what time it was for certain when it was started (`store::clock`), and what has passed since: nobody sets it.
//! It is started anew each week, as what a computer's clock has shown for so long is taken for right.

use crate::app::App;
use crate::error::Result;
use crate::model::{SteadyClock, Time};
use crate::store::clock::certain_now;
use std::time::Duration;

/// How long it goes on.
const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// The clock; it is started when it is first looked at.
#[derive(Debug, Default)]
pub struct AgeClock(Option<SteadyClock>);

impl AgeClock {
    /// The present, or earlier; never later than what the computer's clock shows.
    pub async fn now(&mut self, app: &App) -> Result<Time> {
        let clock = match self.0.filter(|clock| clock.age() < WEEK) {
            Some(clock) => clock,
            None => *self.0.insert(SteadyClock::showing(app.read(certain_now).await?)),
        };
        Ok(clock.now().min(Time::now()))
    }
}
