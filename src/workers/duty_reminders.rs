//! Who is told when a question has waited too long. When that is, the duty room knows.

use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{DialogId, MessageId, Role, RoomKind, Whom};
use crate::protocol::push::Push;
use crate::protocol::shape::Place;
use crate::realtime::duty::room::{Desk, Doing, DutyRoom};
use crate::realtime::duty::{Due, PAGE, Reminder, Rounds, Search};
use crate::store::member;
use crate::store::question::{self, Question};
use crate::store::room::Room;
use actix::Actor;

/// Opens the duty room, unless nobody is to be reminded; it closes with the server.
pub fn start(app: App) {
    if let Some(patience) = app.config().remind_after() {
        DutyRoom::new(app, Rounds::new(patience)).start();
    }
}

impl Desk for App {
    fn look(&self, Search { reminder: Reminder { whom, asked }, after }: Search) -> Doing<Vec<Due>> {
        let app = self.clone();
        let due = move |store: &mut _| question::list_due(store, whom, asked, after.as_ref(), PAGE as i64);
        Box::pin(async move { app.read(due).await })
    }

    fn remind(&self, dialogid: DialogId, reminder: Reminder) -> Doing<()> {
        let app = self.clone();
        Box::pin(async move { app.write(move |tx| remind(tx, &dialogid, reminder)).await })
    }
}

/// Reminds of a question, once; what one hears and what is kept of it happen together.
fn remind(tx: &mut Tx<'_>, dialogid: &DialogId, Reminder { whom, asked }: Reminder) -> Result<()> {
    let (room, question) = match question::hold(tx, dialogid) {
        Err(Error::State(_)) => return Ok(()),
        held => held?,
    };
    if !question::mark_reminded(tx, &question, whom, asked)? {
        return Ok(());
    }
    let places = match whom {
        Whom::Doctor => places_of_doctors(tx, &room, &question)?,
        Whom::Leader => place_of_leader(tx, &room, &question)?,
    };
    if !places.is_empty() {
        tx.push(Push::Remind(places, question.dialog.reminder(room.kind)));
    }
    Ok(())
}

/// The doctors of the room, but not who asked.
fn places_of_doctors(tx: &mut Tx<'_>, room: &Room, question: &Question) -> Result<Vec<Place>> {
    let members = member::list(tx, &room.roomid)?;
    let asker = &question.dialog.from.uid;
    Ok(room.places(&members, |member| member.person.role == Role::Doctor && member.person.uid != *asker))
}

/// The leader of the team that the resident is under contract with, unless the leader was reminded
/// as a doctor of the room. A team's own room has been reminded whole, and two friends have no leader.
fn place_of_leader(tx: &mut Tx<'_>, room: &Room, question: &Question) -> Result<Vec<Place>> {
    let asker = &question.dialog.from;
    let leader = match room.kind {
        RoomKind::AloneChat => question::find_leader(tx, &asker.uid)?,
        RoomKind::Teammate | RoomKind::DoctorFriend | RoomKind::Discussion => None,
    };
    let members = member::list(tx, &room.roomid)?;
    let outside = leader.filter(|leader| members.iter().all(|member| member.person.uid != *leader));
    // The leader is not in the room: the line is in nobody's list.
    let place = |uid| Place { messageid: MessageId::new(), uid, title: asker.name.clone(), unread: 1 };
    Ok(outside.map(place).into_iter().collect())
}
