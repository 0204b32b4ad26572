//! The duty room around a store that is a list, in which others write too.

use super::desk::Desk;
use super::question::Waiting;
use super::room::{Changed, DutyRoom};
use super::store::{DutyStore, Pending, Place, Reminding};
use crate::model::{DialogId, Process, ReminderTarget, RoomId, Time, Uid};
use crate::protocol::objects::{Claim, QuestionStatus};
use actix::{Actor, Addr};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

#[derive(Clone, Default)]
struct List(Rc<RefCell<Inner>>);

#[derive(Default)]
struct Inner {
    questions: Vec<Waiting>,
    reminded: Vec<(DialogId, ReminderTarget)>,
    failing: usize,
}

impl List {
    fn add(&self, waiting: &Waiting) {
        self.0.borrow_mut().questions.push(waiting.clone());
    }

    /// Changes the one question behind the room's back.
    fn change(&self, change: impl FnOnce(&mut QuestionStatus)) {
        change(&mut self.0.borrow_mut().questions[0].status);
    }
}

impl DutyStore for List {
    fn list_waiting(&self, after: Option<Place>) -> Pending<Vec<Waiting>> {
        let all = self.0.borrow().questions.clone().into_iter();
        let waiting = all.filter(|one| one.status.process == Some(Process::Waiting));
        let place = |one: &Waiting| Some((one.status.since, one.status.dialogid.clone()));
        let page = waiting.filter(|one| place(one) > after).take(super::store::PAGE).collect();
        Box::pin(async { Ok(page) })
    }

    fn find(&self, dialogid: DialogId) -> Pending<Option<QuestionStatus>> {
        let found = self.0.borrow().questions.iter().find(|one| one.status.dialogid == dialogid).cloned();
        Box::pin(async { Ok(found.map(|one| one.status)) })
    }

    fn remind(&self, dialogid: DialogId, whom: ReminderTarget, _: Time) -> Pending<Reminding> {
        let mut inner = self.0.borrow_mut();
        if inner.failing > 0 {
            inner.failing -= 1;
            return Box::pin(async { Err(crate::error::Error::inside("the store is away")) });
        }
        inner.reminded.push((dialogid, whom));
        Box::pin(async { Ok(Reminding::Done) })
    }
}

/// A question that was asked so long ago.
fn asked(ago: Duration) -> Waiting {
    let (dialogid, roomid, since) = (DialogId::new(), RoomId::new(), Time::now() - ago);
    let status = QuestionStatus { dialogid, roomid, process: Some(Process::Waiting), claim: None, since };
    Waiting { status, reminded: None }
}

/// A room that reminds after a minute, in a time that passes when all wait for it.
fn open(list: &List) -> (Addr<DutyRoom<List>>, Arc<Desk>) {
    tokio::time::pause();
    let desk = Arc::new(Desk::default());
    (DutyRoom::new(list.clone(), desk.clone(), Some(Duration::from_secs(60))).start(), desk)
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[actix_web::test]
async fn what_is_overdue_when_the_room_opens_is_reminded_of_once_each() {
    let (list, late) = (List::default(), asked(Duration::from_secs(90)));
    list.add(&late);
    list.add(&asked(Duration::from_secs(1)));
    let (_room, _) = open(&list);
    pass(300).await;
    assert_eq!(list.0.borrow().reminded, [(late.status.dialogid, ReminderTarget::Doctor)]);
}

#[actix_web::test]
async fn a_reminder_that_failed_is_tried_again() {
    let list = List::default();
    list.add(&asked(Duration::from_secs(90)));
    list.0.borrow_mut().failing = 2;
    let (_room, _) = open(&list);
    pass(90).await;
    assert_eq!(list.0.borrow().reminded.len(), 1);
}

#[actix_web::test]
async fn what_a_commit_says_wakes_and_ends_an_actor() {
    let list = List::default();
    let (room, _) = open(&list);
    let (overdue, answered) = (asked(Duration::from_secs(90)), asked(Duration::from_secs(90)));
    room.try_send(Changed(vec![overdue.status.clone(), answered.status.clone()])).unwrap();
    let status = QuestionStatus { process: Some(Process::ByDoctor), ..answered.status };
    room.try_send(Changed(vec![status])).unwrap();
    pass(1).await;
    assert_eq!(list.0.borrow().reminded, [(overdue.status.dialogid, ReminderTarget::Doctor)]);
}

#[actix_web::test]
async fn a_sweep_finds_what_was_answered_elsewhere() {
    let list = List::default();
    list.add(&asked(Duration::ZERO));
    let (_room, desk) = open(&list);
    pass(1).await;
    list.change(|status| status.process = Some(Process::ByDutyDoctor));
    let told = desk.gather().await;
    assert_eq!(told.iter().map(|status| status.process).collect::<Vec<_>>(), [Some(Process::ByDutyDoctor)]);
}

#[actix_web::test]
async fn a_claim_that_has_run_out_is_told() {
    let list = List::default();
    let mut claimed = asked(Duration::ZERO);
    let (uid, until) = (Uid::try_from("d1".to_owned()).unwrap(), Time::now());
    claimed.status.claim = Some(Claim { uid, name: "赵医生".to_owned(), until });
    list.add(&claimed);
    let (_room, desk) = open(&list);
    assert_eq!(desk.gather().await, [QuestionStatus { claim: None, ..claimed.status }]);
}
