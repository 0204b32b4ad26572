//! The log of pushes, whichever way it is kept: what is read of it from anywhere, by pages of any length, is what was pushed,
//! also while it is pruned, and as a store of the release before has left it.

use crate::app::TestApp;
use crate::on_both_databases;
use diesel::connection::SimpleConnection;
use jiayi::db::connection::AnyConnection;
use jiayi::model::{RoomId, Time, Uid};
use jiayi::protocol::frame::Frame;
use jiayi::protocol::pushes::{Push, ReadMark};
use jiayi::store::{mailbox, push_log};
use std::time::Duration;

/// So many pushes to each of these in one transaction; which is which is told by `roomseq`.
async fn push(app: &TestApp, to: &[Uid], numbers: std::ops::Range<i64>) {
    let to = to.to_vec();
    let pushed = app.app.write(move |tx| {
        for roomseq in numbers.clone() {
            tx.push(Push::Read(
                to.clone(),
                ReadMark::Room { roomid: RoomId::new(), uid: to[0].clone(), roomseq },
            ));
        }
        Ok(())
    });
    pushed.await.unwrap();
}

async fn read(app: &TestApp, uid: &Uid, since: i64, limit: usize) -> (Vec<i64>, bool) {
    let uid = uid.clone();
    let read = move |store: &mut AnyConnection| push_log::list_after(store, &uid, since, limit);
    let (frames, more) = app.app.read(read).await.unwrap();
    (numbers(frames), more)
}

async fn between(app: &TestApp, uid: &Uid, since: i64, until: i64, limit: i64) -> Vec<i64> {
    let uid = uid.clone();
    let read = move |store: &mut AnyConnection| push_log::list_between(store, &uid, since, until, limit);
    numbers(app.app.read(read).await.unwrap())
}

fn numbers(frames: Vec<Frame>) -> Vec<i64> {
    frames.into_iter().map(|frame| frame.seq).collect()
}

on_both_databases! {
    async fn from_anywhere_by_pages_of_any_length_each_is_read_once_and_in_order(app: TestApp) {
        let (one, other) = (app.login("resident1").await, app.login("doctor1").await);
        let (one, other): (Uid, Uid) = (one.uid.try_into().unwrap(), other.uid.try_into().unwrap());
        for round in 0..30 {
            push(&app, &[one.clone(), other.clone()], 0..round % 5 + 1).await;
            push(&app, std::slice::from_ref(&other), 0..round % 3).await;
            push(&app, std::slice::from_ref(&one), 0..7).await;
        }
        for who in [&one, &other] {
            let uid = who.clone();
            let newest = app.app.read(move |store| mailbox::find(store, &uid)).await.unwrap().seq;
            for since in (0..=newest + 1).step_by(13).chain([newest - 1, newest]) {
                for limit in [1, 2, 63, 64, 65, 500] {
                    let wanted: Vec<_> = (since + 1..=newest.min(since + limit)).collect();
                    let more = newest > since + limit;
                    assert_eq!(read(&app, who, since, limit as usize).await, (wanted.clone(), more), "{since} {limit}");
                    let until = since + limit / 2;
                    let wanted: Vec<_> = wanted.into_iter().filter(|seq| *seq <= until).collect();
                    assert_eq!(between(&app, who, since, until, limit).await, wanted, "{since} {until}");
                }
            }
        }
    }
}

#[actix_web::test]
async fn what_is_pruned_is_the_oldest_and_the_rest_is_read_on() {
    let app = TestApp::start(crate::app::Database::Sqlite).await;
    let (one, other) = (app.login("resident1").await, app.login("doctor1").await);
    let (one, other): (Uid, Uid) = (one.uid.try_into().unwrap(), other.uid.try_into().unwrap());
    for _ in 0..50 {
        push(&app, &[one.clone(), other.clone()], 0..2).await;
        push(&app, std::slice::from_ref(&other), 0..1).await;
    }
    let tomorrow = Time::now() + Duration::from_secs(86_400);
    let mut left = 250;
    for limit in [1, 70, 3, 129] {
        assert_eq!(
            app.app.write(move |tx| push_log::prune(tx, tomorrow, limit)).await.unwrap(),
            limit as usize
        );
        left -= limit;
        let mut held = 0;
        for who in [&one, &other] {
            let uid = who.clone();
            let mailbox = app.app.read(move |store| mailbox::find(store, &uid)).await.unwrap();
            assert_eq!(
                read(&app, who, mailbox.pruned, 500).await.0,
                (mailbox.pruned + 1..=mailbox.seq).collect::<Vec<_>>()
            );
            assert_eq!(
                read(&app, who, 0, 500).await.0,
                (mailbox.pruned + 1..=mailbox.seq).collect::<Vec<_>>()
            );
            held += mailbox.seq - mailbox.pruned;
        }
        assert_eq!(held, left);
    }
    assert_eq!(app.app.write(move |tx| push_log::prune(tx, tomorrow, 500)).await.unwrap(), left as usize);
    // What a clock that was ahead has dated goes with what came after it.
    push(&app, std::slice::from_ref(&one), 0..3).await;
    let ahead = "UPDATE push_log SET createtime = createtime * 2".to_owned();
    app.app.write(move |tx| Ok(tx.batch_execute(&ahead)?)).await.unwrap();
    assert_eq!(app.app.write(move |tx| push_log::prune(tx, tomorrow, 500)).await.unwrap(), 0);
    push(&app, std::slice::from_ref(&other), 0..1).await;
    assert_eq!(app.app.write(move |tx| push_log::prune(tx, tomorrow, 500)).await.unwrap(), 4);
    // An empty log begins anew with its first place, which is nobody else's end.
    push(&app, std::slice::from_ref(&one), 0..1).await;
    push(&app, std::slice::from_ref(&other), 0..1).await;
    assert_eq!(read(&app, &one, 0, 500).await.0, [104]);
    assert_eq!(read(&app, &other, 0, 500).await.0, [152]);
}
