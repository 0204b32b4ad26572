//! Each transition and each refusal of a call, one by one: how it is answered and how it ends, and
//! what its connections do. Here are the words that both kinds of test are written in.
#![allow(clippy::unwrap_used)]

mod answer;
mod link;
mod room;

use super::event::{Effect, Event, Invite, Party, Phase, Timer, Timing};
use super::machine::Call;
use super::refusal::Refusal;
use crate::model::call::{CallEnding, CallListener};
use crate::model::connection::Connection;
use crate::model::{EndReason, SessionId, Time, Uid};

type Signals = Call<&'static str>;
type Told = Vec<Effect<&'static str>>;

fn uid(name: &str) -> Uid {
    name.to_owned().try_into().unwrap()
}

fn on(device: &str) -> Connection {
    Connection { device: device.to_owned().try_into().unwrap(), session: SessionId::mint() }
}

/// The same device on a new connection.
fn again(at: &Connection) -> Connection {
    Connection { session: SessionId::mint(), ..at.clone() }
}

fn second(seconds: i64) -> Time {
    Time::from_millis(1_795_424_400_000 + seconds * 1_000)
}

fn invite(at: Option<Connection>) -> Invite {
    Invite {
        call: "call".to_owned().try_into().unwrap(),
        room: "room".to_owned().try_into().unwrap(),
        caller: uid("ann"),
        callee: uid("ben"),
        at,
    }
}

fn ringing(at: Option<&Connection>) -> Signals {
    let (call, _) = Call::ring(invite(at.cloned()), Timing::default(), second(0)).unwrap();
    call
}

/// Accepted at second 5, with both ends bound.
fn active() -> (Signals, Connection, Connection) {
    let (ann, ben) = (on("ann's"), on("ben's"));
    let mut call = ringing(Some(&ann));
    call.on(accept(&ben), second(5)).unwrap();
    (call, ann, ben)
}

fn accept(at: &Connection) -> Event<&'static str> {
    Event::Accept { by: uid("ben"), at: Some(at.clone()) }
}

fn hang_up(who: &str, at: Option<&Connection>) -> Event<&'static str> {
    Event::HangUp { by: uid(who), at: at.cloned() }
}

fn signal(who: &str, at: &Connection, signal: &'static str) -> Event<&'static str> {
    Event::Signal { from: uid(who), at: at.clone(), signal }
}

fn arrived(who: &str, at: &Connection) -> Event<&'static str> {
    Event::Arrived { uid: uid(who), at: at.clone() }
}

fn relayed(to: &Connection, from: &str, signal: &'static str) -> Effect<&'static str> {
    Effect::Relay { to: to.session, from: uid(from), signal }
}

fn everywhere(who: &str) -> CallListener {
    CallListener::Everywhere(uid(who))
}

fn elsewhere(who: &str, than: Option<&Connection>) -> CallListener {
    CallListener::Elsewhere { uid: uid(who), except: than.map(|at| at.session) }
}

fn clear(timers: &[Timer]) -> Told {
    timers.iter().copied().map(Effect::ClearTimer).collect()
}

#[track_caller]
fn assert_ended(told: &[Effect<&'static str>], wanted: CallEnding) {
    assert_eq!(told.last(), Some(&Effect::Ended(wanted)));
}

fn ending(reason: EndReason, duration: u64, by: Option<&str>, audience: Vec<CallListener>) -> CallEnding {
    CallEnding { reason, duration, by: by.map(uid), audience }
}
