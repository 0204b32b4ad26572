//! Questions: which messages are questions or answers, and how a question stands on the duty desk.
//!
//! Who may answer, and what is kept of it, is not here.

use super::enums::{DialogKind, Role, RoomKind};
use super::malformed::Malformed;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Integer;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a question stands: 0 waiting, 1 answered by the duty doctor, 2 answered by the doctor.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    JsonSchema,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = Integer)]
#[serde(into = "i32", try_from = "i32")]
#[schemars(inline, extend("type" = "integer", "enum" = [0, 1, 2]))]
#[repr(i32)]
pub enum Process {
    /// Nobody has answered it.
    Waiting = 0,
    /// A duty doctor has.
    ByDutyDoctor = 1,
    /// Its own doctor has.
    ByDoctor = 2,
}

impl From<Process> for i32 {
    fn from(process: Process) -> Self {
        process as Self
    }
}

impl TryFrom<i32> for Process {
    type Error = Malformed;

    fn try_from(number: i32) -> Result<Self, Malformed> {
        let all = [Self::Waiting, Self::ByDutyDoctor, Self::ByDoctor];
        all.into_iter()
            .find(|process| *process as i32 == number)
            .ok_or(Malformed::invalid("must be 0, 1 or 2"))
    }
}

impl<DB: Backend> ToSql<Integer, DB> for Process
where
    i32: ToSql<Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        match self {
            Self::Waiting => 0.to_sql(out),
            Self::ByDutyDoctor => 1.to_sql(out),
            Self::ByDoctor => 2.to_sql(out),
        }
    }
}

impl<DB: Backend> FromSql<Integer, DB> for Process
where
    i32: FromSql<Integer, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::try_from(i32::from_sql(bytes)?)?)
    }
}

/// What a message is to the questions of its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It asks.
    Asks,
    /// It answers what others asked in the room.
    Answers,
    /// It answers what others asked; where nothing waits, it asks.
    Converses,
    /// It is neither.
    Apart,
}

impl Part {
    /// The part of a message of `kind` that a member of that role writes in a room.
    pub fn of(room: RoomKind, author: Role, kind: DialogKind) -> Self {
        match (kind, room, author) {
            (DialogKind::System | DialogKind::VideoCall, _, _) => Self::Apart,
            (_, RoomKind::Discussion, _) => Self::Apart,
            (_, RoomKind::AloneChat, Role::User) => Self::Asks,
            (_, RoomKind::AloneChat, Role::Doctor | Role::Admin) => Self::Answers,
            (_, RoomKind::Teammate | RoomKind::DoctorFriend, _) => Self::Converses,
        }
    }

    /// Whether it answers what others have asked.
    pub fn settles(self) -> bool {
        match self {
            Self::Answers | Self::Converses => true,
            Self::Asks | Self::Apart => false,
        }
    }

    /// What becomes of the message itself, where it answers so many questions; `None` where it is no question.
    pub fn process(self, settled: usize) -> Option<Process> {
        match self {
            Self::Asks => Some(Process::Waiting),
            Self::Converses => (settled == 0).then_some(Process::Waiting),
            Self::Answers | Self::Apart => None,
        }
    }
}

/// Who is reminded of a question that nobody has answered: first its doctor, later the leader of the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
pub enum ReminderTarget {
    /// The doctors of the room, but not who asked.
    Doctor = 1,
    /// The doctor who leads the team.
    Leader = 2,
}

impl ReminderTarget {
    /// What the store keeps once they have been reminded.
    pub fn mark(self) -> i32 {
        self as i32
    }

    /// Who has been reminded last, by what the store keeps.
    pub fn of_mark(mark: i32) -> Option<Self> {
        [Self::Leader, Self::Doctor].into_iter().find(|whom| whom.mark() <= mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_calls_and_discussions_are_no_questions() {
        for room in [RoomKind::AloneChat, RoomKind::Teammate, RoomKind::DoctorFriend, RoomKind::Discussion] {
            for kind in [DialogKind::System, DialogKind::VideoCall] {
                assert_eq!(Part::of(room, Role::User, kind), Part::Apart);
            }
        }
        assert_eq!(Part::of(RoomKind::Discussion, Role::Doctor, DialogKind::Text), Part::Apart);
    }

    #[test]
    fn residents_ask_their_doctors_and_doctors_each_other() {
        assert_eq!(Part::of(RoomKind::AloneChat, Role::User, DialogKind::Voice), Part::Asks);
        assert_eq!(Part::of(RoomKind::AloneChat, Role::Doctor, DialogKind::Text), Part::Answers);
        assert_eq!(Part::of(RoomKind::Teammate, Role::Doctor, DialogKind::Image), Part::Converses);
        assert_eq!(Part::of(RoomKind::DoctorFriend, Role::Doctor, DialogKind::File), Part::Converses);
    }
}
