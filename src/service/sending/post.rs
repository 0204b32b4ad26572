//! Writing messages that were let in.

use super::Accepted;
use super::draft::Draft;
use super::places::Places;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::protocol::objects::Dialog;
use crate::service::chat::Receipt;
use crate::service::posting::{self, Authorship};
use crate::service::{files, questions};
use crate::store::{dialog, member, room};
use std::collections::BTreeSet;

/// Writes the messages and tells the members of their rooms; returns the receipts. `settled` says of each how
/// many questions it answers.
pub(super) fn post(
    tx: &mut Tx<'_>,
    places: &mut Places,
    drafts: &[Draft<'_>],
    settled: &[usize],
) -> Result<Vec<(usize, Accepted)>> {
    let both = drafts.iter().zip(settled);
    let posted: Vec<_> = both.map(|(draft, settled)| put(tx, places, draft, *settled)).collect();
    let (receipts, dialogs): (Vec<_>, Vec<_>) = posted.into_iter().unzip();
    room::set_seqs(tx, &places.written())?;
    set_written(tx, places, drafts)?;
    dialog::insert(tx, &dialogs.iter().collect::<Vec<_>>())?;
    for (draft, dialog) in drafts.iter().zip(&dialogs) {
        draft.file.iter().try_for_each(|file| files::attach(tx, file, dialog))?;
    }
    Ok(receipts)
}

/// Puts a message in its room, without writing it, and tells the members.
fn put(
    tx: &mut Tx<'_>,
    places: &mut Places,
    draft: &Draft<'_>,
    settled: usize,
) -> ((usize, Accepted), Dialog) {
    let place = places.get_mut(draft.place);
    place.room.seq = draft.roomseq;
    let author = &mut place.members[draft.author];
    author.written += 1;
    let (from, messageid) = (author.person.clone(), author.messageid.clone());
    let authorship = Authorship { from, onbehalfof: None, process: draft.part.process(settled) };
    let dialog = posting::make(&place.room, authorship, &draft.send.new, tx.now);
    posting::tell(tx, &place.room, &place.members, &dialog);
    questions::announce_posted(tx, &dialog);
    let (dialogid, roomid) = (dialog.dialogid.clone(), dialog.roomid.clone());
    let receipt = Receipt { messageid, dialogid, roomid, roomseq: draft.roomseq };
    ((draft.index, Accepted { receipt, members: Some(place.members.len()) }), dialog)
}

fn set_written(tx: &mut Tx<'_>, places: &Places, drafts: &[Draft<'_>]) -> Result<()> {
    let authors: BTreeSet<_> = drafts.iter().map(|draft| (draft.place, draft.author)).collect();
    let author = |(place, author): (usize, usize)| {
        let place = places.get(place);
        (&place.room.roomid, &place.members[author])
    };
    member::set_written(tx, &authors.into_iter().map(author).collect::<Vec<_>>())
}
