//! Who is reminded of a question that has waited too long. When that is, the duty room knows.

use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{DialogId, MessageId, ReminderTarget, Role, RoomKind, Time};
use crate::protocol::objects::RecipientView;
use crate::protocol::pushes::Push;
use crate::service::questions;
use crate::service::rooms::recipients::recipients;
use crate::store::member;
use crate::store::question::{self, Question};
use crate::store::room::Room;

/// Reminds `whom` of a question asked at `asked` or before, once; does nothing if it does not wait any
/// more.
pub fn remind(tx: &mut Tx<'_>, dialogid: &DialogId, whom: ReminderTarget, asked: Time) -> Result<()> {
    let (room, question) = match questions::lock(tx, dialogid) {
        Err(Error::State(_)) => return Ok(()),
        locked => locked?,
    };
    if !question::mark_reminded(tx, &question, whom, asked)? {
        return Ok(());
    }
    let recipients = match whom {
        ReminderTarget::Doctor => list_doctors(tx, &room, &question)?,
        ReminderTarget::Leader => list_leader(tx, &room, &question)?,
    };
    questions::announce_waiting(tx, &question)?;
    if !recipients.is_empty() {
        tx.push(Push::Remind(recipients, question.dialog.reminder(room.kind)));
    }
    Ok(())
}

/// Lists the doctors of the room, without the one who asked.
fn list_doctors(tx: &mut Tx<'_>, room: &Room, question: &Question) -> Result<Vec<RecipientView>> {
    let members = member::list(tx, &room.roomid)?;
    let asker = &question.dialog.from.uid;
    Ok(recipients(room, &members, |member| member.person.role == Role::Doctor && member.person.uid != *asker))
}

/// Lists the leader of the team that the resident is under contract with, unless the leader was
/// reminded as a doctor of the room. The whole of a team's own room was reminded, and two friends have
/// no leader.
fn list_leader(tx: &mut Tx<'_>, room: &Room, question: &Question) -> Result<Vec<RecipientView>> {
    let asker = &question.dialog.from;
    let leader = match room.kind {
        RoomKind::AloneChat => question::find_team_leader(tx, &asker.uid)?,
        RoomKind::Teammate | RoomKind::DoctorFriend | RoomKind::Discussion => None,
    };
    let members = member::list(tx, &room.roomid)?;
    let outside = leader.filter(|leader| members.iter().all(|member| member.person.uid != *leader));
    // The leader is not in the room: nobody's inbox has this item.
    let place =
        |uid| RecipientView { messageid: MessageId::new(), uid, title: asker.name.clone(), unread: 1 };
    Ok(outside.map(place).into_iter().collect())
}
