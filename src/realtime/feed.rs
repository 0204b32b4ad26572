//! The order of one session's pushes: replay first, then live, no gap, nothing twice.
//!
//! The store is the truth and a live push is only a hint: one that does not follow the last one
//! sent makes the feed read on from the store. Pure; whoever owns it reads and sends.

use crate::protocol::frame::Frame;

/// How far one session's pushes have come.
#[derive(Debug)]
pub struct Feed {
    /// The last push sent.
    sent: i64,
    /// The newest push known of.
    known: i64,
    /// Whether a page of the store is on its way.
    fetching: bool,
}

/// What is to be done after a live push.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Send it.
    Send,
    /// Read the store from here on.
    Fetch(Fetch),
    /// Nothing: it was sent already, or comes with a page that is on its way.
    Nothing,
}

/// What the store has after the last push sent.
#[derive(Debug, Default)]
pub struct Page {
    /// The pushes, in order.
    pub frames: Vec<Frame>,
    /// The newest push that is no longer held, where the next one is not among them.
    pub pruned: i64,
}

/// The pushes after this number are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetch {
    /// The last push sent.
    pub after: i64,
}

impl Feed {
    /// A feed whose client has everything up to `since`, where `newest` is the newest push.
    pub fn start(since: i64, newest: i64) -> (Self, Option<Fetch>) {
        let mut feed = Self { sent: since, known: newest, fetching: false };
        let fetch = feed.fetch();
        (feed, fetch)
    }

    /// The last push sent.
    pub fn sent(&self) -> i64 {
        self.sent
    }

    /// A live push with this number.
    pub fn on_push(&mut self, seq: i64) -> Step {
        self.known = self.known.max(seq);
        if !self.fetching && seq == self.sent + 1 {
            self.sent = seq;
            return Step::Send;
        }
        self.fetch().map_or(Step::Nothing, Step::Fetch)
    }

    /// The store has pushes up to this one: where to read on, if not all of them are sent or on their way.
    pub fn on_newest(&mut self, seq: i64) -> Option<Fetch> {
        self.known = self.known.max(seq);
        self.fetch()
    }

    /// A page that was asked for: returns what of it to send, and where to read on.
    pub fn page(&mut self, Page { mut frames, pruned }: Page) -> (Vec<Frame>, Option<Fetch>) {
        self.fetching = false;
        let (before, newest) = (self.sent, frames.last().map(|last| last.seq));
        // Only what was thrown away is passed over.
        self.sent = self.sent.max(pruned);
        frames.retain(|frame| {
            let follows = frame.seq == self.sent + 1;
            self.sent += i64::from(follows);
            follows
        });
        // A page without the next push proves nothing: what is known of is asked for again by the next live push,
        // or the next beat. Only one that is behind what was sent apart is no such page.
        let was_behind = newest.is_some_and(|newest| newest <= before);
        let next = if self.sent > before || was_behind { self.fetch() } else { None };
        (frames, next)
    }

    /// A page that could not be read; the next live push, or the next beat, asks again.
    pub fn failed(&mut self) {
        self.fetching = false;
    }

    /// Pushes up to `last` that were sent apart from the feed, at the client's own wish.
    pub fn sent_apart(&mut self, since: i64, last: i64) {
        if since <= self.sent && last > self.sent {
            self.sent = last;
            self.known = self.known.max(last);
        }
    }

    /// Where to read on, if there is anything and nobody reads yet.
    pub fn fetch(&mut self) -> Option<Fetch> {
        let wanted = !self.fetching && self.known > self.sent;
        self.fetching |= wanted;
        wanted.then_some(Fetch { after: self.sent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(seq: i64) -> Frame {
        Frame { seq, name: "S2C_X".into(), own: None, shared: "{}".into() }
    }

    /// What happens around a feed: a live push arrives (perhaps late), or the store answers.
    #[derive(Debug, Clone)]
    enum Turn {
        Commit,
        Hint(prop::sample::Index),
        Answer {
            page: usize,
        },
        /// The store does not show what is committed.
        Blind,
        /// The client asks by itself for what comes next.
        Apart {
            page: usize,
        },
        Failure,
    }

    fn turns() -> impl Strategy<Value = Vec<Turn>> {
        let turn = prop_oneof![
            3 => Just(Turn::Commit),
            3 => any::<prop::sample::Index>().prop_map(Turn::Hint),
            2 => (1..4usize).prop_map(|page| Turn::Answer { page }),
            1 => Just(Turn::Blind),
            1 => (1..4usize).prop_map(|page| Turn::Apart { page }),
            1 => Just(Turn::Failure),
        ];
        prop::collection::vec(turn, 0..120)
    }

    fn page(seqs: impl IntoIterator<Item = i64>, pruned: i64) -> Page {
        Page { frames: seqs.into_iter().map(frame).collect(), pruned }
    }

    #[test]
    fn only_what_was_thrown_away_is_passed_over() {
        let (mut feed, asked) = Feed::start(2, 9);
        assert_eq!(asked, Some(Fetch { after: 2 }));
        assert_eq!(feed.page(page([6, 7], 4)), (Vec::new(), Some(Fetch { after: 4 })), "5 is to come yet");
        assert_eq!(feed.page(page([6, 7], 4)), (Vec::new(), None), "and is asked for by the next beat");
        assert_eq!(feed.fetch(), Some(Fetch { after: 4 }));
        assert_eq!(feed.page(page([], 9)), (Vec::new(), None), "all of it is gone");
        assert_eq!(feed.on_push(10), Step::Send);
    }

    #[test]
    fn a_page_behind_what_was_sent_apart_ends_nothing() {
        let (mut feed, _) = Feed::start(0, 9);
        feed.sent_apart(0, 6);
        assert_eq!(feed.page(page(1..=5, 0)), (Vec::new(), Some(Fetch { after: 6 })));
        assert_eq!(feed.page(page(7..=9, 6)).0.len(), 3);
    }

    proptest! {
        #[test]
        fn whatever_the_order_of_hints_and_pages_the_client_hears_each_push_once_in_order(
            since in 0..5i64, before in 0..5i64, turns in turns()
        ) {
            let mut stored = since + before;
            let (mut feed, mut asked) = Feed::start(since, stored);
            let mut heard = Vec::new();
            let take = |seq, step: Step, asked: &mut Option<Fetch>, heard: &mut Vec<i64>| match step {
                Step::Send => heard.push(seq),
                Step::Fetch(fetch) => { assert!(asked.is_none()); *asked = Some(fetch) }
                Step::Nothing => {}
            };
            for turn in turns {
                match turn {
                    Turn::Commit => stored += 1,
                    Turn::Hint(which) if stored > 0 => {
                        let seq = 1 + which.index(stored as usize) as i64;
                        take(seq, feed.on_push(seq), &mut asked, &mut heard);
                    }
                    Turn::Answer { page } => if let Some(Fetch { after }) = asked.take() {
                        let rows = (after + 1..=stored).take(page).map(frame);
                        let (frames, next) = feed.page(Page { frames: rows.collect(), pruned: after });
                        heard.extend(frames.iter().map(|frame| frame.seq));
                        asked = next;
                    },
                    Turn::Blind => if asked.take().is_some() {
                        assert_eq!(feed.page(Page::default()), (Vec::new(), None));
                    },
                    Turn::Apart { page } => {
                        let since = feed.sent();
                        heard.extend((since + 1..=stored).take(page));
                        feed.sent_apart(since, (since + page as i64).min(stored));
                    }
                    Turn::Failure => if asked.take().is_some() { feed.failed() },
                    Turn::Hint(_) => {}
                }
            }
            // The last push of all is hinted at in the end, as the registry does.
            stored += 1;
            take(stored, feed.on_push(stored), &mut asked, &mut heard);
            while let Some(Fetch { after }) = asked.take() {
                let rows = (after + 1..=stored).map(frame);
                let (frames, next) = feed.page(Page { frames: rows.collect(), pruned: after });
                heard.extend(frames.iter().map(|frame| frame.seq));
                asked = next;
            }
            prop_assert_eq!(heard, (since + 1..=stored).collect::<Vec<_>>());
        }
    }
}
