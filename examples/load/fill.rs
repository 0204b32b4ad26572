//! What a grown store is filled with.

use crate::dice::Dice;
use crate::grown::{Place, Plan, id};
use crate::rows::Rows;
use diesel::connection::SimpleConnection;
use jiayi::db::connection::AnyConnection;

/// The year is made in so many parts: who writes does so for some days, as an illness lasts.
const PARTS: usize = 100;

/// Residents who are under contract with a doctor.
pub fn make_people(store: &mut AnyConnection, plan: &Plan) {
    let Plan { begin, rooms, .. } = plan;
    let mut accounts = Rows::new("account (uid, role, login, password, name, createtime)");
    let mut mailboxes = Rows::new("mailbox (uid)");
    let mut contracts =
        Rows::new("social_signed (sid, uid, doctoruid, stid, status, createtime, updatetime)");
    let all = 0..*rooms;
    for room in all.clone() {
        let uid = id(*begin, room);
        accounts.add(store, &format!("('{uid}', 'user', '139{room:08}', 'x', 'Resident', {begin})"));
    }
    accounts.write(store);
    for room in all {
        let (uid, sid, (doctor, stid)) = (id(*begin, room), id(begin + 2, room), plan.doctor(room));
        mailboxes.add(store, &format!("('{uid}')"));
        contracts
            .add(store, &format!("('{sid}', '{uid}', '{doctor}', '{stid}', 'signed', {begin}, {begin})"));
    }
    mailboxes.write(store);
    contracts.write(store);
    for (_, stid) in &plan.doctors {
        let of_team =
            format!("(SELECT count(*) FROM social_signed WHERE stid = '{stid}' AND status = 'signed')");
        store.batch_execute(&format!("UPDATE team SET signed = {of_team} WHERE stid = '{stid}'")).unwrap();
    }
}

/// Part by part, each with its share of the rooms, which are written in by turns.
pub fn make_messages(store: &mut AnyConnection, plan: &Plan) {
    let mut rooms = Rows::new("room (roomid, kind, pair, open, seq, updatetime, createtime)");
    let mut members = Rows::new(
        "room_member (roomid, uid, messageid, joined_seq, read_seq, written, written_read, answered_seq)",
    );
    let mut dialogs = Rows::new(
        "social_dialog (roomid, roomseq, dialogid, fromuid, kind, body, createtime, process, answerseq)",
    );
    let (mut dice, mut made) = (Dice::new(), 0);
    let all: Vec<usize> = (0..plan.rooms).collect();
    for part in all.chunks(plan.rooms.div_ceil(PARTS)) {
        let places: Vec<Place> = part.iter().map(|room| plan.place(*room)).collect();
        for (room, place) in part.iter().zip(&places) {
            rooms.add(store, &place.room(plan.begin));
            let lines = [0, 1].map(|member| id(plan.begin + 3, 2 * room + member));
            place.members(lines).iter().for_each(|member| members.add(store, member));
        }
        rooms.write(store);
        members.write(store);
        let most = places.iter().map(|place| place.messages).max().unwrap_or(0);
        for seq in 1..=most {
            for place in places.iter().filter(|place| seq <= place.messages) {
                let time = plan.time(made);
                dialogs.add(store, &place.dialog(seq, &id(time, made), &dice.text(), time));
                made += 1;
            }
        }
        dialogs.write(store);
        set_changed(store, &places);
        eprint!("\rmade {made} of {} messages", plan.messages);
    }
    eprintln!();
}

impl Place {
    fn room(&self, begin: i64) -> String {
        let Self { resident, doctor, roomid, messages } = self;
        let pair = format!("alonechat:{resident}:{doctor}");
        format!("('{roomid}', 'alonechat', '{pair}', TRUE, {messages}, {begin}, {begin})")
    }

    /// Both have read all.
    fn members(&self, [line, other]: [String; 2]) -> [String; 2] {
        let Self { resident, doctor, roomid, messages } = self;
        let asked = messages / 2;
        let answered = messages - asked;
        [
            format!("('{roomid}', '{resident}', '{line}', 0, {messages}, {asked}, {asked}, 0)"),
            format!("('{roomid}', '{doctor}', '{other}', 0, {messages}, {answered}, {answered}, {messages})"),
        ]
    }

    /// The resident asks, the doctor answers, and has the last word.
    fn dialog(&self, seq: usize, dialogid: &str, text: &str, time: i64) -> String {
        let Self { resident, doctor, roomid, messages } = self;
        let (from, question) = match seq % 2 == 1 && seq < *messages {
            true => (resident, format!("2, {}", seq + 1)),
            false => (doctor, "NULL, NULL".to_owned()),
        };
        format!("('{roomid}', {seq}, '{dialogid}', '{from}', 'text', '\"{text}\"', {time}, {question})")
    }
}

/// A room has changed when its last message was written.
fn set_changed(store: &mut AnyConnection, places: &[Place]) {
    let [first, last] = [places.first(), places.last()].map(|place| &place.unwrap().roomid);
    let change = format!(
        "UPDATE room SET updatetime = (SELECT createtime FROM social_dialog
             WHERE social_dialog.roomid = room.roomid AND social_dialog.roomseq = room.seq)
         WHERE roomid BETWEEN '{first}' AND '{last}'"
    );
    store.batch_execute(&change).unwrap();
}
