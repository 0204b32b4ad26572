//! What a period looks like from the back office: how soon residents were answered, how much doctors and teams did,
//! what became of contracts.
//!
//! Messages are counted as they are read, page by page, so that no reading is long; what was counted is kept in
//! memory alone.

use crate::db::bulk::MANY;
use crate::db::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::model::{ContractStatus, DialogId, Malformed, Process, Role, Stid, Time, Uid};
use crate::store::account;
use crate::store::report::{self, ContractCount, Written};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

/// How long a period may be.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);
/// How many messages of a period are counted.
const MOST_MESSAGES: usize = 500_000;
/// How many of them are read at a time.
pub const PAGE: i64 = 5000;

/// Fails with `FA_PARAM` unless a period ends after it begins, within 366 days.
pub fn check_period(period: &Range<Time>) -> Result<()> {
    match (period.start < period.end, period.end.since(period.start) <= LONGEST) {
        (false, _) => Err(Error::param("until", Malformed::Order("from"))),
        (true, false) => Err(Error::param("until", Malformed::Period)),
        (true, true) => Ok(()),
    }
}

/// How soon questions were answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AnswerFigures {
    /// Messages by which residents asked something.
    pub questions: usize,
    /// Those of them that somebody answered.
    pub answered: usize,
    /// Those that wait.
    pub waiting: usize,
    /// Half of those that were answered waited no longer than this, in seconds.
    pub median: Option<i64>,
    /// Nine of ten waited no longer.
    pub p90: Option<i64>,
}

/// Questions, as they are counted.
#[derive(Debug, Default)]
struct Questions {
    asked: usize,
    waiting: usize,
    /// How long those that were answered had waited, in seconds.
    waited: Vec<i64>,
}

impl Questions {
    fn add(&mut self, written: &Written) {
        self.asked += 1;
        self.waiting += usize::from(written.process == Some(Process::Waiting));
        self.waited.extend(seconds(written));
    }

    fn figures(mut self) -> AnswerFigures {
        self.waited.sort_unstable();
        let share =
            |share: usize| self.waited.get((self.waited.len() * share).div_ceil(100).max(1) - 1).copied();
        AnswerFigures {
            questions: self.asked,
            answered: self.waited.len(),
            waiting: self.waiting,
            median: share(50),
            p90: share(90),
        }
    }
}

/// How long a question waited for its answer.
fn seconds(written: &Written) -> Option<i64> {
    let waited = written.answertime?.since(written.createtime).as_secs();
    i64::try_from(waited).ok()
}

/// What was written in a period, as far as it is counted.
#[derive(Debug, Default)]
pub struct Work {
    messages: usize,
    all: Questions,
    teams: HashMap<Stid, Questions>,
    answers: HashMap<Uid, Vec<i64>>,
    written: HashMap<Uid, usize>,
}

impl Work {
    /// Counts a page of messages; where there may be more, the one to go on after.
    pub fn add(&mut self, page: &[Written]) -> Result<Option<DialogId>> {
        self.messages += page.len();
        if self.messages > MOST_MESSAGES {
            return Err(Error::param("until", Malformed::Period));
        }
        page.iter().for_each(|written| self.add_one(written));
        Ok(page.last().filter(|_| page.len() as i64 == PAGE).map(|last| last.dialogid.clone()))
    }

    fn add_one(&mut self, written: &Written) {
        if written.role == Role::Doctor {
            *self.written.entry(written.fromuid.clone()).or_default() += 1;
        }
        if written.role != Role::User || written.process.is_none() {
            return;
        }
        self.all.add(written);
        if let Some(stid) = &written.stid {
            self.teams.entry(stid.clone()).or_default().add(written);
        }
        if let (Some(uid), Some(waited)) = (&written.answeruid, seconds(written)) {
            self.answers.entry(uid.clone()).or_default().push(waited);
        }
    }
}

/// How soon residents were answered in a period, and by whom.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WorkReport {
    /// All questions of residents.
    all: AnswerFigures,
    /// Those of the residents of each team.
    teams: Vec<TeamWork>,
    /// Each doctor who wrote anything.
    doctors: Vec<DoctorWork>,
}

/// How soon the residents of a team were answered; a resident counts with the team of the contract in force.
#[derive(Debug, Serialize, JsonSchema)]
struct TeamWork {
    stid: Stid,
    #[schemars(example = &"签约团队一")]
    name: String,
    #[serde(flatten)]
    figures: AnswerFigures,
}

/// What a doctor did.
#[derive(Debug, Serialize, JsonSchema)]
struct DoctorWork {
    uid: Uid,
    #[schemars(example = &"王医生")]
    name: String,
    /// Messages in any room.
    messages: usize,
    /// Questions of residents that they answered, also in the place of another.
    answered: usize,
    /// Half of these had waited no longer than this, in seconds.
    median: Option<i64>,
    /// Nine of ten had waited no longer.
    p90: Option<i64>,
}

/// Makes the report of what was counted.
pub fn report_work(connection: &mut AnyConnection, work: Work) -> Result<WorkReport> {
    let Work { all, mut teams, mut answers, written, .. } = work;
    let team = |(stid, name, _): (Stid, String, i64)| {
        let figures = teams.remove(&stid).unwrap_or_default().figures();
        TeamWork { stid, name, figures }
    };
    let teams = report::list_teams(connection)?.into_iter().map(team).collect();
    let mut doctors = Vec::new();
    for (uid, name) in names(connection, written.keys().chain(answers.keys()).cloned().collect())? {
        let waited = answers.remove(&uid).unwrap_or_default();
        let questions = Questions { asked: waited.len(), waiting: 0, waited };
        let AnswerFigures { answered, median, p90, .. } = questions.figures();
        let messages = written.get(&uid).copied().unwrap_or_default();
        doctors.push(DoctorWork { uid, name, messages, answered, median, p90 });
    }
    Ok(WorkReport { all: all.figures(), teams, doctors })
}

/// The names of those of these people who are doctors, each once.
fn names(connection: &mut AnyConnection, mut uids: Vec<Uid>) -> Result<Vec<(Uid, String)>> {
    uids.sort();
    uids.dedup();
    let mut names = Vec::new();
    for uids in uids.chunks(MANY) {
        let people = account::list_by_ids(connection, uids)?;
        let doctors = people.into_iter().filter(|person| person.role == Role::Doctor);
        names.extend(doctors.map(|person| (person.uid, person.name)));
    }
    names.sort();
    Ok(names)
}

/// What became of contracts.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct ContractFigures {
    /// Applied for.
    applied: i64,
    /// Come into force.
    signed: i64,
    /// Refused.
    rejected: i64,
    /// Ended.
    ended: i64,
}

impl ContractFigures {
    fn add(&mut self, what: ContractStatus, count: i64) {
        match what {
            ContractStatus::Applied => self.applied += count,
            ContractStatus::Signed => self.signed += count,
            ContractStatus::Rejected => self.rejected += count,
            ContractStatus::Ended | ContractStatus::Expired => self.ended += count,
        }
    }
}

/// What became of contracts in a period.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ContractReport {
    teams: Vec<TeamContracts>,
    /// Each doctor through whom there was any.
    doctors: Vec<DoctorContracts>,
}

/// What became of the contracts of a team.
#[derive(Debug, Serialize, JsonSchema)]
struct TeamContracts {
    stid: Stid,
    #[schemars(example = &"签约团队一")]
    name: String,
    /// In force now.
    inforce: i64,
    #[serde(flatten)]
    figures: ContractFigures,
}

/// What became of the contracts through a doctor.
#[derive(Debug, Serialize, JsonSchema)]
struct DoctorContracts {
    uid: Uid,
    #[schemars(example = &"王医生")]
    name: String,
    #[serde(flatten)]
    figures: ContractFigures,
}

/// Counts what became of contracts in a period.
pub fn report_contracts(connection: &mut AnyConnection, period: &Range<Time>) -> Result<ContractReport> {
    let mut by_team: HashMap<Stid, ContractFigures> = HashMap::new();
    let mut by_doctor: HashMap<Uid, ContractFigures> = HashMap::new();
    for ContractCount { stid, doctoruid, what, count } in report::count_contracts(connection, period)? {
        by_team.entry(stid).or_default().add(what, count);
        by_doctor.entry(doctoruid).or_default().add(what, count);
    }
    let team = |(stid, name, inforce)| {
        let figures = by_team.remove(&stid).unwrap_or_default();
        TeamContracts { stid, name, inforce, figures }
    };
    let teams = report::list_teams(connection)?.into_iter().map(team).collect();
    let names = names(connection, by_doctor.keys().cloned().collect())?;
    let doctor = |(uid, name)| {
        let figures = by_doctor.remove(&uid).unwrap_or_default();
        DoctorContracts { uid, name, figures }
    };
    Ok(ContractReport { teams, doctors: names.into_iter().map(doctor).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_and_nine_of_ten_are_told_by_those_who_waited() {
        let figures = |waited: Vec<i64>| Questions { asked: 0, waiting: 0, waited }.figures();
        let of = |waited| {
            let AnswerFigures { median, p90, .. } = figures(waited);
            (median, p90)
        };
        assert_eq!(of(vec![]), (None, None));
        assert_eq!(of(vec![7]), (Some(7), Some(7)));
        assert_eq!(of(vec![3, 1, 2, 4]), (Some(2), Some(4)));
        assert_eq!(of((1..=100).rev().collect()), (Some(50), Some(90)));
    }

    #[test]
    fn a_period_has_an_end_after_its_beginning() {
        let day = |day: i64| Time::from_millis(day * 86_400_000);
        let rule = |from, until| {
            check_period(&(day(from)..day(until))).err().map(|error| error.broken_rule().unwrap().1)
        };
        assert_eq!((rule(1, 2), rule(1, 367)), (None, None));
        assert_eq!((rule(2, 2), rule(3, 2), rule(1, 368)), (Some("order"), Some("order"), Some("period")));
    }
}
