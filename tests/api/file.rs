//! Files: who may upload what, who may read it, and what a message may name.

use crate::app::{TestApp, verdict};
use crate::on_both_databases;
use crate::people::Person;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// A PNG of so many pixels, as far as its head says.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

async fn uploads(app: &TestApp, who: &Person, form: Form) -> (u16, Value) {
    let request = Client::new().post(app.url(&format!("/{}/file", who.role)));
    crate::app::answer(request.bearer_auth(&who.token).multipart(form)).await
}

/// Uploads bytes under a name that lies about them.
async fn upload(app: &TestApp, who: &Person, bytes: &[u8]) -> (u16, Value) {
    let part = Part::bytes(bytes.to_vec()).file_name("../病历.exe").mime_str("text/html").unwrap();
    uploads(app, who, Form::new().part("file", part)).await
}

pub async fn uploaded(app: &TestApp, who: &Person, bytes: &[u8]) -> Value {
    let (status, answer) = upload(app, who, bytes).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn read(app: &TestApp, who: &Person, file: &Value) -> Response {
    let url = app.url(file["url"].as_str().unwrap());
    Client::new().get(url).bearer_auth(&who.token).send().await.unwrap()
}

pub async fn status(app: &TestApp, who: &Person, file: &Value) -> u16 {
    read(app, who, file).await.status().as_u16()
}

async fn send(who: &Person, to: &Person, kind: &str, body: Value) -> (u16, Value) {
    who.post("alonechat/send", json!({ "touid": to.uid, "kind": kind, "body": body })).await
}

on_both_databases! {
    async fn a_picture_is_read_by_who_it_was_sent_to_and_nobody_else(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let others = [app.login("doctor2").await, app.login("resident3").await];
        let mut desk = doctor.connect("desk").await;
        let bytes = png(640, 480);
        let file = uploaded(&app, &resident, &bytes).await;
        let names: Vec<_> = file.as_object().unwrap().keys().collect();
        assert_eq!(names, ["fileid", "kind", "size", "url"]);
        assert_eq!((&file["kind"], &file["size"]), (&json!("image"), &json!(bytes.len())));
        assert_eq!(status(&app, &doctor, &file).await, 404, "not sent yet");

        let body = json!({ "fileid": file["fileid"], "width": 640 });
        assert_eq!(send(&resident, &doctor, "image", body.clone()).await.0, 200);
        let push = desk.hear("S2C_ALONECHAT_PUSH").await;
        assert_eq!((&push["data"]["content"], &push["data"]["data"]["body"]), (&json!("[图片]"), &body));
        for who in [&resident, &doctor] {
            let response = read(&app, who, &file).await;
            let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(header("content-type"), "image/png", "as the bytes have it");
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
            assert_eq!(header("cache-control"), "private, no-cache");
            let named = header("content-disposition");
            assert!(named.starts_with("inline") && !named.contains(".."), "{named}");
            assert_eq!(response.bytes().await.unwrap(), bytes);
        }
        for other in &others {
            let refused = read(&app, other, &file).await;
            assert_eq!(refused.status().as_u16(), 404, "{}", other.name);
            assert_eq!(refused.json::<Value>().await.unwrap()["code"], "FA_NOTFOUND");
        }
        let url = app.url(file["url"].as_str().unwrap());
        assert_eq!(Client::new().get(&url).send().await.unwrap().status().as_u16(), 401);
        let part = Client::new().get(&url).bearer_auth(&doctor.token).header("range", "bytes=1-3");
        let part = part.send().await.unwrap();
        assert_eq!((part.status().as_u16(), &part.bytes().await.unwrap()[..]), (206, &b"PNG"[..]));
    }

    async fn a_signed_address_reads_one_file_as_long_as_its_token_is_valid(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let stranger = app.login("resident3").await;
        let (file, other) = (uploaded(&app, &resident, &png(1, 1)).await, uploaded(&app, &resident, &png(2, 2)).await);
        assert_eq!(send(&resident, &doctor, "image", file["fileid"].clone()).await.0, 200);
        let sign =
            async |who: &Person, fileids: Value| who.post("/file/address", json!({ "fileids": fileids })).await;
        let get = async |path: &str| Client::new().get(app.url(path)).send().await.unwrap();
        let status = async |path: &str| get(path).await.status().as_u16();
        let url = async |who: &Person| {
            let (status, answer) = sign(who, json!([file["fileid"]])).await;
            assert_eq!(status, 200, "{answer}");
            answer["addresses"][0]["url"].as_str().unwrap().to_owned()
        };
        let signed = url(&doctor).await;
        let read = get(&signed).await;
        assert_eq!(read.headers()["cache-control"], "private, no-cache");
        assert_eq!(read.bytes().await.unwrap(), png(1, 1));
        assert_eq!(status(&signed.replace(':', "%3A")).await, 200, "as many clients write it");
        assert_eq!(status(&url(&stranger).await).await, 404, "whoever signs reads no more than before");
        let changed = |from: &str, to: &str| signed.replacen(from, to, 1);
        let fileid = |file: &Value| file["fileid"].as_str().unwrap().to_owned();
        for wrong in [
            changed(&fileid(&file), &fileid(&other)),
            changed(&doctor.uid, &resident.uid),
            changed("expires=2", "expires=3"),
            changed("sig=", "sig=A"),
            changed("/file?", "/message/list?"),
            changed("/file?", "/file/?"),
        ] {
            assert!(matches!(status(&wrong).await, 401 | 404), "{wrong}");
            assert_ne!(wrong, signed);
        }
        let posted = Client::new().post(app.url(&changed("/file?", "/user/alonechat/send?")));
        assert_eq!(posted.send().await.unwrap().status().as_u16(), 401);
        for wrong in [json!([]), json!(["x".repeat(200)]), json!((0..101).map(|n| n.to_string()).collect::<Vec<_>>())] {
            assert_eq!(sign(&doctor, wrong).await.0, 400);
        }
        doctor.posts("logout", json!({})).await;
        assert_eq!(status(&signed).await, 401);
    }

    async fn of_all_as_whom_a_browser_is_logged_in_one_who_may_read_suffices(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let stranger = app.login("resident3").await;
        let file = uploaded(&app, &resident, &png(1, 1)).await;
        assert_eq!(send(&resident, &doctor, "image", file["fileid"].clone()).await.0, 200);
        let as_shown = async |cookies: &[(&str, &str)], role: Option<&str>| {
            let cookies: Vec<_> = cookies.iter().map(|(name, token)| format!("jiayi_{name}={token}")).collect();
            let url = app.url(file["url"].as_str().unwrap());
            let mut request = Client::new().get(url).header("cookie", cookies.join("; "));
            if let Some(role) = role {
                request = request.header("jiayi-role", role);
            }
            request.send().await.unwrap().status().as_u16()
        };
        let (stranger, doctor) = (("user", &*stranger.token), ("doctor", &*doctor.token));
        assert_eq!(as_shown(&[stranger], None).await, 404);
        assert_eq!(as_shown(&[doctor], None).await, 200);
        assert_eq!(as_shown(&[stranger, doctor], None).await, 200);
        assert_eq!(as_shown(&[("user", "void"), doctor], None).await, 200, "a void token does no harm");
        assert_eq!(as_shown(&[("user", "void")], None).await, 401);
        assert_eq!(as_shown(&[stranger, doctor], Some("user")).await, 404, "as one role alone");
        assert_eq!(as_shown(&[stranger, doctor], Some("doctor")).await, 200);
        assert_eq!(as_shown(&[stranger, doctor], Some("admin")).await, 401);
    }

    async fn in_a_group_a_file_is_read_from_joining_to_leaving(app: TestApp) {
        let (owner, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let late = app.login("doctor2").await;
        let made = owner.posts("discussion/create", json!({ "name": "a", "members": [resident.uid] })).await;
        let roomid = &made["roomid"];
        let share = async |who: &Person| {
            let file = uploaded(&app, who, b"%PDF-1.7").await;
            let body = json!({ "roomid": roomid, "kind": "file", "body": file["fileid"] });
            who.posts("send", body).await;
            file
        };
        let first = share(&owner).await;
        owner.posts("addmember", json!({ "roomid": roomid, "members": [late.uid] })).await;
        let second = share(&owner).await;
        owner.posts("removemember", json!({ "roomid": roomid, "uid": resident.uid })).await;
        let third = share(&late).await;
        for (file, wanted) in [(&first, [200, 200, 404]), (&second, [200, 200, 200]), (&third, [200, 404, 200])] {
            let got = [
                status(&app, &owner, file).await,
                status(&app, &resident, file).await,
                status(&app, &late, file).await,
            ];
            assert_eq!(got, wanted);
        }
    }

    async fn a_message_names_a_file_of_its_author_and_of_its_kind(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut desk = doctor.connect("desk").await;
        let image = uploaded(&app, &resident, &png(1, 1)).await["fileid"].clone();
        let voice = uploaded(&app, &resident, b"#!AMR\nxxxxxxxx").await["fileid"].clone();
        let foreign = uploaded(&app, &doctor, &png(1, 1)).await["fileid"].clone();
        for (kind, body) in [
            ("image", json!(foreign)), ("image", json!("nothing")), ("image", json!(voice)), ("voice", json!(image)),
            ("image", json!("")), ("image", json!({})), ("image", json!({ "fileid": 1 })), ("file", json!(null)),
            ("image", json!("a b")),
        ] {
            let refusal = send(&resident, &doctor, kind, body).await;
            assert_eq!(verdict(&refusal), (400, "FA_PARAM"));
            assert!(refusal.1["message"].as_str().unwrap().starts_with("body: "), "{refusal:?}");
        }
        desk.hears_nothing().await;
        assert_eq!(send(&resident, &doctor, "image", json!(image)).await.0, 200);
        assert_eq!(send(&resident, &doctor, "voice", json!({ "fileid": voice, "seconds": 3 })).await.0, 200);
        assert_eq!(send(&resident, &doctor, "file", json!(image)).await.0, 200, "anything may be sent as a file");
        let repeated = json!({ "touid": doctor.uid, "kind": "image", "body": image, "clientid": "once" });
        let first = resident.posts("alonechat/send", repeated.clone()).await;
        assert_eq!(resident.posts("alonechat/send", repeated).await, first);
    }

    async fn what_cannot_be_taken_is_refused_and_leaves_nothing(app: TestApp) {
        let doctor = app.login("doctor1").await;
        let huge = vec![b'a'; 20 * 1024 * 1024 + 1];
        for (bytes, wanted) in [
            (&b""[..], (400, "FA_PARAM")),
            (b"MZ\x90\0\x03\0\0\0", (400, "FA_PARAM")),
            (b"<html><script>alert(1)</script>", (400, "FA_PARAM")),
            (b"\x89PNG\r\n\x1a\n", (400, "FA_PARAM")),
            (&png(50_000, 50_000), (400, "FA_PARAM")),
            (&huge, (413, "FA_TOOLARGE")),
        ] {
            assert_eq!(verdict(&upload(&app, &doctor, bytes).await), wanted, "{} bytes", bytes.len());
        }
        assert_eq!(upload(&app, &doctor, &huge[1..]).await.0, 200, "20 MiB are taken");
        let other = Form::new().part("other", Part::bytes(png(1, 1)));
        assert_eq!(verdict(&uploads(&app, &doctor, other).await), (400, "FA_PARAM"));
        assert_eq!(verdict(&uploads(&app, &doctor, Form::new()).await), (400, "FA_PARAM"));
        assert_eq!(verdict(&doctor.post("file", json!({ "file": "x" })).await), (400, "FA_PARAM"));
        assert_eq!(verdict(&doctor.get("/file").await), (400, "FA_PARAM"));
        assert_eq!(verdict(&doctor.get("/file?fileid=nothing").await), (404, "FA_NOTFOUND"));
        let lying: usize = walk(&app.app.config().files_folder);
        assert_eq!(lying, 1, "only what was taken lies in the folder");
    }

    async fn who_uploads_and_never_sends_is_stopped(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let first = uploaded(&app, &resident, b"note").await;
        for _ in 1..100 {
            uploaded(&app, &resident, b"note").await;
        }
        assert_eq!(verdict(&upload(&app, &resident, b"note").await), (429, "FA_LIMIT"));
        assert_eq!(send(&resident, &doctor, "file", json!(first["fileid"])).await.0, 200);
        uploaded(&app, &resident, b"note").await;
    }
}

/// How many files there are in a folder and those in it.
fn walk(folder: &std::path::Path) -> usize {
    let count = |entry: std::fs::DirEntry| match entry.path() {
        path if path.is_dir() => walk(&path),
        _ => 1,
    };
    std::fs::read_dir(folder).unwrap().map(|entry| count(entry.unwrap())).sum()
}
