//! What happened in a period, for the reports of the back office: messages page by page, contracts counted.
//!
//! Both go by an index: ids tell when they were made, so that messages and applications of a period lie together.
//! What the numbers mean is in `service::reports`.

use crate::db::connection::AnyConnection;
use crate::db::schema::{social_signed, team};
use crate::error::Result;
use crate::model::{ContractStatus, DialogId, Process, Role, Sid, Stid, Time, Uid};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use std::ops::Range;

/// A message that somebody wrote, as a report counts it.
#[derive(Debug, Clone, QueryableByName)]
pub struct Written {
    /// The message.
    #[diesel(sql_type = Text)]
    pub dialogid: DialogId,
    /// Who wrote it.
    #[diesel(sql_type = Text)]
    pub fromuid: Uid,
    /// As what.
    #[diesel(sql_type = Text)]
    pub role: Role,
    /// When.
    #[diesel(sql_type = BigInt)]
    pub createtime: Time,
    /// How it stands, where it is a question.
    #[diesel(sql_type = Nullable<Integer>)]
    pub process: Option<Process>,
    /// When the question was answered.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub answertime: Option<Time>,
    /// Who answered it.
    #[diesel(sql_type = Nullable<Text>)]
    pub answeruid: Option<Uid>,
    /// The team whose contract binds who asked, now.
    #[diesel(sql_type = Nullable<Text>)]
    pub stid: Option<Stid>,
}

/// Lists what people wrote, oldest first: the messages after `after` whose ids were made before `until`, without
/// those that were withdrawn.
pub fn list_written(
    connection: &mut AnyConnection,
    after: &DialogId,
    until: Time,
    limit: i64,
) -> Result<Vec<Written>> {
    let written = sql_query(
        "SELECT written.dialogid, written.fromuid, account.role, written.createtime, written.process, \
         answer.createtime AS answertime, answer.fromuid AS answeruid, contract.stid \
         FROM social_dialog AS written \
         JOIN account ON account.uid = written.fromuid \
         LEFT JOIN social_dialog AS answer ON answer.roomid = written.roomid AND answer.roomseq = written.answerseq \
         LEFT JOIN social_signed AS contract ON contract.uid = written.fromuid AND contract.status = 'signed' \
         AND written.process IS NOT NULL \
         WHERE written.dialogid > $1 AND written.dialogid < $2 AND NOT written.recalled \
         AND written.kind NOT IN ('system', 'videocall') \
         ORDER BY written.dialogid LIMIT $3",
    );
    let until = DialogId::least_from(until);
    let written = written.bind::<Text, _>(after.clone()).bind::<Text, _>(until).bind::<BigInt, _>(limit);
    Ok(written.load(connection)?)
}

/// How many contracts of a team, through a doctor, something happened to.
#[derive(Debug, Clone)]
pub struct ContractCount {
    /// The team.
    pub stid: Stid,
    /// The doctor.
    pub doctoruid: Uid,
    /// What happened: how they stood after it.
    pub what: ContractStatus,
    /// How many.
    pub count: i64,
}

/// A row of a count.
type Counted = (Stid, Uid, ContractStatus, i64);

impl From<Counted> for ContractCount {
    fn from((stid, doctoruid, what, count): Counted) -> Self {
        Self { stid, doctoruid, what, count }
    }
}

/// Counts the contracts that were applied for, came into force, or were over in a period.
pub fn count_contracts(connection: &mut AnyConnection, period: &Range<Time>) -> Result<Vec<ContractCount>> {
    let contracts = social_signed::table;
    let parties = (social_signed::stid, social_signed::doctoruid);
    let number = |what: ContractStatus| (parties.0, parties.1, what.into_sql::<Text>(), count_star());
    let (first, end) = (Sid::least_from(period.start), Sid::least_from(period.end));
    let applied = contracts.filter(social_signed::sid.ge(first).and(social_signed::sid.lt(end)));
    let applied = applied.group_by(parties).select(number(ContractStatus::Applied));
    let signtime = social_signed::signtime;
    let signed = contracts.filter(signtime.ge(period.start).and(signtime.lt(period.end)));
    let signed = signed.group_by(parties).select(number(ContractStatus::Signed));
    let endtime = social_signed::endtime;
    let over = contracts.filter(endtime.ge(period.start).and(endtime.lt(period.end)));
    let over = over.group_by((parties.0, parties.1, social_signed::status));
    let over = over.select((parties.0, parties.1, social_signed::status, count_star()));
    let rows = [applied.load(connection)?, signed.load(connection)?, over.load::<Counted>(connection)?];
    Ok(rows.into_iter().flatten().map(ContractCount::from).collect())
}

/// Lists every team, closed ones too: its name, and how many of its contracts are in force.
pub fn list_teams(connection: &mut AnyConnection) -> Result<Vec<(Stid, String, i64)>> {
    Ok(team::table.select((team::stid, team::name, team::signed)).order(team::stid).load(connection)?)
}
