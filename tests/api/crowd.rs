//! Pushes to many at once: written in a few statements, and the same to each as if they were alone.

use crate::app::TestApp;
use crate::on_both_databases;
use futures_util::future::join_all;
use jiayi::model::{Login, Name, Role, RoomId, Uid};
use jiayi::protocol::frame::Frame;
use jiayi::protocol::pushes::{Push, ReadMark};
use jiayi::service::accounts;
use jiayi::store::account::NewAccount;
use jiayi::store::push_log;
use serde_json::{Value, json};

impl TestApp {
    /// Makes `count` residents who can log in: `crowd0`, `crowd1` …
    pub async fn crowd(&self, count: usize) -> Vec<Uid> {
        let password = self.app.passwords().hash(password("jiayi-demo")).await.unwrap();
        let resident = move |number: usize| NewAccount {
            role: Role::User,
            login: Login::try_from(format!("crowd{number}")).unwrap(),
            password: password.clone(),
            name: Name::try_from(format!("居民{number}")).unwrap(),
            communityid: None,
            title: None,
        };
        let made = self
            .app
            .write(move |tx| (0..count).map(|number| accounts::create(tx, &resident(number))).collect());
        made.await.unwrap()
    }

    /// What somebody has been pushed, read from the store.
    pub async fn pushes_of(&self, uid: &Uid) -> Vec<Frame> {
        let uid = uid.clone();
        self.app.read(move |store| push_log::list_between(store, &uid, 0, i64::MAX, 1000)).await.unwrap()
    }
}

fn password(text: &str) -> jiayi::model::Password {
    text.to_owned().try_into().unwrap()
}

/// A push that is told apart by its number.
fn numbered(to: Vec<Uid>, roomseq: i64) -> Push {
    Push::Read(to, ReadMark::Room { roomid: RoomId::new(), uid: Uid::new(), roomseq })
}

fn number(frame: &Frame) -> Value {
    serde_json::from_str::<Value>(&frame.data()).unwrap()["roomseq"].clone()
}

on_both_databases! {
    async fn each_of_a_crowd_hears_what_is_theirs_once_and_in_order(app: TestApp) {
        let crowd = app.crowd(2100).await;
        let listener = app.login_as("user", "crowd7", "jiayi-demo").await;
        let mut phone = listener.connect("phone").await;
        let (all, few) = (crowd.clone(), crowd[..10].to_vec());
        let pushed = app.app.write(move |tx| {
            tx.push(numbered(all.iter().rev().cloned().collect(), 1));
            tx.push(numbered(few.clone(), 2));
            tx.push(numbered(vec![few[7].clone()], 3));
            tx.push(numbered(all.clone(), 4));
            Ok(())
        });
        pushed.await.unwrap();
        for (place, uid) in crowd.iter().enumerate() {
            let pushes: Vec<_> = app.pushes_of(uid).await.iter().map(|frame| (frame.seq, number(frame))).collect();
            let expected: &[i64] = match place {
                7 => &[1, 2, 3, 4],
                0..10 => &[1, 2, 4],
                _ => &[1, 4],
            };
            let expected: Vec<_> = expected.iter().enumerate().map(|(n, roomseq)| (n as i64 + 1, json!(roomseq))).collect();
            assert_eq!(pushes, expected, "number {place}");
        }
        for roomseq in 1..=4 {
            assert_eq!(phone.hear("S2C_READ_PUSH").await["data"]["roomseq"], roomseq);
        }
        phone.hears_nothing().await;
        assert!(app.login("resident1").await.all_pushes().await.is_empty());
    }

    async fn crowds_that_overlap_are_told_at_the_same_time(app: TestApp) {
        let crowd = app.crowd(60).await;
        let tell = |round: usize| {
            let mut some: Vec<_> = crowd.iter().skip(round % 7).cloned().collect();
            // Two at once, few at once, and everybody: each way of taking numbers meets the others.
            some.rotate_left(round * 11 % 50);
            some.truncate([2, 4, 60][round % 3]);
            let app = app.app.clone();
            async move { app.write(move |tx| { tx.push(numbered(some.clone(), round as i64)); Ok(some.len()) }).await }
        };
        let told: usize = join_all((0..45).map(tell)).await.into_iter().map(Result::unwrap).sum();
        let mut heard = 0;
        for uid in &crowd {
            let seqs: Vec<_> = app.pushes_of(uid).await.iter().map(|frame| frame.seq).collect();
            assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
            heard += seqs.len();
        }
        assert_eq!(heard, told);
    }

    async fn a_push_to_somebody_who_is_not_there_undoes_all(app: TestApp) {
        let mut crowd = app.crowd(8).await;
        crowd.push(Uid::new());
        let to = crowd.clone();
        let refused = app.app.write(move |tx| { tx.push(numbered(to.clone(), 1)); Ok(()) }).await;
        assert!(refused.is_err());
        assert!(app.pushes_of(&crowd[0]).await.is_empty());
    }
}
