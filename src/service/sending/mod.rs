//! Sending messages, many at once: what they need is read together, each is let in or refused by itself, and
//! what is let in is written together.
//!
//! Nothing is written for a message that is refused. What cannot be decided beside others is left to be sent
//! by itself: a second message under the same `clientid`, an answer to what is only being asked, a room that
//! has to be opened first. Who may write to whom is in `chat`; messages that nobody asks for are posted by
//! `posting`.

mod draft;
mod places;
mod post;
mod repeats;

use crate::db::gather::Done;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::service::chat::{Receipt, SendRequest};
use crate::service::sessions;
use crate::store::room::Address;
use crate::store::token;
use places::Places;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A message that was sent.
#[derive(Debug)]
pub struct Accepted {
    /// What its sender is answered.
    pub receipt: Receipt,
    /// How many members its room has; not counted where it was sent before.
    members: Option<usize>,
}

impl Accepted {
    /// What the work weighs: each member of the room hears of it.
    pub fn weight(&self) -> Option<usize> {
        self.members
    }
}

/// Sends messages; the other members of their rooms are told.
pub fn send_all(tx: &mut Tx<'_>, sends: &[SendRequest]) -> Result<Vec<Done<Accepted>>> {
    let addresses: Vec<_> = sends.iter().map(SendRequest::address).collect();
    let mut done = repeats::answer(tx, sends, &addresses)?;
    let new: Vec<_> = (0..sends.len()).filter(|index| !done.contains_key(index)).collect();
    if !new.is_empty() {
        let mut places = Places::lock(tx, &new.iter().map(|index| &addresses[*index]).collect::<Vec<_>>())?;
        if let [send] = sends
            && places.find(&addresses[0], &send.caller.uid).is_none()
        {
            match refusable(open_room(tx, send))? {
                Ok(()) => places = Places::lock(tx, &[&addresses[0]])?,
                Err(refusal) => return Ok(vec![Done::Answered(Err(refusal))]),
            }
        }
        send_new(tx, sends, &addresses, &new, &mut places, &mut done)?;
    }
    let take = |index| done.remove(&index).ok_or_else(|| Error::inside("a message was passed over"));
    (0..sends.len()).map(take).collect()
}

/// The key of a message is its room, which those who write in it lock.
pub fn key_of(send: &SendRequest) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    send.address().hash(&mut hasher);
    Some(hasher.finish())
}

/// What has become of messages, by their places in the list.
type DoneBy = HashMap<usize, Done<Accepted>>;

/// Opens the room of a message that is sent by itself.
fn open_room(tx: &mut Tx<'_>, send: &SendRequest) -> Result<()> {
    sessions::require_valid(tx, send.caller.token)?;
    send.open_room(tx)
}

/// A refusal is an answer; what fails of the inside fails all.
fn refusable<T>(outcome: Result<T>) -> Result<Result<T>> {
    match outcome {
        Err(error) if error.is_internal() => Err(error),
        answer => Ok(answer),
    }
}

/// Lets in or refuses each of the messages `new`, and writes what is let in.
fn send_new(
    tx: &mut Tx<'_>,
    sends: &[SendRequest],
    addresses: &[Address],
    new: &[usize],
    places: &mut Places,
    done: &mut DoneBy,
) -> Result<()> {
    let tokens: Vec<_> = new.iter().map(|index| sends[*index].caller.token).collect();
    let valid = token::list_valid(tx, &tokens)?;
    let mut drafts = Vec::new();
    for &index in new {
        let draft = draft::admit(tx, places, &valid, index, &sends[index], &addresses[index]);
        match refusable(draft)? {
            Ok(Some(draft)) => drafts.push(draft),
            Ok(None) if sends.len() > 1 => drop(done.insert(index, Done::Alone)),
            Ok(None) => drop(done.insert(index, Done::Answered(Err(Error::NotFound("room"))))),
            Err(refusal) => drop(done.insert(index, Done::Answered(Err(refusal)))),
        }
    }
    if drafts.is_empty() {
        return Ok(());
    }
    let settled = draft::settle(tx, places, &drafts)?;
    for (index, sent) in post::post(tx, places, &drafts, &settled)? {
        done.insert(index, Done::Answered(Ok(sent)));
    }
    Ok(())
}
