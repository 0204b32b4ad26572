//! Messages that were sent before, as their senders' own numbers say.

use super::{Accepted, DoneBy, refusable};
use crate::db::gather::Done;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{ClientId, Uid};
use crate::service::chat::{Receipt, SendRequest};
use crate::service::posting;
use crate::service::rooms::members;
use crate::store::dialog::{self, Sent};
use crate::store::room::{self, Address};
use std::collections::{HashMap, HashSet};

/// Answers what was sent before under the same `clientid` with its first receipt.
pub(super) fn answer(tx: &mut Tx<'_>, sends: &[SendRequest], addresses: &[Address]) -> Result<DoneBy> {
    let mut done = DoneBy::new();
    let numbers: Vec<_> = sends.iter().filter_map(number).collect();
    if numbers.is_empty() {
        return Ok(done);
    }
    let sent = dialog::list_sent(tx, &numbers)?;
    let sent: HashMap<_, _> =
        sent.iter().map(|sent| ((&sent.fromuid, sent.clientid.as_deref()), sent)).collect();
    let mut seen = HashSet::new();
    for (index, send) in sends.iter().enumerate() {
        let Some((uid, clientid)) = number(send) else { continue };
        if let Some(sent) = sent.get(&(uid, Some(clientid.as_str()))) {
            let receipt = repeat(tx, send, &addresses[index], sent);
            done.insert(
                index,
                Done::Answered(refusable(receipt)?.map(|receipt| Accepted { receipt, members: None })),
            );
        } else if !seen.insert((uid, clientid.as_str())) {
            done.insert(index, Done::Alone);
        }
    }
    Ok(done)
}

/// The sender's own number for a message.
fn number(send: &SendRequest) -> Option<(&Uid, &ClientId)> {
    Some((&send.caller.uid, send.new.clientid.as_ref()?))
}

/// The receipt of a message that was sent before.
fn repeat(
    tx: &mut Tx<'_>,
    SendRequest { caller, new, .. }: &SendRequest,
    address: &Address,
    sent: &Sent,
) -> Result<Receipt> {
    let find_room = |tx: &mut Tx<'_>| Ok(room::find_at(tx, address)?.map(|room| room.roomid));
    posting::require_repeated(tx, caller, new, sent, find_room)?;
    let messageid = members::require_ever(tx, &sent.roomid, &caller.uid)?.messageid;
    let (dialogid, roomid) = (sent.dialogid.clone(), sent.roomid.clone());
    Ok(Receipt { messageid, dialogid, roomid, roomseq: sent.roomseq })
}
