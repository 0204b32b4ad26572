//! What holds for a call whatever happens in whatever order.
//!
//! A small world around it keeps the timers and the connections. Two people with two devices each
//! and a stranger do things at random; connections come and go; timers fire when they are due, and
//! sometimes when they are not.
#![allow(clippy::unwrap_used)]

use super::event::{Effect, Event, Invite, Party, Phase, Timer, Timing};
use super::machine::Call;
use crate::model::call::CallEnding;
use crate::model::connection::Connection;
use crate::model::{DeviceId, EndReason, SessionId, Time, Uid};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

/// Who and which device each of the connections belongs to; two to a device.
const LINES: [(&str, &str); 10] = [
    ("ann", "a1"),
    ("ann", "a1"),
    ("ann", "a2"),
    ("ann", "a2"),
    ("ben", "b1"),
    ("ben", "b1"),
    ("ben", "b2"),
    ("ben", "b2"),
    ("eve", "e1"),
    ("eve", "e1"),
];

#[derive(Debug, Clone)]
enum Step {
    Accept(usize, bool),
    HangUp(usize, bool),
    Busy,
    Signal(usize),
    Arrive(usize),
    Lose(usize),
    Fire(Timer),
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let line = 0..LINES.len();
    let timer =
        prop_oneof![Just(Timer::Ring), Just(Timer::Grace(Party::Caller)), Just(Timer::Grace(Party::Callee)),];
    let step = prop_oneof![
        4 => (line.clone(), any::<bool>()).prop_map(|(line, known)| Step::Accept(line, known)),
        1 => (line.clone(), any::<bool>()).prop_map(|(line, known)| Step::HangUp(line, known)),
        1 => Just(Step::Busy),
        8 => line.clone().prop_map(Step::Signal),
        6 => line.clone().prop_map(Step::Arrive),
        6 => line.prop_map(Step::Lose),
        2 => timer.prop_map(Step::Fire),
        4 => (0_i64..20_000).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 0..60)
}

struct World {
    call: Call<usize>,
    now: Time,
    lines: Vec<(Uid, Connection)>,
    timers: HashMap<Timer, Time>,
    connected: HashSet<SessionId>,
    /// The device that the callee accepted on, where that was said.
    answered_on: Option<DeviceId>,
    accepted: usize,
    ended: usize,
}

impl World {
    fn new(known: bool) -> Self {
        let lines: Vec<_> = LINES.iter().map(|(who, device)| line(who, device)).collect();
        let invite = Invite {
            call: "call".to_owned().try_into().unwrap(),
            room: "room".to_owned().try_into().unwrap(),
            caller: lines[0].0.clone(),
            callee: lines[4].0.clone(),
            at: known.then(|| lines[0].1.clone()),
        };
        let now = Time::from_millis(0);
        let (call, effects) = Call::ring(invite, Timing::default(), now).unwrap();
        let mut world = Self {
            call,
            now,
            connected: lines.iter().map(|(_, at)| at.session).collect(),
            lines,
            timers: HashMap::new(),
            answered_on: None,
            accepted: 0,
            ended: 0,
        };
        world.obey(effects);
        world
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Accept(line, known) => self.accept(line, known),
            Step::HangUp(line, known) => {
                let (by, at) = self.lines[line].clone();
                self.happen(Event::HangUp { by, at: known.then_some(at) });
            }
            Step::Busy => self.happen(Event::Busy),
            Step::Signal(line) => self.signal(line),
            Step::Arrive(line) => self.arrive(line),
            Step::Lose(line) => self.lose(line),
            Step::Fire(timer) => self.happen(Event::Fired(timer)),
            Step::Wait(millis) => self.wait(millis),
        }
    }

    fn accept(&mut self, line: usize, known: bool) {
        let (by, at) = self.lines[line].clone();
        let before = self.accepted;
        let known = known && self.connected.contains(&at.session);
        let device = known.then(|| at.device.clone());
        self.happen(Event::Accept { by, at: known.then_some(at) });
        if self.accepted > before {
            self.answered_on = device;
        }
    }

    fn signal(&mut self, line: usize) {
        let (from, at) = self.lines[line].clone();
        if self.connected.contains(&at.session) {
            let signal = line;
            self.happen(Event::Signal { from, at, signal });
        }
    }

    /// A connection is made only once: each arrival is under a new name.
    fn arrive(&mut self, line: usize) {
        let (uid, at) = &mut self.lines[line];
        at.session = SessionId::mint();
        self.connected.insert(at.session);
        let (uid, at) = (uid.clone(), at.clone());
        self.happen(Event::Arrived { uid, at });
    }

    fn lose(&mut self, line: usize) {
        let session = self.lines[line].1.session;
        self.connected.remove(&session);
        self.happen(Event::Lost(session));
    }

    fn wait(&mut self, millis: i64) {
        let end = Time::from_millis(self.now.millis() + millis);
        while let Some((&timer, &at)) = self.timers.iter().min_by_key(|(_, at)| **at) {
            if at > end {
                break;
            }
            self.timers.remove(&timer);
            self.now = self.now.max(at);
            self.happen(Event::Fired(timer));
        }
        self.now = end;
    }

    fn happen(&mut self, event: Event<usize>) {
        let was = self.call.phase();
        match self.call.on(event, self.now) {
            Ok(effects) => {
                assert!(was != Phase::Ended || effects.is_empty(), "{effects:?} after the end");
                self.obey(effects);
            }
            Err(_) => assert_eq!(self.call.phase(), was),
        }
    }

    fn obey(&mut self, effects: Vec<Effect<usize>>) {
        for effect in effects {
            assert_eq!(self.ended, 0, "{effect:?} after the end");
            match effect {
                Effect::Ring { .. } => assert_eq!(self.accepted, 0),
                Effect::Accepted { .. } => self.accepted += 1,
                Effect::Relay { to, from, signal } => self.check_relay(to, &from, signal),
                Effect::SetTimer(timer, at) => drop(self.timers.insert(timer, at)),
                Effect::ClearTimer(timer) => drop(self.timers.remove(&timer)),
                Effect::Ended(ending) => self.check_ending(&ending),
            }
        }
    }

    fn check_relay(&mut self, to: SessionId, from: &Uid, signal: usize) {
        assert_eq!(self.accepted, 1, "nothing is relayed before somebody has accepted");
        let line = self.lines.iter().find(|(_, at)| at.session == to);
        let Some((hearer, at)) = line else {
            panic!("nothing goes to a connection that has been replaced");
        };
        let callee = self.call.uid(Party::Callee);
        assert!(self.connected.contains(&to), "nothing goes to a lost connection");
        assert_eq!(&self.lines[signal].0, from, "who sent it is who is named");
        assert_ne!(hearer, from, "nobody hears themselves");
        assert!(hearer == callee || hearer == self.call.uid(Party::Caller));
        if let (Some(device), true) = (&self.answered_on, hearer == callee) {
            assert_eq!(&at.device, device, "only the device that accepted hears");
        }
    }

    fn check_ending(&mut self, ending: &CallEnding) {
        self.ended += 1;
        let rang_only = [EndReason::Cancel, EndReason::Reject, EndReason::Busy, EndReason::Timeout];
        match self.accepted {
            0 => assert_eq!(ending.duration, 0),
            _ => assert!(!rang_only.contains(&ending.reason), "{ending:?} after an accept"),
        }
        assert!(!ending.audience.is_empty());
    }
}

fn line(who: &str, device: &str) -> (Uid, Connection) {
    let at = Connection { device: device.to_owned().try_into().unwrap(), session: SessionId::mint() };
    (who.to_owned().try_into().unwrap(), at)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_interleaving_ends_at_most_once_relays_to_bound_ends_and_leaves_no_timer(
        steps in steps(),
        known in any::<bool>(),
    ) {
        let mut world = World::new(known);
        for step in &steps {
            world.step(step);
            prop_assert_eq!(world.ended, usize::from(world.call.phase() == Phase::Ended));
            prop_assert!(world.accepted <= 1);
            prop_assert!(world.ended == 0 || world.timers.is_empty());
        }
    }

    #[test]
    fn a_call_that_everybody_has_left_ends_by_itself(steps in steps(), known in any::<bool>()) {
        let mut world = World::new(known);
        for step in &steps {
            world.step(step);
        }
        for line in 0..LINES.len() {
            world.lose(line);
        }
        world.wait(120_000);
        prop_assert_eq!(world.ended, 1);
        prop_assert!(world.timers.is_empty());
    }
}
