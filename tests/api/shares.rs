//! What one account leaves behind when it comes again and again: devices, connections, records of both.

use crate::app::TestApp;
use crate::on_both_databases;
use crate::people::{Connection, Person};
use diesel::prelude::*;
use jiayi::config::Config;
use jiayi::db::schema::{device, known_address, login_record};
use jiayi::model::connection::ConnectionPolicy;
use jiayi::model::{TokenHash, Uid};
use jiayi::store::login_history::{self, Arrival, Origin};
use serde_json::json;

fn per_device(config: &mut Config) {
    config.connections = ConnectionPolicy::PerDevice;
}

fn uid(person: &Person) -> Uid {
    person.uid.clone().try_into().unwrap()
}

async fn count_devices(app: &TestApp) -> i64 {
    app.app.read(|store| Ok(device::table.count().get_result(store)?)).await.unwrap()
}

on_both_databases! {
    async fn a_platform_is_no_place_to_keep_things(app: TestApp) {
        let resident = app.login("resident1").await;
        let mut connection = Connection::open(&app.ws_url()).await;
        let mut data = resident.registration("phone", None);
        data["platform"] = json!("x".repeat(60_000));
        connection.say("C2S_REGISTER_REQ", data.clone()).await;
        connection.refused("FA_PARAM").await;
        assert_eq!(count_devices(&app).await, 0);
        data["platform"] = json!("");
        connection.say("C2S_REGISTER_REQ", data).await;
        connection.hear("S2C_REGISTER_RES").await;
    }

    async fn an_account_has_twenty_devices_at_the_most(app: TestApp with per_device) {
        let resident = app.login("resident1").await;
        let mut connections = Vec::new();
        for number in 0..25 {
            connections.push(resident.connect(&format!("phone-{number}")).await);
        }
        let devices = app.app.read(|store| Ok(device::table.select(device::deviceid).load::<String>(store)?));
        let devices = devices.await.unwrap();
        assert_eq!(devices.len(), 20);
        assert!(devices.contains(&"phone-24".to_owned()), "the newest are theirs");
        // Whose phone is not notified any more still hears what comes.
        connections[0].hears_nothing().await;
    }

    async fn of_many_log_ins_the_newest_are_on_record(app: TestApp) {
        let resident = app.login("resident1").await;
        let uid = uid(&resident);
        app.app.write(move |tx| {
            for number in 0..520 {
                let deviceid = format!("phone-{number}").try_into().unwrap();
                let origin = Origin { deviceid, platform: None, address: "192.0.2.1".to_owned() };
                let arrival = Arrival { uid: &uid, token: TokenHash([0; 32]), origin: &origin };
                login_history::insert_connections(tx, &[arrival])?;
                login_history::remember_network(tx, &uid, &format!("network {number}"))?;
            }
            let of = login_record::table.filter(login_record::uid.eq(&uid));
            assert_eq!(of.count().get_result::<i64>(&mut **tx)?, 500);
            let newest = of.filter(login_record::deviceid.eq("phone-519"));
            assert_eq!(newest.count().get_result::<i64>(&mut **tx)?, 1);
            let networks = known_address::table.filter(known_address::uid.eq(&uid));
            assert_eq!(networks.count().get_result::<i64>(&mut **tx)?, 50);
            Ok(())
        }).await.unwrap();
    }

    async fn what_is_a_year_old_is_forgotten(app: TestApp) {
        let resident = app.login("resident1").await;
        let _connection = resident.connect("phone").await;
        let pruned = app.app.write(|tx| {
            let later = tx.now + std::time::Duration::from_secs(1);
            login_history::prune(tx, later, 1000)
        });
        assert_eq!(pruned.await.unwrap(), 1, "of one person who has logged in");
        let left = app.app.read(|store| Ok(login_record::table.count().get_result::<i64>(store)?)).await.unwrap();
        assert_eq!(left, 0);
    }
}
