//! Searching by the index of words, which finds what looking through finds, and at once.

use crate::app::{Database, TestApp};
use crate::discussion::{add, group, removes, says};
use crate::on_both_databases;
use crate::people::Person;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use jiayi::db::connection::AnyConnection;
use jiayi::db::schema::{search_entry, search_words};
use jiayi::model::{DialogId, Time};
use jiayi::store::search::index;
use jiayi::store::search::missed::{self, Found};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// How many messages are looked at for a page, and in how many rooms one may be without the index.
const LOOKED_AT: i64 = 3000;
const FEW_ROOMS: usize = 50;

/// Puts somebody into so many rooms where nobody writes that the index is asked for them.
async fn enter_many_rooms(app: &TestApp, person: &Person) {
    let uid = person.uid.clone();
    let work = move |tx: &mut jiayi::db::transaction::Tx<'_>| {
        for n in 0..=FEW_ROOMS {
            let roomid = format!("{uid}-{n}");
            tx.batch_execute(&format!(
                "INSERT INTO room (roomid, kind, open, seq, updatetime, createtime) \
                 VALUES ('{roomid}', 'teamchat', TRUE, 0, 0, 0); \
                 INSERT INTO room_member (roomid, uid, messageid, joined_seq, read_seq) \
                 VALUES ('{roomid}', '{uid}', '{roomid}', 0, 0)"
            ))?;
        }
        Ok(())
    };
    app.app.write(work).await.unwrap();
}

/// Puts more people into each empty room than the index tells apart.
const MANY_MEMBERS: &str = "
    INSERT INTO account (uid, role, login, password, name, createtime)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
    SELECT 'reader-' || i, 'user', 'reader-' || i, 'x', 'Reader', 0 FROM n;
    INSERT INTO room_member (roomid, uid, messageid, joined_seq, read_seq)
    SELECT roomid, account.uid, roomid || account.uid, 0, 0 FROM room, account
    WHERE room.kind = 'teamchat' AND room.seq = 0 AND account.uid LIKE 'reader-%'";

/// Writes so many messages into a room, younger than all that there are.
async fn fill(app: &TestApp, roomid: &str, from: &Person, body: &str, count: i64) {
    fill_at(app, Time::now(), roomid, from, body, count).await;
}

/// Writes so many messages into a room under a clock that shows `time`.
async fn fill_at(app: &TestApp, time: Time, roomid: &str, from: &Person, body: &str, count: i64) {
    let newest = DialogId::least_from(time).as_str()[..19].to_owned();
    let (roomid, uid, body) = (roomid.to_owned(), from.uid.clone(), json!(body).to_string());
    let work = move |tx: &mut jiayi::db::transaction::Tx<'_>| {
        Ok(tx.batch_execute(&format!(
            "INSERT INTO social_dialog (roomid, roomseq, dialogid, fromuid, kind, body, createtime) \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
             SELECT roomid, seq + i, '{newest}' || CAST(1000000 + i AS TEXT), '{uid}', 'text', '{body}', 0 \
             FROM n, room WHERE roomid = '{roomid}'; \
             UPDATE room SET seq = seq + {count} WHERE roomid = '{roomid}'"
        ))?)
    };
    app.app.write(work).await.unwrap();
}

/// Waits until something is so in the store.
async fn until(app: &TestApp, is_so: impl Fn(&mut AnyConnection) -> bool + Send + Sync + Clone + 'static) {
    let came = async {
        loop {
            let is_so = is_so.clone();
            if app.app.read(move |store| Ok(is_so(store))).await.unwrap() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), came).await.expect("the index is filled");
}

/// Waits until all there is is indexed.
async fn until_indexed(app: &TestApp) {
    use jiayi::db::schema::social_dialog::dsl::{dialogid, social_dialog};
    let newest = |store: &mut AnyConnection| {
        social_dialog.select(dialogid).order(dialogid.desc()).first::<DialogId>(store).unwrap()
    };
    until(app, move |store| newest(store) <= index::mark(store).unwrap().dialogid).await;
}

fn quoted(words: &str) -> String {
    words.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A page, and where the next one begins.
async fn page(who: &Person, query: &str) -> (Vec<Value>, Option<String>) {
    let page = who.gets(&format!("dialog/search?{query}")).await;
    (page["items"].as_array().unwrap().clone(), page["next"].as_str().map(str::to_owned))
}

/// Everything that is found, newest first, over all pages.
async fn find(who: &Person, words: &str, limit: usize) -> Vec<String> {
    let (mut found, mut query) = (Vec::new(), format!("q={}&limit={limit}", quoted(words)));
    loop {
        let (items, next) = page(who, &query).await;
        assert!(items.len() <= limit);
        found.extend(items.iter().map(|item| item["body"].as_str().unwrap().to_owned()));
        let Some(next) = next else { return found };
        query = format!("q={}&limit={limit}&before={next}", quoted(words));
    }
}

/// A resident, who is searched for without the index, and a doctor, who is by it, who chat.
async fn pair(app: &TestApp) -> (Person, Person) {
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    enter_many_rooms(app, &doctor).await;
    (resident, doctor)
}

/// Texts that are odd, of few characters, so that much is like much.
fn odd_texts(count: usize, longest: usize) -> Vec<String> {
    const SIGNS: [char; 24] = [
        '头',
        '疼',
        '天',
        '头',
        '疼',
        'a',
        'b',
        'B',
        'ａ',
        'Ｂ',
        '1',
        '１',
        ' ',
        '，',
        '。',
        '"',
        '\'',
        '*',
        '%',
        '㎎',
        'm',
        '😀',
        '\u{2b820}',
        '\n',
    ];
    let mut state = 2016_u64;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut text = || (0..1 + next(longest)).map(|_| SIGNS[next(SIGNS.len())]).collect::<String>();
    std::iter::repeat_with(|| text().trim().to_owned()).filter(|text| !text.is_empty()).take(count).collect()
}

/// Compares as the contract says, in another way than the server does.
fn plain(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap(),
        other => other,
    };
    text.chars().map(narrow).collect::<String>().replace('㎎', "mg").to_lowercase()
}

on_both_databases! {
    async fn the_index_finds_what_looking_through_finds(app: TestApp) {
        let (resident, doctor) = pair(&app).await;
        let texts = odd_texts(60, 14);
        for text in &texts {
            resident.writes(&doctor, text).await;
        }
        until_indexed(&app).await;
        let parts = texts.iter().flat_map(|text| {
            let signs: Vec<char> = text.chars().collect();
            let from = signs.len() / 3;
            [signs[..1].to_vec(), signs[from..].to_vec(), signs[from..signs.len().min(from + 2)].to_vec()]
        });
        let parts = parts.map(|part| part.iter().collect::<String>().trim().to_owned());
        let words: BTreeSet<String> =
            parts.chain(odd_texts(40, 3)).filter(|words| !words.is_empty()).collect();
        for words in words {
            let holding = |text: &&String| plain(text).contains(&plain(&words));
            let expected: Vec<&String> = texts.iter().rev().filter(holding).collect();
            for person in [&resident, &doctor] {
                assert_eq!(find(person, &words, 7).await.iter().collect::<Vec<_>>(), expected, "{words:?}");
            }
        }
    }

    async fn words_are_found_by_their_parts_and_told_where_they_stand(app: TestApp) {
        let (resident, doctor) = pair(&app).await;
        for text in ["😀昨天开始头疼的", "ＢＭＩ 24.5，偏高", "take aspirin 100㎎", "头很疼"] {
            resident.writes(&doctor, text).await;
        }
        until_indexed(&app).await;
        for (words, places) in [
            ("头疼", vec![json!([{ "start": 6, "end": 8 }])]),
            ("疼", vec![json!([{ "start": 2, "end": 3 }]), json!([{ "start": 7, "end": 8 }])]),
            ("bmi", vec![json!([{ "start": 0, "end": 3 }])]),
            ("ｍｉ ２４", vec![json!([{ "start": 1, "end": 6 }])]),
            ("SPIR", vec![json!([{ "start": 6, "end": 10 }])]),
            ("100mg", vec![json!([{ "start": 13, "end": 17 }])]),
            ("头天", vec![]),
            ("aspirins", vec![]),
        ] {
            for person in [&resident, &doctor] {
                let (found, _) = page(person, &format!("q={}", quoted(words))).await;
                let found: Vec<_> = found.iter().map(|item| item["match"].clone()).collect();
                assert_eq!(found, places, "{words}");
            }
        }
    }

    async fn what_is_not_indexed_yet_is_found_at_once(app: TestApp) {
        let (resident, doctor) = pair(&app).await;
        let mut expected = Vec::new();
        for n in 0..20 {
            let text = format!("血压{n}");
            resident.writes(&doctor, &text).await;
            expected.insert(0, text);
            assert_eq!(find(&doctor, "血压", 50).await, expected);
            assert_eq!(find(&doctor, "血压", 3).await, expected, "over all pages");
        }
        until_indexed(&app).await;
        resident.writes(&doctor, "血压高").await;
        expected.insert(0, "血压高".to_owned());
        assert_eq!(find(&doctor, "血压", 2).await, expected);
    }

    async fn withdrawn_words_leave_the_index(app: TestApp) {
        let (resident, doctor) = pair(&app).await;
        let sent = resident.writes(&doctor, "不该说的").await;
        resident.writes(&doctor, "该说的").await;
        until_indexed(&app).await;
        let dialogid = DialogId::try_from(sent["dialogid"].as_str().unwrap().to_owned()).unwrap();
        let find_entry = move |store: &mut AnyConnection| {
            let entry = search_entry::table.filter(search_entry::dialogid.eq(&dialogid));
            entry.select(search_entry::id).first::<i64>(store).optional().unwrap()
        };
        let find_it = find_entry.clone();
        let id = app.app.read(move |store| Ok(find_it(store))).await.unwrap().expect("it is indexed");
        resident.posts("dialog/recall", json!({ "dialogid": sent["dialogid"] })).await;
        assert_eq!(find(&doctor, "该说", 50).await, ["该说的"], "it is not told, whatever the index has");
        until(&app, move |store| find_entry(store).is_none()).await;
        let is_gone = move |store: &mut AnyConnection| match store {
            AnyConnection::Sqlite(store) => {
                let rows = search_words::table.filter(search_words::rowid.eq(id)).count();
                Ok(rows.get_result::<i64>(store)? == 0)
            }
            AnyConnection::Postgres(_) => Ok(true),
        };
        assert!(app.app.read(is_gone).await.unwrap());
        assert_eq!(find(&doctor, "该说", 50).await, ["该说的"]);
    }

    async fn one_finds_what_one_may_read(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (mover, stranger) = (app.login("doctor2").await, app.login("doctor3").await);
        for person in [&doctor, &mover, &stranger] {
            enter_many_rooms(&app, person).await;
        }
        let roomid = group(&doctor, &[&resident]).await;
        says(&doctor, &roomid, "血压一").await;
        add(&doctor, &roomid, &mover).await;
        says(&doctor, &roomid, "血压二").await;
        removes(&doctor, &roomid, &mover).await;
        says(&doctor, &roomid, "血压三").await;
        for indexed in [false, true] {
            if indexed {
                until_indexed(&app).await;
            }
            for person in [&doctor, &resident] {
                assert_eq!(find(person, "血压", 50).await, ["血压三", "血压二", "血压一"]);
                let (found, next) = page(person, &format!("q={}&roomid={roomid}&limit=2", quoted("血压"))).await;
                assert_eq!((&found[0]["body"], &found[1]["body"]), (&json!("血压三"), &json!("血压二")));
                let query = format!("q={}&roomid={roomid}&before={}", quoted("血压"), next.unwrap());
                let (found, next) = page(person, &query).await;
                assert_eq!((&found[0]["body"], found.len(), next), (&json!("血压一"), 1, None));
            }
            assert_eq!(find(&mover, "血压", 50).await, ["血压二"]);
            assert_eq!(find(&stranger, "血压", 50).await, [] as [&str; 0]);
        }
    }

    async fn large_rooms_are_searched_by_whoever_is_in_them(app: TestApp) {
        let (doctor, other) = (app.login("doctor1").await, app.login("doctor2").await);
        for person in [&doctor, &other] {
            enter_many_rooms(&app, person).await;
        }
        let roomid = format!("{}-0", doctor.uid);
        app.app.write(|tx| Ok(tx.batch_execute(MANY_MEMBERS)?)).await.unwrap();
        fill(&app, &roomid, &doctor, "稀奇", 2).await;
        until_indexed(&app).await;
        assert_eq!(find(&doctor, "稀奇", 50).await, ["稀奇", "稀奇"]);
        assert_eq!(find(&other, "稀奇", 50).await, [] as [&str; 0]);
    }

    async fn a_page_costs_no_more_than_it_may(app: TestApp) {
        let (resident, doctor) = pair(&app).await;
        let one = app.login("doctor2").await;
        enter_many_rooms(&app, &one).await;
        let sent = resident.writes(&doctor, "稀奇").await;
        let elsewhere = format!("{}-0", one.uid);
        fill(&app, &elsewhere, &one, "别处的稀奇", LOOKED_AT + 500).await;
        let here = sent["roomid"].as_str().unwrap().to_owned();
        fill(&app, &here, &resident, "常平，平常", LOOKED_AT + 500).await;
        for indexed in [false, true] {
            if indexed {
                until_indexed(&app).await;
            }
            for (words, roomid, expected) in [
                // The index knows whose the others are.
                ("稀奇", "", if indexed { (1, false) } else { (0, true) }),
                ("稀奇", &*format!("&roomid={here}"), (0, true)),
                // These hold the terms, but not the words.
                ("平常平", "", (0, true)),
            ] {
                let (found, next) = page(&doctor, &format!("q={}{roomid}", quoted(words))).await;
                assert_eq!((found.len(), next.is_some()), expected, "{words}{roomid}, indexed: {indexed}");
            }
            assert_eq!(find(&doctor, "稀奇", 50).await, ["稀奇"]);
        }
        let (found, _) = page(&one, "q=%E7%A8%80%E5%A5%87&limit=200").await;
        assert_eq!(found.len(), 200);
        let odd = format!("dialog/search?q=a&roomid={here}&before=1.elsewhere");
        assert_eq!(doctor.get(&odd).await.0, 400);
    }

    async fn no_words_do_harm(app: TestApp) {
        let (resident, doctor) = pair(&app).await;
        let long: String = ('\u{4e00}'..).take(10_000).collect();
        resident.writes(&doctor, &long).await;
        let hostile = [
            "\"", "'", "*", "头*", "NEAR(a b)", "a AND b", "a OR b", "NOT a", "a:b", "^a", "{a b}", "-a", "a\"b",
            "');--", "& | !", "<->", ":*", "\\", "%_", "$1", "\u{200b}", "\u{202e}", "ﷺ", "😀", "\u{10ffff}",
        ];
        for text in hostile {
            resident.writes(&doctor, &format!("说{text}了")).await;
        }
        // One that has no words is no hindrance to those after it.
        resident.writes(&doctor, "\u{1}").await;
        until_indexed(&app).await;
        for person in [&resident, &doctor] {
            for words in hostile {
                let found = find(person, words, 50).await;
                assert!(found.contains(&format!("说{words}了")), "{words:?}: {found:?}");
            }
            let words: String = long.chars().skip(9_900).collect();
            assert_eq!(find(person, &words, 50).await, std::slice::from_ref(&long));
            assert_eq!(find(person, &"ﷺ".repeat(100), 50).await, [] as [&str; 0]);
        }
    }

    async fn the_index_is_filled_anew_while_people_search(app: TestApp) {
        let (resident, doctor) = pair(&app).await;
        for text in ["血压一", "血压二"] {
            resident.writes(&doctor, text).await;
        }
        until_indexed(&app).await;
        app.app.write(index::clear).await.unwrap();
        assert_eq!(find(&doctor, "血压", 50).await, ["血压二", "血压一"], "they are looked through");
        until_indexed(&app).await;
        assert_eq!(find(&doctor, "血压", 1).await, ["血压二", "血压一"]);
    }

    async fn what_was_missed_is_indexed_in_its_place(app: TestApp) {
        let (resident, doctor) = pair(&app).await;
        let missed = resident.writes(&doctor, "血压一").await;
        resident.writes(&doctor, "血压二").await;
        until_indexed(&app).await;
        let missed = DialogId::try_from(missed["dialogid"].as_str().unwrap().to_owned()).unwrap();
        let (lost, since) = (missed.clone(), DialogId::least_from(missed.made_at()));
        let lose = move |tx: &mut jiayi::db::transaction::Tx<'_>| {
            let entry = search_entry::table.filter(search_entry::dialogid.eq(&lost));
            let id = entry.select(search_entry::id).first::<i64>(&mut **tx)?;
            index::delete(tx, &[id])
        };
        app.app.write(lose).await.unwrap();
        assert_eq!(find(&doctor, "血压", 50).await, ["血压二"]);
        let found = app.app.read(move |store| missed::look(store, &since)).await.unwrap();
        assert_eq!(found, Found::Missed(missed.clone()));
        assert!(!app.app.write(move |tx| missed::rewind(tx, &missed)).await.unwrap(), "it is one step");
        assert_eq!(find(&doctor, "血压", 50).await, ["血压二", "血压一"]);
        until_indexed(&app).await;
        assert_eq!(find(&doctor, "血压", 50).await, ["血压二", "血压一"]);
    }

    async fn the_index_is_looked_through_in_pieces_and_taken_back_in_steps(app: TestApp) {
        let (resident, doctor) = pair(&app).await;
        let sent = resident.writes(&doctor, "稀奇").await;
        let roomid = sent["roomid"].as_str().unwrap().to_owned();
        fill(&app, &roomid, &resident, "平常", 5500).await;
        until_indexed(&app).await;
        let first = DialogId::try_from(sent["dialogid"].as_str().unwrap().to_owned()).unwrap();
        let mut after = DialogId::least_from(first.made_at());
        let mut pieces = 1;
        while let Found::NothingUntil(next) =
            app.app.read(move |store| missed::look(store, &after)).await.unwrap()
        {
            (pieces, after) = (pieces + 1, next);
        }
        assert_eq!(pieces, 2);
        let mut steps = 1;
        loop {
            let missed = first.clone();
            if !app.app.write(move |tx| missed::rewind(tx, &missed)).await.unwrap() {
                break;
            }
            steps += 1;
            // Whatever another node does between two steps.
            assert_eq!(find(&doctor, "稀奇", 50).await, ["稀奇"]);
        }
        assert!(steps >= 6, "{steps} steps");
        until_indexed(&app).await;
        assert_eq!(find(&doctor, "稀奇", 50).await, ["稀奇"]);
    }

    async fn a_clock_that_was_ahead_hides_nothing_written_later(app: TestApp) {
        let (resident, doctor) = pair(&app).await;
        let sent = resident.writes(&doctor, "血压一").await;
        let ahead = Time::now() + Duration::from_secs(7200);
        fill_at(&app, ahead, sent["roomid"].as_str().unwrap(), &resident, "血压二", 1).await;
        let third = resident.writes(&doctor, "血压三").await;
        let mark_reaches = async |app: &TestApp, message: &Value| {
            let message = DialogId::try_from(message["dialogid"].as_str().unwrap().to_owned()).unwrap();
            let ahead = DialogId::least_from(ahead);
            until(app, move |store| {
                let mark = index::mark(store).unwrap().dialogid;
                mark >= message && mark < ahead
            })
            .await;
        };
        mark_reaches(&app, &third).await;
        assert_eq!(find(&doctor, "血压", 50).await, ["血压二", "血压三", "血压一"]);
        // As versions before left the mark, whoever wrote that one.
        let mark = format!("UPDATE search_mark SET dialogid = '{}'", DialogId::least_from(ahead));
        app.app.write(move |tx| Ok(tx.batch_execute(&mark)?)).await.unwrap();
        let fourth = resident.writes(&doctor, "血压四").await;
        assert_eq!(find(&doctor, "血压四", 50).await, [] as [&str; 0], "such a mark hides it");
        let (url, sqlite) = (app.app.config().database_url.clone(), Database::Sqlite);
        let anew = TestApp::start_with(sqlite, |config| config.database_url = url).await;
        mark_reaches(&anew, &fourth).await;
        assert_eq!(find(&doctor, "血压", 50).await, ["血压二", "血压四", "血压三", "血压一"]);
        anew.stop().await;
    }
}
