//! The loop that every worker runs in, and the one place where workers log what fails.

use crate::app::App;
use crate::db::lane::is_ending;
use crate::error::Result;
use std::time::{Duration, Instant};

/// What a worker does after a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It begins the next round at once.
    Continue,
    /// It waits for this long.
    Wait(Duration),
    /// It ends.
    End,
}

/// The pauses after rounds that failed: they double from one second to ten.
#[derive(Debug, Clone, PartialEq, Eq)]
struct BackOff(Duration);

impl BackOff {
    const SHORTEST: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_secs(10);

    fn new() -> Self {
        Self(Self::SHORTEST)
    }

    /// How long to wait now, before the pause doubles.
    fn next(&mut self) -> Duration {
        let doubled = (self.0 * 2).min(Self::LONGEST);
        std::mem::replace(&mut self.0, doubled)
    }
}

/// Runs a worker's rounds, one after the other, until it ends or the server does. A round that failed
/// is logged under the worker's name and tried again after a pause, which doubles as long as rounds fail.
pub fn spawn(name: &'static str, mut round: impl AsyncFnMut() -> Result<Next> + 'static) {
    actix::spawn(async move {
        let mut back_off = BackOff::new();
        loop {
            let outcome = round().await;
            if outcome.is_ok() {
                back_off = BackOff::new();
            }
            match outcome {
                Ok(Next::Continue) => {}
                Ok(Next::Wait(pause)) => tokio::time::sleep(pause).await,
                Ok(Next::End) => return,
                // The store is closed before the process ends, under whatever runs by itself.
                Err(error) if is_ending(&error) => return,
                Err(error) => {
                    error.log(&format!("{name} failed"));
                    tokio::time::sleep(back_off.next()).await;
                }
            }
        }
    });
}

/// Does a step of something long, and leaves the store to others for as long as it took.
pub async fn step<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let begun = Instant::now();
    let done = work.await?;
    tokio::time::sleep(begun.elapsed()).await;
    Ok(done)
}

/// Runs a worker's round now and then every `period`, counted from the end of a round.
pub fn spawn_every(
    name: &'static str,
    period: Duration,
    mut round: impl AsyncFnMut() -> Result<()> + 'static,
) {
    spawn(name, async move || round().await.map(|()| Next::Wait(period)));
}

/// The same for what one of several nodes does for all: as long as this process is not the one, no round begins, and
/// the one that is under way breaks off when it no longer is.
pub fn spawn_once(app: App, name: &'static str, mut round: impl AsyncFnMut() -> Result<Next> + 'static) {
    spawn(name, async move || {
        app.chores_begin().await;
        tokio::select! {
            outcome = round() => outcome,
            () = app.chores_end() => Ok(Next::Continue),
        }
    });
}

/// The same every `period`.
pub fn spawn_every_once(
    app: App,
    name: &'static str,
    period: Duration,
    mut round: impl AsyncFnMut() -> Result<()> + 'static,
) {
    spawn_once(app, name, async move || round().await.map(|()| Next::Wait(period)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::lane::ENDING;
    use crate::error::Error;

    #[test]
    fn pauses_double_up_to_ten_seconds() {
        let mut back_off = BackOff::new();
        let pauses: Vec<u64> = (0..8).map(|_| back_off.next().as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 10, 10, 10, 10]);
    }

    #[actix::test]
    async fn a_worker_runs_until_it_ends() {
        let (rounds, mut ended) = tokio::sync::mpsc::unbounded_channel();
        let mut round = 0;
        spawn("counting", async move || {
            round += 1;
            rounds.send(round).map_err(Error::inside)?;
            Ok(if round < 3 { Next::Continue } else { Next::End })
        });
        let mut seen = Vec::new();
        while let Some(round) = ended.recv().await {
            seen.push(round);
        }
        assert_eq!(seen, [1, 2, 3]);
    }

    #[actix::test]
    async fn a_worker_ends_with_the_store() {
        let (rounds, mut ended) = tokio::sync::mpsc::unbounded_channel();
        spawn("counting", async move || {
            rounds.send(()).map_err(Error::inside)?;
            Err(ENDING)
        });
        assert_eq!(ended.recv().await, Some(()));
        assert_eq!(ended.recv().await, None, "it does not try again");
    }
}
