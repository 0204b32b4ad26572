//! Clients that hang up as soon as their request is sent, and what follows its commit all the same.

use crate::app::TestApp;
use crate::on_both_databases;
use crate::people::Person;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Sends a whole request and closes the connection without waiting for the answer.
async fn send_and_hang_up(app: &TestApp, by: &Person, path: &str, body: Value) {
    let body = body.to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: jiayi\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
        by.token,
        body.len()
    );
    let mut socket = TcpStream::connect(app.address).await.unwrap();
    socket.write_all((head + &body).as_bytes()).await.unwrap();
}

/// Waits until the token is refused.
async fn until_refused(who: &Person) {
    for _ in 0..200 {
        if who.get("me").await.0 == 401 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the token of {} is still good", who.name);
}

on_both_databases! {
    async fn a_log_out_takes_hold_though_nobody_waits_for_it(app: TestApp) {
        let resident = app.login("resident1").await;
        let mut phone = resident.connect("phone").await;
        send_and_hang_up(&app, &resident, "/user/logout", json!({})).await;
        until_refused(&resident).await;
        assert_eq!(phone.close_code().await, Some(4003));
    }

    async fn whoever_is_put_out_is_out_though_the_office_hung_up(app: TestApp) {
        let admin = app.login("admin").await;
        // From now on the token is known, and its request begins at once.
        admin.gets("session/list").await;
        let puts_out = [
            ("doctor1", "/admin/session/kick", json!({})),
            ("doctor2", "/admin/doctor/disable", json!({})),
        ];
        for (account, path, mut body) in puts_out {
            let doctor = app.login(account).await;
            let mut desk = doctor.connect("desk").await;
            body["uid"] = json!(doctor.uid);
            send_and_hang_up(&app, &admin, path, body).await;
            until_refused(&doctor).await;
            assert_eq!(desk.close_code().await, Some(4003), "{path}");
        }
    }
}
