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

    /// A page that was asked for: returns what of it to send, and where to read on.
    pub fn page(&mut self, mut frames: Vec<Frame>) -> (Vec<Frame>, Option<Fetch>) {
        self.fetching = false;
        frames.retain(|frame| frame.seq > self.sent);
        // Nothing is left to read: what is known of but not there has been thrown away.
        self.sent = frames.last().map_or(self.known.max(self.sent), |last| last.seq);
        (frames, self.fetch())
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
        Answer { page: usize },
        Failure,
    }

    fn turns() -> impl Strategy<Value = Vec<Turn>> {
        let turn = prop_oneof![
            3 => Just(Turn::Commit),
            3 => any::<prop::sample::Index>().prop_map(Turn::Hint),
            2 => (1..4usize).prop_map(|page| Turn::Answer { page }),
            1 => Just(Turn::Failure),
        ];
        prop::collection::vec(turn, 0..120)
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
                        let rows = (after + 1..=stored).take(page).map(frame).collect();
                        let (frames, next) = feed.page(rows);
                        heard.extend(frames.iter().map(|frame| frame.seq));
                        asked = next;
                    },
                    Turn::Failure => if asked.take().is_some() { feed.failed() },
                    Turn::Hint(_) => {}
                }
            }
            // The last push of all is hinted at in the end, as the registry does.
            stored += 1;
            take(stored, feed.on_push(stored), &mut asked, &mut heard);
            while let Some(Fetch { after }) = asked.take() {
                let (frames, next) = feed.page((after + 1..=stored).map(frame).collect());
                heard.extend(frames.iter().map(|frame| frame.seq));
                asked = next;
            }
            prop_assert_eq!(heard, (since + 1..=stored).collect::<Vec<_>>());
        }
    }
}
