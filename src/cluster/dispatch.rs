//! What commits hand to other nodes, and this node's view of them: shared by the threads that commit and by the worker
//! that sends. Nobody waits for it.

use super::bundle::Bundle;
use super::bus::Bus;
use super::members::{FRESH, Members};
use super::outbox::{Outbox, Queued, Waiting};
use super::pending::{NoAnswer, Pending};
use super::wire::{Answer, Ask, Beat, Json, StoreState};
use crate::model::{Incarnation, Node, Slot};
use crate::protocol::effect::Effect;
use crate::protocol::frame::Delivery;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, oneshot, watch};
use tokio::time::timeout;

/// What waits for the others, as long as this node lives.
#[derive(Debug, Default)]
pub struct Dispatch {
    life: Mutex<Option<Life>>,
    some: Notify,
    has_left: AtomicBool,
    chores: watch::Sender<Option<Instant>>,
    missed: watch::Sender<()>,
}

#[derive(Debug)]
struct Life {
    node: Node,
    outbox: Outbox,
    members: Members,
    pending: Pending,
}

impl Dispatch {
    /// A life begins; nothing waits yet, and nobody is known.
    pub fn begin(&self, node: Node) {
        let (outbox, members, pending) = (Outbox::new(node), Members::default(), Pending::new(node));
        *self.life() = Some(Life { node, outbox, members, pending });
    }

    /// The life is over, and what waited in it is lost.
    pub fn end(&self) {
        let mut life = self.life();
        self.chores.send_replace(None);
        *life = None;
    }

    /// The process ends: the life is its last one, and is over; returns which it was.
    pub fn leave(&self) -> Option<Node> {
        self.has_left.store(true, Ordering::Relaxed);
        let mut life = self.life();
        self.chores.send_replace(None);
        life.take().map(|life| life.node)
    }

    /// Whether no other life is to begin.
    pub fn has_left(&self) -> bool {
        self.has_left.load(Ordering::Relaxed)
    }

    /// The life, as long as it goes on.
    pub fn node(&self) -> Option<Node> {
        self.life().as_ref().map(|life| life.node)
    }

    /// This node's lease was renewed, and these others live.
    pub fn renewed(&self, others: impl IntoIterator<Item = Node>, at: Instant) {
        if let Some(Life { outbox, members, pending, .. }) = &mut *self.life() {
            members.renewed(others, at);
            outbox.keep(&members.others().collect());
            pending.keep(|node| members.find(node.incarnation) == Some(*node));
        }
    }

    /// This node does what one does for all: its lease of that was renewed then, if it is the one.
    pub fn set_chores(&self, renewed: Option<Instant>) {
        let life = self.life();
        if life.is_some() {
            self.chores.send_replace(renewed.map(|at| at + FRESH));
        }
    }

    /// Until when this node does what one does for all, if it does. It stops before its lease in the store is over.
    pub fn chores(&self) -> watch::Receiver<Option<Instant>> {
        self.chores.subscribe()
    }

    /// Another node was heard; returns whether it is one that is known to live.
    pub fn heard(&self, from: Node, at: Instant) -> bool {
        self.life().as_mut().is_some_and(|life| life.members.heard(from, at))
    }

    /// Another node said how it is.
    pub fn heard_beat(&self, from: Node, beat: &Beat) {
        if let Some(life) = &mut *self.life() {
            life.members.said(from, beat);
        }
    }

    /// How many connections the other nodes have.
    pub fn connections_of_others(&self) -> usize {
        self.life().as_ref().map_or(0, |life| life.members.connections())
    }

    /// Whether this node's database answers it.
    pub fn store(&self, now: Instant) -> StoreState {
        self.life().as_ref().map_or(StoreState::Silent, |life| life.members.store(now))
    }

    /// Whether people are better off at another node, whose database answers as this one's does not.
    pub fn is_better_elsewhere(&self, now: Instant) -> bool {
        self.life().as_ref().is_some_and(|life| life.members.is_better_elsewhere(now))
    }

    /// The others that live and are heard.
    pub fn heard_now(&self, now: Instant) -> Vec<Node> {
        self.life().as_ref().map(|life| life.members.heard_now(now).collect()).unwrap_or_default()
    }

    /// The one of the others that this life is of, if it lives.
    pub fn find(&self, life: Incarnation) -> Option<Node> {
        self.life().as_ref()?.members.find(life)
    }

    /// Something that another node said was not heard.
    pub fn has_missed(&self) {
        self.missed.send_replace(());
    }

    /// Changes when something was not heard.
    pub fn missed(&self) -> watch::Receiver<()> {
        self.missed.subscribe()
    }

    /// Whether this node hears all that others do.
    pub fn hears_all(&self, now: Instant) -> bool {
        self.life().as_ref().is_some_and(|life| life.members.hears_all(now))
    }

    /// How long ago this node's lease was renewed, if it has one.
    pub fn lease_age(&self, now: Instant) -> Option<Duration> {
        self.life().as_ref()?.members.lease_age(now)
    }

    /// What a commit pushes waits for the others whom it concerns, and behind it what follows from it there; before it
    /// what those who hear of it may rely on.
    pub fn push(&self, deliveries: &[Delivery], effects: &[Effect]) {
        let Some(Life { outbox, members, .. }) = &mut *self.life() else { return };
        let mut has_some = false;
        for to in members.others() {
            let theirs = deliveries.iter().filter(|delivery| delivery.slots.contains(to));
            let pushes = Bundle::gather(theirs).into_iter().map(Waiting::Push);
            let effects = effects.iter().filter(|effect| effect.slots().contains(to)).cloned();
            let (first, then): (Vec<_>, Vec<_>) = effects.partition(Effect::precedes_pushes);
            let (first, then) =
                (first.into_iter().map(Waiting::Effect), then.into_iter().map(Waiting::Effect));
            for waiting in first.chain(pushes).chain(then) {
                has_some = true;
                // What is dropped is noticed by who should have heard it.
                let _ = outbox.push(to, waiting);
            }
        }
        if has_some {
            self.some.notify_one();
        }
    }

    /// Asks another node something. The question waits in its place among all that this node tells that one when this
    /// returns; an answer that comes later than `within` is none.
    pub fn ask(
        &self,
        to: Node,
        question: Json,
        within: Duration,
    ) -> impl Future<Output = Result<Json, NoAnswer>> + use<> {
        let asked = self.send_ask(to, question);
        async move {
            match timeout(within, asked?).await {
                Ok(answered) => answered.map_err(|_| NoAnswer::Gone),
                Err(_) => Err(NoAnswer::Late),
            }
        }
    }

    fn send_ask(&self, to: Node, question: Json) -> Result<oneshot::Receiver<Json>, NoAnswer> {
        let mut life = self.life();
        let Life { outbox, members, pending, .. } = life.as_mut().ok_or(NoAnswer::Gone)?;
        members.find(to.incarnation).filter(|node| *node == to).ok_or(NoAnswer::Gone)?;
        let (id, answer) = pending.ask(to).ok_or(NoAnswer::Full)?;
        self.some.notify_one();
        match outbox.push(to.slot, Waiting::Ask(Ask { id, question })) {
            Queued::Waits => Ok(answer),
            Queued::Dropped => Err(NoAnswer::Full),
        }
    }

    /// How many questions wait for their answers.
    pub fn questions(&self) -> usize {
        self.life().as_ref().map_or(0, |life| life.pending.count())
    }

    /// Answers what a node has asked. Where it is dropped, that one waits in vain, and knows it.
    pub fn answer(&self, to: Node, answer: Answer) {
        let mut life = self.life();
        let Some(Life { outbox, .. }) = life.as_mut() else { return };
        outbox.push(to.slot, Waiting::Answer(answer));
        self.some.notify_one();
    }

    /// A node has answered.
    pub fn answered(&self, from: Node, answer: Answer) {
        if let Some(life) = &mut *self.life() {
            life.pending.answer(from, answer);
        }
    }

    /// Waits until something waits.
    pub async fn some(&self) {
        self.some.notified().await;
    }

    /// Sends what waits.
    pub fn send(&self, bus: &dyn Bus) {
        self.each(|to, outbox| send_waiting(to, outbox, bus));
    }

    /// Sends a beat after all that waits.
    pub fn beat(&self, bus: &dyn Bus, beat: &Beat) {
        self.each(|to, outbox| {
            send_waiting(to, outbox, bus);
            outbox.beat(to, beat.clone()).map(|message| bus.send(to, message));
        });
    }

    fn each(&self, mut send: impl FnMut(Slot, &mut Outbox)) {
        if let Some(Life { outbox, members, .. }) = &mut *self.life() {
            members.others().for_each(|to| send(to, outbox));
        }
    }

    fn life(&self) -> MutexGuard<'_, Option<Life>> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends what waits for a node.
fn send_waiting(to: Slot, outbox: &mut Outbox, bus: &dyn Bus) {
    while let Some(message) = outbox.next(to) {
        bus.send(to, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::memory::{Faults, Network};
    use crate::cluster::wire::Message;
    use crate::model::{RoomId, Slots};
    use crate::protocol::frame::Frame;
    use bytes::Bytes;
    use std::sync::Arc;
    use tokio::sync::mpsc;

    const SOON: Duration = Duration::from_millis(50);

    fn node(number: u8) -> Node {
        Node { slot: number.try_into().unwrap(), incarnation: Incarnation(number.into()) }
    }

    fn life(network: &Network, own: Node, other: Node) -> (Dispatch, Arc<dyn Bus>, mpsc::Receiver<Bytes>) {
        let (dispatch, (bus, incoming)) = (Dispatch::default(), network.join(own.slot));
        dispatch.begin(own);
        dispatch.renewed([other], Instant::now());
        (dispatch, bus, incoming)
    }

    async fn next(incoming: &mut mpsc::Receiver<Bytes>) -> (Node, Message) {
        let (stamp, message) = Message::open(&incoming.recv().await.unwrap()).unwrap();
        (stamp.from, message)
    }

    #[actix::test]
    async fn a_question_is_answered_or_it_is_known_that_it_is_not() {
        let network = Network::new(3, Faults::default());
        let (here, bus, mut incoming) = life(&network, node(1), node(2));
        let (there, their_bus, mut asked) = life(&network, node(2), node(1));
        let (question, late) = (Json::of(&"who?").unwrap(), Duration::from_secs(5));

        let answered = here.ask(node(2), question.clone(), late);
        here.send(&*bus);
        let (from, Message::Ask(asks)) = next(&mut asked).await else { panic!() };
        assert_eq!((from, asks.len(), &asks[0].question), (node(1), 1, &question));
        there.answer(node(1), Answer { id: asks[0].id, answer: Json::of(&"me").unwrap() });
        there.send(&*their_bus);
        let (from, Message::Answer(answers)) = next(&mut incoming).await else { panic!() };
        answers.into_iter().for_each(|answer| here.answered(from, answer));
        assert_eq!(answered.await, Ok(Json::of(&"me").unwrap()));

        assert_eq!(here.ask(node(2), question.clone(), SOON).await, Err(NoAnswer::Late));
        assert_eq!(
            here.ask(node(3), question.clone(), SOON).await,
            Err(NoAnswer::Gone),
            "nobody lives there"
        );
        let long = Json::of(&"x".repeat(crate::cluster::wire::LONGEST)).unwrap();
        assert_eq!(here.ask(node(2), long, SOON).await, Err(NoAnswer::Full));
        let waiting = here.ask(node(2), question.clone(), late);
        here.renewed([node(3)], Instant::now());
        assert_eq!(waiting.await, Err(NoAnswer::Gone), "it died");
        let waiting = here.ask(node(3), question, late);
        here.end();
        assert_eq!(waiting.await, Err(NoAnswer::Gone), "we did");
    }

    /// A room of 500 on three nodes: each other node is told once, whoever is there, and one where nobody is not at all.
    #[actix::test]
    async fn a_groups_push_is_one_message_a_node_behind_what_it_relies_on() {
        let network = Network::new(3, Faults::default());
        let (here, bus, _) = life(&network, node(1), node(2));
        here.renewed([2, 3, 4].map(node), Instant::now());
        let mut incoming = [2, 3, 4].map(|number| network.join(node(number).slot).1);
        let shared: Arc<str> = format!("{{\"content\":\"{}\"}}", "请会诊".repeat(100)).into();
        let delivery = |number: u16| {
            let frame = Frame {
                seq: 7,
                name: "S2C_X".into(),
                own: Some("{\"unread\":1}".into()),
                shared: shared.clone(),
            };
            let uid = format!("01m8ee6k2s27gmva56cntvd{number:03}").try_into().unwrap();
            Delivery { uid, frame, slots: Slots::from_iter([node(1 + (number % 3) as u8).slot]) }
        };
        let deliveries: Vec<_> = (0..500).map(delivery).collect();
        let roomid: RoomId = "room".to_owned().try_into().unwrap();
        here.push(&deliveries, &[Effect::RoomChanged(roomid)]);
        here.send(&*bus);
        for (to, there) in incoming.iter_mut().enumerate() {
            let (_, Message::Effect(_)) = next(there).await else { panic!("a change comes first") };
            if to == 2 {
                assert!(there.try_recv().is_err(), "nobody is there");
                continue;
            }
            let (_, Message::Push(bundles)) = next(there).await else { panic!() };
            let heard: usize = bundles.iter().map(|bundle| bundle.to.len()).sum();
            assert_eq!((bundles.len(), heard), (1, [167, 166][to]));
            assert!(there.try_recv().is_err(), "all in one message");
        }
    }
}
