//! The timers of all plain WebSockets of a worker: a heap that is looked at ten times a second. A timer of
//! its own would cost a connection ten times the memory, and it has two.

use actix::WeakRecipient;
use actix::prelude::*;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

/// How often it is looked what is due: as late may it come.
pub const TICK: Duration = Duration::from_millis(100);

/// What a connection is told when its time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Message)]
#[rtype(result = "()")]
pub enum Timer {
    /// A regular beat: again after as long.
    Beat(Duration),
    /// It is time to look whether somebody has registered.
    Look,
}

thread_local! {
    static TIMERS: RefCell<BinaryHeap<Due>> = const { RefCell::new(BinaryHeap::new()) };
}

struct Due {
    at: Instant,
    timer: Timer,
    /// Not kept alive by it.
    recipient: WeakRecipient<Timer>,
}

/// Tells `recipient` after `delay`, if it is still there, in this thread.
pub fn start(timer: Timer, delay: Duration, recipient: WeakRecipient<Timer>) {
    let first = TIMERS.with_borrow_mut(|timers| {
        timers.push(Due { at: Instant::now() + delay, timer, recipient });
        timers.len() == 1
    });
    if first {
        actix::spawn(run());
    }
}

/// Runs as long as there is a timer.
async fn run() {
    while TIMERS.with_borrow(|timers| !timers.is_empty()) {
        actix_web::rt::time::sleep(TICK).await;
        let now = Instant::now();
        while let Some(due) = TIMERS.with_borrow_mut(|timers| pop(timers, now)) {
            fire(due);
        }
    }
}

fn pop(timers: &mut BinaryHeap<Due>, now: Instant) -> Option<Due> {
    timers.peek().filter(|due| due.at <= now)?;
    timers.pop()
}

fn fire(Due { at, timer, recipient }: Due) {
    let Some(present) = recipient.upgrade() else { return };
    // One whose mailbox is full is busy, or about to be closed as too slow.
    let _ = present.try_send(timer);
    if let Timer::Beat(interval) = timer
        && present.connected()
    {
        TIMERS.with_borrow_mut(|timers| timers.push(Due { at: at + interval, timer, recipient }));
    }
}

/// The one that is due first is the greatest, as the heap has the greatest on top.
impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        other.at.cmp(&self.at)
    }
}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Due {}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

    struct Listener(UnboundedSender<Timer>);

    impl Actor for Listener {
        type Context = Context<Self>;
    }

    impl Handler<Timer> for Listener {
        type Result = ();

        fn handle(&mut self, timer: Timer, _: &mut Self::Context) {
            self.0.send(timer).unwrap();
        }
    }

    #[actix_web::test]
    async fn beats_come_again_and_others_do_not() {
        let (sender, mut heard) = unbounded_channel();
        let listener = Listener(sender).start();
        let beat = Timer::Beat(Duration::from_millis(150));
        start(beat, Duration::from_millis(150), listener.clone().recipient().downgrade());
        start(Timer::Look, Duration::ZERO, listener.clone().recipient().downgrade());
        for timer in [Timer::Look, beat, beat] {
            assert_eq!(heard.recv().await, Some(timer));
        }
        drop(listener);
        assert_eq!(heard.recv().await, None, "timers do not keep an actor");
        while TIMERS.with_borrow(|timers| !timers.is_empty()) {
            tokio::task::yield_now().await;
        }
    }
}
