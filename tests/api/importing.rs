//! Importing people by CSV: what a file may look like, what is wrong in it, and that nobody is made twice.

use crate::app::{TestApp, answer, verdict};
use crate::on_both_databases;
use crate::people::Person;
use encoding_rs::GB18030;
use futures_util::future::join_all;
use reqwest::Client;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::time::Duration;

/// Has a file checked.
async fn upload(app: &TestApp, who: &Person, path: &str, bytes: &[u8]) -> (u16, Value) {
    let part = Part::bytes(bytes.to_vec()).file_name("people.csv");
    let request = Client::new().post(app.url(path)).multipart(Form::new().part("file", part));
    answer(request.bearer_auth(&who.token)).await
}

async fn checks(app: &TestApp, who: &Person, path: &str, text: &str) -> Value {
    let (status, preview) = upload(app, who, path, text.as_bytes()).await;
    assert_eq!(status, 200, "{preview}");
    preview
}

const RESIDENTS: &str = "/admin/user/import/check";
const DOCTORS: &str = "/admin/doctor/import/check";

async fn community(admin: &Person) -> String {
    admin.gets("community/list").await["items"][0]["communityid"].as_str().unwrap().to_owned()
}

/// What is wrong, as lines with their fields and rules.
fn faults(preview: &Value) -> Vec<(u64, String, String)> {
    let text = |fault: &Value, field: &str| fault[field].as_str().unwrap().to_owned();
    let read = |fault: &Value| (fault["line"].as_u64().unwrap(), text(fault, "field"), text(fault, "rule"));
    preview["faults"].as_array().unwrap().iter().map(read).collect()
}

async fn count(admin: &Person, list: &str) -> usize {
    admin.gets(&format!("{list}?limit=200")).await["items"].as_array().unwrap().len()
}

on_both_databases! {
    async fn a_file_is_checked_row_by_row_and_nothing_is_written(app: TestApp) {
        let admin = app.login("admin").await;
        app.post("/user/register", json!({ "phone": "13800000009", "password": "correct horse", "name": "钱七" })).await;
        let before = count(&admin, "user/list").await;
        let file = "\u{feff}手机号,姓名,社区,密码,备注\r\n\
            +86 138-0000-0001,孙一,幸福社区,,a\r\n\
            13800000002,\"孙,二\",,longenough,\r\n\
            12,孙三,幸福社区,,\r\n\
            13800000004,,和平社区,short,\r\n\
            ,,,,\r\n\
            13800000009,钱七,幸福社区,,\r\n\
            138 0000 0001,孙一,幸福社区,,\r\n\
            13800000008,孙八,幸福社区,,x,y\r\n";
        let preview = checks(&app, &admin, RESIDENTS, file).await;
        let expected = [
            (3, "community", "missing"), (4, "phone", "phone"), (5, "name", "missing"), (5, "password", "password"),
            (7, "phone", "taken"), (8, "phone", "repeated"), (9, "row", "cells"),
        ];
        assert_eq!(faults(&preview), expected.map(|(line, field, rule)| (line, field.to_owned(), rule.to_owned())));
        assert_eq!(preview["faults"][5]["message"], "stands in line 2 already");
        assert_eq!(preview["ignored"], json!(["备注"]));
        let rows = preview["rows"].as_array().unwrap();
        let row = json!({ "line": 2, "phone": "13800000001", "name": "孙一", "communityid": community(&admin).await, "password": rows[0]["password"] });
        assert_eq!(*rows, [row]);
        assert_eq!(rows[0]["password"].as_str().unwrap().len(), 10);

        let place = format!("{RESIDENTS}?communityid={}", community(&admin).await);
        let rows = checks(&app, &admin, &place, file).await["rows"].clone();
        assert_eq!((&rows[1]["line"], &rows[1]["name"], &rows[1]["password"]), (&json!(3), &json!("孙,二"), &json!("longenough")));
        assert_eq!(count(&admin, "user/list").await, before);
    }

    async fn what_excel_writes_in_china_is_read(app: TestApp) {
        let admin = app.login("admin").await;
        let file = "账号;姓名;职称;所属社区\ndoctor7;周七;主治医师;幸福社区\n'+8613800000007;周八;;幸福社区\ndoctor1;王医生;;幸福社区\n";
        let (status, preview) = upload(&app, &admin, DOCTORS, &GB18030.encode(file).0).await;
        assert_eq!(status, 200, "{preview}");
        assert_eq!(faults(&preview), [(4, "account".to_owned(), "taken".to_owned())]);
        let rows = &preview["rows"];
        assert_eq!((&rows[0]["account"], &rows[0]["name"], &rows[0]["title"]), (&json!("doctor7"), &json!("周七"), &json!("主治医师")));
        assert_eq!((&rows[1]["account"], &rows[1]["title"]), (&json!("13800000007"), &Value::Null));
        let made = admin.posts("doctor/import", json!({ "rows": rows })).await;
        assert_eq!(made["accounts"][0]["outcome"], "made");
        let doctor = app.login_as("doctor", "doctor7", rows[0]["password"].as_str().unwrap()).await;
        assert_eq!((&doctor.name, &json!(doctor.uid)), (&"周七".to_owned(), &made["accounts"][0]["uid"]));
    }

    async fn what_is_no_table_of_people_is_refused(app: TestApp) {
        let admin = app.login("admin").await;
        let refusal = async |bytes: &[u8]| {
            let answer = upload(&app, &admin, RESIDENTS, bytes).await;
            (verdict(&answer).0, answer.1["field"].clone(), answer.1["rule"].clone())
        };
        assert_eq!(refusal(b"").await, (400, json!("file"), json!("empty")));
        assert_eq!(refusal(&[0xff; 100]).await, (400, json!("file"), json!("encoding")));
        let many = format!("phone,name\n{}", "1,x\n".repeat(5001));
        assert_eq!(refusal(many.as_bytes()).await, (400, json!("file"), json!("too_many")));
        assert_eq!(refusal(&vec![b'x'; 3 * 1024 * 1024]).await.0, 413);
        let preview = checks(&app, &admin, RESIDENTS, "电邮,姓名\na@b.c,孙一\n").await;
        assert_eq!(faults(&preview), [(1, "phone".to_owned(), "missing".to_owned())]);
        assert_eq!((&preview["rows"], &preview["ignored"]), (&json!([]), &json!(["电邮"])));
        let elsewhere = upload(&app, &admin, &format!("{RESIDENTS}?communityid=nowhere"), b"phone,name\n").await;
        assert_eq!(verdict(&elsewhere), (400, "FA_PARAM"));
    }

    async fn a_part_that_is_sent_again_or_twice_at_once_makes_nobody_twice(app: TestApp) {
        let admin = app.login("admin").await;
        let place = community(&admin).await;
        let lines: String = (10..22).map(|number| format!("139000000{number},居民{number}\n")).collect();
        let file = format!("phone,name\n{lines}");
        let path = format!("{RESIDENTS}?communityid={place}");
        let rows = checks(&app, &admin, &path, &file).await["rows"].clone();
        let before = count(&admin, "user/list").await;
        let body = json!({ "rows": rows });
        let answers = join_all((0..3).map(|_| admin.posts("user/import", body.clone()))).await;
        assert_eq!(answers[0]["accounts"].as_array().unwrap().len(), 12);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert!(answers[0]["accounts"].as_array().unwrap().iter().all(|account| account["outcome"] == "made"));
        assert_eq!(count(&admin, "user/list").await, before + 12);
        assert_eq!(faults(&checks(&app, &admin, &path, &file).await).len(), 12, "all of them are named now");

        let mut other = rows.clone();
        (other[0]["password"], other[0]["name"]) = (json!("another one"), json!("别人"));
        let answer = admin.posts("user/import", json!({ "rows": [other[0]] })).await;
        assert_eq!(answer["accounts"][0]["outcome"], "existed");
        app.login_as("user", "13900000010", rows[0]["password"].as_str().unwrap()).await;
    }

    async fn who_hangs_up_in_the_middle_has_all_of_the_part_or_nothing(app: TestApp) {
        let admin = app.login("admin").await;
        let place = community(&admin).await;
        let row = |number: u32| json!({ "phone": format!("137000000{number}"), "name": "孙", "password": "correct horse", "communityid": place });
        let rows: Vec<_> = (10..30).map(row).collect();
        let before = count(&admin, "user/list").await;
        let request = Client::new().post(app.url("/admin/user/import")).bearer_auth(&admin.token);
        let hung_up = request.json(&json!({ "rows": rows })).timeout(Duration::from_millis(50)).send().await;
        assert!(hung_up.is_err(), "it was quicker than a hash");
        assert!([before, before + 20].contains(&count(&admin, "user/list").await));
        let answer = admin.posts("user/import", json!({ "rows": rows })).await;
        assert!(answer["accounts"].as_array().unwrap().iter().all(|account| account["outcome"] == "made"));
        assert_eq!(count(&admin, "user/list").await, before + 20);
    }

    async fn a_part_is_made_whole_or_not_at_all(app: TestApp) {
        let admin = app.login("admin").await;
        let row = |phone: &str, place: &str| json!({ "phone": phone, "name": "孙", "password": "correct horse", "communityid": place });
        let before = count(&admin, "user/list").await;
        let rows = json!([row("13600000001", &community(&admin).await), row("13600000002", "nowhere")]);
        let refused = admin.post("user/import", json!({ "rows": rows })).await;
        assert_eq!((verdict(&refused), &refused.1["field"]), ((400, "FA_PARAM"), &json!("rows[1].communityid")));
        let short = json!({ "rows": [{ "phone": "13600000001", "name": "孙", "password": "short", "communityid": "c" }] });
        let refused = admin.post("user/import", short).await;
        assert_eq!((&refused.1["field"], &refused.1["rule"]), (&json!("rows[0].password"), &json!("password")));
        for rows in [json!([]), Value::Array(vec![row("13600000001", "c"); 51])] {
            assert_eq!(verdict(&admin.post("user/import", json!({ "rows": rows })).await), (400, "FA_PARAM"));
        }
        assert_eq!(count(&admin, "user/list").await, before);
    }

    async fn whoever_signs_up_meanwhile_does_not_wait_for_an_import(app: TestApp) {
        let admin = app.login("admin").await;
        let place = community(&admin).await;
        let row = |number: u32| json!({ "phone": format!("1350000{number:04}"), "name": "孙", "password": "correct horse", "communityid": place });
        let part = |from: u32| json!({ "rows": (from..from + 50).map(row).collect::<Vec<_>>() });
        let imports = (0..4).map(|part_of| {
            let (admin, part) = (admin.clone(), part(part_of * 50));
            actix_web::rt::spawn(async move { admin.posts("user/import", part).await })
        });
        let imports: Vec<_> = imports.collect();
        let registration = json!({ "phone": "13400000001", "password": "correct horse", "name": "钱七" });
        assert_eq!(app.post("/user/register", registration).await.0, 200);
        assert!(imports.iter().any(|import| !import.is_finished()), "it waited for all of them");
        for import in imports {
            import.await.unwrap();
        }
    }
}
