//! What a room's newest message is to each of its members: under which heading, with how many unread.

use crate::protocol::objects::RecipientView;
use crate::store::member::Member;
use crate::store::room::Room;

/// Those members of a room whom `to` chooses, as recipients of its newest message; `members` are all
/// who are in it.
pub fn recipients(room: &Room, members: &[Member], to: impl Fn(&Member) -> bool) -> Vec<RecipientView> {
    let recipient = |member: &Member| RecipientView {
        messageid: member.messageid.clone(),
        uid: member.person.uid.clone(),
        title: title_for(room, member, members),
        unread: member.unread(room.seq),
    };
    members.iter().filter(|member| to(member)).map(recipient).collect()
}

/// What the room is called in a member's message list: its own name, or the other one's.
fn title_for(room: &Room, member: &Member, members: &[Member]) -> String {
    let other = members.iter().find(|other| other.person.uid != member.person.uid);
    match (&room.name, other) {
        (Some(name), _) => name.clone(),
        (None, Some(other)) => other.person.name.clone(),
        (None, None) => String::new(),
    }
}
