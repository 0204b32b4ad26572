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
    let (mut dice, mut made, begin) = (Dice::new(), 0, plan.begin);
    let all: Vec<usize> = (0..plan.rooms).collect();
    for part in all.chunks(plan.rooms.div_ceil(PARTS)) {
        let places: Vec<Place> = part.iter().map(|room| plan.place(*room)).collect();
        for (n, Place { resident, doctor, roomid, messages }) in part.iter().zip(&places) {
            let pair = format!("alonechat:{resident}:{doctor}");
            rooms.add(
                store,
                &format!("('{roomid}', 'alonechat', '{pair}', TRUE, {messages}, {begin}, {begin})"),
            );
            let questions = messages / 2;
            let (line, other) = (id(begin + 3, 2 * n), id(begin + 3, 2 * n + 1));
            let (all, own) = (messages, messages - questions);
            members.add(
                store,
                &format!("('{roomid}', '{resident}', '{line}', 0, {all}, {questions}, {questions}, 0)"),
            );
            members
                .add(store, &format!("('{roomid}', '{doctor}', '{other}', 0, {all}, {own}, {own}, {all})"));
        }
        rooms.write(store);
        members.write(store);
        let most = places.iter().map(|place| place.messages).max().unwrap_or(0);
        for seq in 1..=most {
            for Place { resident, doctor, roomid, messages } in &places {
                if seq > *messages {
                    continue;
                }
                let (time, text) = (plan.time(made), dice.text());
                let dialogid = id(time, made);
                // A resident asks, the doctor answers, and has the last word.
                let (from, question) = match seq % 2 == 1 && seq < *messages {
                    true => (resident, format!("2, {}", seq + 1)),
                    false => (doctor, "NULL, NULL".to_owned()),
                };
                dialogs.add(
                    store,
                    &format!("('{roomid}', {seq}, '{dialogid}', '{from}', 'text', '\"{text}\"', {time}, {question})"),
                );
                made += 1;
            }
        }
        dialogs.write(store);
        let [first, last] = [places.first(), places.last()].map(|place| &place.unwrap().roomid);
        store
            .batch_execute(&format!(
                "UPDATE room SET updatetime = (SELECT createtime FROM social_dialog
                     WHERE social_dialog.roomid = room.roomid AND social_dialog.roomseq = room.seq)
                 WHERE roomid BETWEEN '{first}' AND '{last}'"
            ))
            .unwrap();
        eprint!("\rmade {made} of {} messages", plan.messages);
    }
    eprintln!();
}
