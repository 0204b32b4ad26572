//! What people write, call themselves and send: what is taken, what is not, and what stands in history from
//! before it was refused.

use crate::app::{TestApp, answer, verdict};
use crate::on_both_databases;
use crate::people::Person;
use diesel::prelude::*;
use jiayi::db::schema::social_dialog;
use jiayi::model::{DialogId, DialogKind};
use reqwest::Client;
use serde_json::{Value, json};

/// Uploads bytes in a part with this head.
async fn upload(app: &TestApp, who: &Person, disposition: &[u8], bytes: &[u8]) -> (u16, Value) {
    let head = [b"--b\r\ncontent-disposition: ", disposition, b"\r\n\r\n"].concat();
    let body = [&head[..], bytes, b"\r\n--b--\r\n"].concat();
    let request = Client::new().post(app.url(&format!("/{}/file", who.role))).bearer_auth(&who.token);
    answer(request.header("content-type", "multipart/form-data; boundary=b").body(body)).await
}

/// What the server calls the file that is uploaded in a part with this head.
async fn kept_name(app: &TestApp, who: &Person, disposition: &[u8]) -> String {
    let (status, file) = upload(app, who, disposition, "体温 36.5".as_bytes()).await;
    assert_eq!(status, 200, "{file}");
    let url = app.url(file["url"].as_str().unwrap());
    let response = Client::new().get(url).bearer_auth(&who.token).send().await.unwrap();
    let named = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    let (_, name) = named.rsplit_once("filename*=UTF-8''").unwrap_or_else(|| panic!("{named}"));
    let bytes = form_urlencoded::parse(name.as_bytes()).next().unwrap().0.into_owned();
    bytes.replace('+', "%2B")
}

async fn send(who: &Person, to: &Person, kind: &str, body: Value) -> (u16, Value) {
    who.post("alonechat/send", json!({ "touid": to.uid, "kind": kind, "body": body })).await
}

async fn history(who: &Person, message: &Value) -> Vec<Value> {
    let list = who.gets(&format!("dialog/list?roomid={}", message["roomid"].as_str().unwrap())).await;
    list["items"].as_array().unwrap().clone()
}

/// Puts a body into the store that no client may send any more.
async fn rewrite(app: &TestApp, message: &Value, kind: DialogKind, body: Value) {
    let dialogid = DialogId::try_from(message["dialogid"].as_str().unwrap().to_owned()).unwrap();
    let work = move |tx: &mut jiayi::db::transaction::Tx<'_>| {
        let row = social_dialog::table.filter(social_dialog::dialogid.eq(&dialogid));
        let odd = (social_dialog::kind.eq(kind), social_dialog::body.eq(body.to_string()));
        diesel::update(row).set(odd).execute(&mut **tx)?;
        Ok(())
    };
    app.app.write(work).await.unwrap();
}

on_both_databases! {
    async fn a_body_is_what_its_kind_says(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let file = upload(&app, &resident, b"form-data; name=\"file\"", b"note").await.1["fileid"].clone();
        let mut desk = doctor.connect("desk").await;
        for (kind, body) in [
            ("file", json!({ "fileid": file, "name": { "toString": 1 } })),
            ("file", json!({ "fileid": file, "name": ["a"] })),
            ("file", json!({ "fileid": file, "size": "3" })),
            ("file", json!({ "fileid": file, "more": { "deep": 1 } })),
            ("file", json!([file])),
            ("text", json!({ "fileid": file })),
            ("text", json!(["a"])),
        ] {
            let refusal = send(&resident, &doctor, kind, body.clone()).await;
            assert_eq!(verdict(&refusal), (400, "FA_PARAM"), "{body}");
            assert!(refusal.1["message"].as_str().unwrap().starts_with("body: "), "{refusal:?}");
        }
        desk.hears_nothing().await;
        let body = json!({ "fileid": file, "name": "病历.txt", "size": 4, "note": "昨天的" });
        assert_eq!(send(&resident, &doctor, "file", body.clone()).await.0, 200);
        assert_eq!(desk.hear("S2C_ALONECHAT_PUSH").await["data"]["data"]["body"], body);
    }

    async fn what_is_refused_names_the_field_and_the_rule(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let admin = app.login("admin").await;
        let file = upload(&app, &resident, b"form-data; name=\"file\"", b"note").await.1["fileid"].clone();
        let rule = |(status, refusal): (u16, Value)| {
            assert_eq!((status, &refusal["code"]), (400, &json!("FA_PARAM")), "{refusal}");
            format!("{} {}", refusal["field"].as_str().unwrap(), refusal["rule"].as_str().unwrap())
        };
        for (body, expected) in [
            (json!({ "caption": "a\0b" }), "caption invisible"),
            (json!({ "caption": "gpj.\u{202e}exe" }), "caption invisible"),
            (json!({ "caption": "长".repeat(501) }), "caption too_long"),
            (json!({ "caption": ["a"] }), "caption invalid"),
            (json!({ "x".repeat(5000): 1 }), "body invalid"),
            (json!({ "size": "3" }), "body invalid"),
        ] {
            let mut body = body;
            body["fileid"] = file.clone();
            assert_eq!(rule(send(&resident, &doctor, "file", body.clone()).await), expected, "{body}");
        }
        assert_eq!(rule(send(&resident, &doctor, "text", json!(" ")).await), "body empty");
        assert_eq!(rule(send(&resident, &doctor, "text", json!("长".repeat(10_001))).await), "body too_long");
        assert_eq!(rule(resident.post("alonechat/send", json!({ "touid": doctor.uid })).await), "body missing");
        for (fields, expected) in [
            (json!({ "phone": "12", "password": "correct horse", "name": "钱七" }), "phone phone"),
            (json!({ "phone": "13800000009", "password": "short", "name": "钱七" }), "password password"),
            (json!({ "phone": "13800000009", "password": "correct horse", "name": "钱\n七" }), "name invisible"),
            (json!({ "phone": "13800000009", "password": "correct horse" }), "name missing"),
            (json!({ "phone": 5, "password": "correct horse", "name": "钱七" }), "phone invalid"),
        ] {
            assert_eq!(rule(app.post("/user/register", fields.clone()).await), expected, "{fields}");
        }
        assert_eq!(rule(upload(&app, &resident, b"form-data; name=\"file\"", b"MZ\x90\0\x03\0\0\0").await), "file file_kind");
        assert_eq!(rule(upload(&app, &resident, b"form-data; name=\"file\"", b"").await), "file empty");
        let turn = json!({ "uid": doctor.uid, "begins": "2030-01-02T00:00:00Z", "ends": "2030-01-01T00:00:00Z" });
        assert_eq!(rule(admin.post("/admin/duty/roster", turn).await), "ends order");
    }

    async fn what_stands_in_history_from_before_is_shown(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let odd = resident.writes(&doctor, "一").await;
        rewrite(&app, &odd, DialogKind::File, json!({ "fileid": "F", "name": { "toString": 1 }, "size": 3 })).await;
        let list = doctor.gets("message/list").await;
        assert_eq!(list["items"][0]["data"]["body"], json!({ "fileid": "F", "size": 3 }));
        let text = resident.writes(&doctor, "二").await;
        rewrite(&app, &text, DialogKind::Text, json!([1])).await;
        resident.writes(&doctor, "我喘不过气").await;
        let bodies: Vec<_> = history(&doctor, &odd).await.iter().map(|item| item["body"].clone()).collect();
        assert_eq!(bodies, [json!("我喘不过气"), json!("[1]"), json!({ "fileid": "F", "size": 3 })]);
    }

    async fn a_name_shows_and_is_one_line(app: TestApp) {
        let (doctor, resident, admin) =
            (app.login("doctor1").await, app.login("resident1").await, app.login("admin").await);
        for (number, name) in
            ["王医生\u{200b}", "\u{202e}生医王", "王医生\n系统通知：请转账", "王\u{3164}医生", "王\u{ad}医生", "\u{2066}王"]
                .into_iter()
                .enumerate()
        {
            let account = json!({ "phone": format!("1380000010{number}"), "password": "correct horse", "name": name });
            assert_eq!(verdict(&app.post("/user/register", account).await), (400, "FA_PARAM"), "{name:?}");
            let made = json!({ "name": name, "members": [resident.uid] });
            assert_eq!(verdict(&doctor.post("discussion/create", made).await), (400, "FA_PARAM"), "{name:?}");
            for (path, body) in [
                ("doctor/update", json!({ "uid": doctor.uid, "title": name })),
                ("user/update", json!({ "uid": resident.uid, "name": name })),
                ("community/create", json!({ "name": name })),
            ] {
                assert_eq!(verdict(&admin.post(path, body).await), (400, "FA_PARAM"), "{path} {name:?}");
            }
        }
        assert_eq!(doctor.post("discussion/create", json!({ "name": "康复❤\u{fe0f}", "members": [resident.uid] })).await.0, 200);
    }

    async fn a_telephone_number_has_one_form_and_one_account(app: TestApp) {
        let register = async |phone: &str| {
            let account = json!({ "phone": phone, "password": "correct horse", "name": "钱七" });
            app.post("/user/register", account).await
        };
        assert_eq!(register("+86 138-0000-0001").await.0, 200);
        for form in ["13800000001", "+8613800000001", "138 0000 0001", "0086-138-0000-0001", "１３８００００００01"] {
            let person = app.login_as("user", form, "correct horse").await;
            assert_eq!(person.name, "钱七", "{form}");
            register(form).await;
        }
        let listed = app.login("admin").await.gets("user/list").await;
        let accounts: Vec<_> = listed["items"].as_array().unwrap().iter().map(|user| user["account"].clone()).collect();
        assert_eq!(accounts.len(), 4, "{accounts:?}");
        assert!(accounts.contains(&json!("13800000001")), "{accounts:?}");
    }

    async fn a_file_keeps_its_name_as_far_as_it_shows(app: TestApp) {
        let doctor = app.login("doctor1").await;
        let long = format!("form-data; name=\"file\"; filename=\"{}.txt\"", "a".repeat(300));
        let name = kept_name(&app, &doctor, long.as_bytes()).await;
        assert_eq!((name.chars().count(), name.ends_with(".txt")), (100, true), "{name}");
        let extended = b"form-data; name=\"file\"; filename*=UTF-8''%E7%97%85%E5%8E%86.txt";
        assert_eq!(kept_name(&app, &doctor, extended).await, "病历.txt");
        for broken in ["nothing of the kind", "UTF-8''%e7%9", "UTF-8''", "UTF-8'", "\"a;b\"", ""] {
            for names in [format!("filename=\"plan.txt\"; filename*={broken}"), format!("filename*={broken}; filename=\"plan.txt\"")] {
                let head = format!("form-data; name=\"file\"; {names}");
                assert_eq!(kept_name(&app, &doctor, head.as_bytes()).await, "plan.txt", "{head}");
            }
        }
        // 病历.txt in GBK.
        let chinese = b"form-data; name=\"file\"; filename=\"\xb2\xa1\xc0\xfa.txt\"";
        assert_eq!(kept_name(&app, &doctor, chinese).await, "病历.txt");
        let trap = "form-data; name=\"file\"; filename=\"x\u{202e}gpj.hta\"";
        let name = kept_name(&app, &doctor, trap.as_bytes()).await;
        assert!(!name.contains('\u{202e}') && !name.ends_with(".hta"), "{name}");
    }

    async fn what_phones_make_is_taken(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let file = b"form-data; name=\"file\"; filename=\"f\"";
        for bytes in [&b"#!AMR-WB\n\x04\x91\x17\x16"[..], b"\0\0\0\x18ftyp3gp4\0\0\0\0", b"\xff\xfa\x90\x64\0\0"] {
            let (status, uploaded) = upload(&app, &resident, file, bytes).await;
            assert_eq!((status, &uploaded["kind"]), (200, &json!("voice")), "{bytes:?}");
            assert_eq!(send(&resident, &doctor, "voice", uploaded["fileid"].clone()).await.0, 200);
        }
        // 头疼, in GB 18030, after letters that a picture or a program might begin with.
        for bytes in [&b"\0\0\0\x18ftypM4V \0\0\0\0"[..], b"BM \xcd\xb7\xcc\xdb", b"MZ \xcd\xb7\xcc\xdb", "BM 头疼".as_bytes()] {
            let (status, uploaded) = upload(&app, &resident, file, bytes).await;
            assert_eq!((status, &uploaded["kind"]), (200, &json!("file")), "{bytes:?}");
        }
        assert_eq!(verdict(&upload(&app, &resident, file, b"MZ\x90\0\x03\0\0\0").await), (400, "FA_PARAM"));
    }

    async fn the_roster_is_for_administrators_to_change(app: TestApp) {
        let (duty, admin, colleague) =
            (app.login("doctor3").await, app.login("admin").await, app.login("doctor2").await);
        let turn = duty.gets("/admin/duty/roster").await["items"][0].clone();
        for body in [
            json!({ "rosterid": turn["rosterid"], "ends": null }),
            json!({ "uid": colleague.uid }),
            json!({ "rosterid": turn["rosterid"], "remove": true }),
        ] {
            let refused = duty.post("/admin/duty/roster", body.clone()).await;
            assert_eq!(verdict(&refused), (403, "FA_PERMISSION"), "{body}");
        }
        assert_eq!(admin.gets("/admin/duty/roster").await["items"], json!([turn]));
    }

    async fn who_goes_off_duty_gives_back_what_they_claimed(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (duty, admin) = (app.login("doctor3").await, app.login("admin").await);
        let question = resident.writes(&doctor, "我头疼").await;
        let claims = async |who: &Person| who.post("/admin/duty/claim", json!({ "dialogid": question["dialogid"] })).await;
        let turn = admin.gets("/admin/duty/roster").await["items"][0].clone();
        // Until their turn is over.
        let soon = json!(jiayi::model::Time::now() + std::time::Duration::from_secs(60));
        admin.posts("/admin/duty/roster", json!({ "rosterid": turn["rosterid"], "ends": soon })).await;
        assert_eq!(claims(&duty).await.1["until"], soon);
        assert_eq!(verdict(&claims(&admin).await), (409, "FA_STATE"));
        // And no longer where it is taken off before.
        admin.posts("/admin/duty/roster", json!({ "rosterid": turn["rosterid"], "remove": true })).await;
        let waiting = admin.gets("/admin/duty/list").await;
        assert_eq!(waiting["items"][0]["claim"], Value::Null);
        assert_eq!(claims(&admin).await.0, 200);
        // Who is closed sits nowhere.
        admin.posts("/admin/duty/roster", json!({ "uid": duty.uid })).await;
        let second = resident.writes(&doctor, "三天了").await;
        duty.posts("/admin/duty/claim", json!({ "dialogid": second["dialogid"] })).await;
        admin.posts("doctor/disable", json!({ "uid": duty.uid })).await;
        admin.posts("/admin/duty/sendmsg", json!({ "dialogid": second["dialogid"], "body": "请来门诊" })).await;
    }

    async fn an_administrator_is_left(app: TestApp) {
        let first = app.login("admin").await;
        let made = json!({ "account": "admin2", "password": "correct horse", "name": "后台二" });
        first.posts("admin/create", made).await;
        let second = app.login_as("admin", "admin2", "correct horse").await;
        let (one, other) = tokio::join!(
            first.post("admin/disable", json!({ "uid": second.uid })),
            second.post("admin/disable", json!({ "uid": first.uid })),
        );
        assert_eq!([one.0, other.0].iter().filter(|status| **status == 200).count(), 1, "{one:?} {other:?}");
        let left = if one.0 == 200 { &first } else { &second };
        let open = left.gets("admin/list").await["items"].as_array().unwrap().iter().filter(|it| it["disabled"] == false).count();
        assert_eq!(open, 1);
        // The one who was closed while they asked: nobody would be left.
        let (last, gone) = if one.0 == 200 { (&first, &second) } else { (&second, &first) };
        let uid = |person: &Person| jiayi::model::Uid::try_from(person.uid.clone()).unwrap();
        let (last, gone) = (uid(last), uid(gone));
        use jiayi::model::{Access, Role};
        let close = move |tx: &mut jiayi::db::transaction::Tx<'_>| {
            jiayi::service::accounts::set_access(tx, Role::Admin, &last, &gone, Access::Closed)
        };
        assert_eq!(app.app.write(close).await.unwrap_err().code(), "FA_STATE");
    }

    async fn an_announcement_reaches_who_came_before_the_clock_was_set_back(app: TestApp) {
        let (resident, admin) = (app.login("resident2").await, app.login("admin").await);
        let uid = jiayi::model::Uid::try_from(resident.uid.clone()).unwrap();
        let later = jiayi::model::Time::now() + std::time::Duration::from_secs(3600);
        let set_forward = move |tx: &mut jiayi::db::transaction::Tx<'_>| {
            use jiayi::db::schema::account;
            diesel::update(account::table.find(&uid)).set(account::createtime.eq(later)).execute(&mut **tx)?;
            Ok(())
        };
        app.app.write(set_forward).await.unwrap();
        let told = admin.posts("platform/push", json!({ "audience": "user", "title": "接种", "content": "周六" })).await;
        assert_eq!(told["sent"], 3);
        assert_eq!(resident.all_pushes().await.len(), 1);
    }
}
