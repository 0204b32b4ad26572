//! The automatic answer: a resident who writes to a doctor out of hours is told so, once in a while. It answers nothing:
//! what was asked waits as before.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{OfferedHours, OfficeHours, Role, RoomId, Time, Weekday};
use crate::service::posting::{self, NewDialog};
use crate::store::{auto_answer, dialog, member, office_hours, room};
use std::time::Duration;

/// How long nobody is told again in a room.
const REST: Duration = Duration::from_secs(12 * 3600);

/// How long a doctor who has written is taken to be there, whatever the hours say.
const THERE: Duration = Duration::from_secs(1800);

const WEEKDAYS: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];

/// Of rooms in which somebody has asked, those where it may have to be told.
pub fn list_due(connection: &mut AnyConnection, rooms: &[RoomId], now: Time) -> Result<Vec<RoomId>> {
    auto_answer::list_due(connection, rooms, now - REST, now)
}

/// Tells the resident of a room that its doctor is out of hours, where that is so and was not told lately, and the doctor
/// has not just written themself.
pub fn tell(tx: &mut Tx<'_>, roomid: &RoomId) -> Result<()> {
    let locked = room::lock(tx, roomid)?.filter(|room| room.open);
    let lately = tx.now - REST..=tx.now;
    let was_told = auto_answer::find(tx, roomid)?.is_some_and(|answered| lately.contains(&answered));
    let members = member::list(tx, roomid)?.into_iter().map(|member| member.person);
    let doctor = members.into_iter().find(|person| person.role == Role::Doctor);
    let (Some(locked), false, Some(doctor)) = (locked, was_told, doctor) else { return Ok(()) };
    let offered = office_hours::find(tx, &doctor.uid)?;
    let since = tx.now - THERE;
    let is_there = dialog::has_written_since(tx, (roomid, locked.seq), &doctor.uid, since)?;
    if !offered.autoanswer || offered.cover(tx.now) || is_there {
        return Ok(());
    }
    auto_answer::set(tx, roomid)?;
    let room = room::reserve_next_seq(tx, roomid)?.ok_or(Error::NotFound("room"))?;
    posting::post(tx, room, &doctor.uid, &NewDialog::notice(words(&offered)))?.tell(tx);
    Ok(())
}

/// What is said; that no person says it, and when one will.
fn words(offered: &OfferedHours) -> String {
    let days: Vec<_> = offered.hours.spans().chunk_by(|one, other| one.weekday == other.weekday).collect();
    let days: Vec<_> = days.into_iter().map(day).collect();
    format!(
        "【自动回复】现在不是医生的接诊时间，医生会在接诊时间回复您。接诊时间：{}。紧急情况请拨打 120。",
        days.join("；")
    )
}

/// The hours of one weekday.
fn day(spans: &[OfficeHours]) -> String {
    let weekday = spans.first().map_or("", |span| name(span.weekday));
    let spans: Vec<_> = spans
        .iter()
        .map(|span| format!("{}–{}", String::from(span.begins), String::from(span.ends)))
        .collect();
    format!("{weekday} {}", spans.join("、"))
}

fn name(weekday: Weekday) -> &'static str {
    let before = usize::try_from(i64::from(weekday) - 1).unwrap_or_default();
    WEEKDAYS.get(before).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn the_words_name_the_hours_day_by_day() {
        let span = |weekday, begins, ends| json!({ "weekday": weekday, "begins": begins, "ends": ends });
        let hours = [span(1, "08:00", "12:00"), span(7, "09:00", "10:30"), span(1, "14:00", "24:00")];
        let offered = OfferedHours { hours: from_value(json!(hours)).unwrap(), ..OfferedHours::default() };
        let words = words(&offered);
        assert!(words.contains("周一 08:00–12:00、14:00–24:00；周日 09:00–10:30。"), "{words}");
    }
}
