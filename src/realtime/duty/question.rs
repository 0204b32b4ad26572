//! A question that waits: what is due next, and when. Without a clock, a store or an actor.

use crate::model::{ReminderTarget, Time};
use crate::protocol::objects::QuestionStatus;
use std::time::Duration;

/// A question that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// How it stands.
    pub status: QuestionStatus,
    /// Who was reminded of it last.
    pub reminded: Option<ReminderTarget>,
}

/// What happens when it has waited for long enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Whoever has claimed it has not answered in time: it is everybody's again.
    ClaimEnds,
    /// Somebody is reminded.
    Remind(ReminderTarget),
}

impl Waiting {
    /// What is due next, and when, where its doctor is reminded after `patience` and the leader after twice
    /// that; `None` where nothing ever is.
    pub fn next(&self, patience: Option<Duration>) -> Option<(Time, Due)> {
        let claim = self.status.claim.as_ref().map(|claim| (claim.until, Due::ClaimEnds));
        let reminder = patience.zip(self.unreminded());
        let reminder = reminder
            .map(|(patience, whom)| (self.status.since + patience_with(whom, patience), Due::Remind(whom)));
        claim.into_iter().chain(reminder).min_by_key(|(at, _)| *at)
    }

    /// Who is reminded next.
    fn unreminded(&self) -> Option<ReminderTarget> {
        match self.reminded {
            None => Some(ReminderTarget::Doctor),
            Some(ReminderTarget::Doctor) => Some(ReminderTarget::Leader),
            Some(ReminderTarget::Leader) => None,
        }
    }
}

/// How long a question waits before somebody is reminded.
pub(super) fn patience_with(whom: ReminderTarget, patience: Duration) -> Duration {
    match whom {
        ReminderTarget::Doctor => patience,
        ReminderTarget::Leader => 2 * patience,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DialogId, Process, RoomId, Uid};
    use crate::protocol::objects::Claim;

    const PATIENCE: Option<Duration> = Some(Duration::from_secs(600));

    fn at(seconds: i64) -> Time {
        Time::from_millis(seconds * 1000)
    }

    fn asked_at_zero(reminded: Option<ReminderTarget>, claimed_until: Option<i64>) -> Waiting {
        let uid = Uid::try_from("d1".to_owned()).unwrap();
        let claim = claimed_until.map(|until| Claim { uid, name: "赵医生".to_owned(), until: at(until) });
        let (dialogid, roomid) = (DialogId::new(), RoomId::new());
        let status =
            QuestionStatus { dialogid, roomid, process: Some(Process::Waiting), claim, since: at(0) };
        Waiting { status, reminded }
    }

    #[test]
    fn the_doctor_is_reminded_then_the_leader_then_nobody() {
        let next = |reminded| asked_at_zero(reminded, None).next(PATIENCE);
        assert_eq!(next(None), Some((at(600), Due::Remind(ReminderTarget::Doctor))));
        let doctor = Some(ReminderTarget::Doctor);
        assert_eq!(next(doctor), Some((at(1200), Due::Remind(ReminderTarget::Leader))));
        assert_eq!(next(Some(ReminderTarget::Leader)), None);
    }

    #[test]
    fn a_claim_ends_before_or_after_a_reminder() {
        let next = |until| asked_at_zero(None, Some(until)).next(PATIENCE);
        assert_eq!(next(300), Some((at(300), Due::ClaimEnds)));
        assert_eq!(next(900), Some((at(600), Due::Remind(ReminderTarget::Doctor))));
    }

    #[test]
    fn where_nobody_is_reminded_only_claims_end() {
        assert_eq!(asked_at_zero(None, None).next(None), None);
        assert_eq!(asked_at_zero(None, Some(300)).next(None), Some((at(300), Due::ClaimEnds)));
    }
}
