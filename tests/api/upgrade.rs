//! What a store holds from before a migration is put right by it.

use crate::app::{Database, postgres_schema};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use jiayi::db::connection::{Address, AnyConnection};
use jiayi::db::schema::{account, device, room, room_member};
use tempfile::TempDir;

/// Accounts by one number and another, and two rooms: of one whom a contract binds, and of one whom none does.
const BEFORE: &str = "
    INSERT INTO account (uid, role, login, password, name, createtime) VALUES
        ('a', 'user', '+8613800000001', '', 'a', 0), ('b', 'user', '008613800000002', '', 'b', 0),
        ('c', 'user', '13800000003', '', 'c', 0), ('d', 'user', '8613800000003', '', 'd', 0),
        ('e', 'user', '+85213800000', '', 'e', 0), ('z', 'doctor', 'doctor86', '', 'z', 0);
    INSERT INTO device (deviceid, uid, updatetime, token) VALUES ('phone', 'a', 0, '1');
    INSERT INTO community (communityid, name, createtime) VALUES ('c', 'c', 0);
    INSERT INTO team (stid, name, communityid, leader, createtime) VALUES ('t', 't', 'c', 'z', 0);
    INSERT INTO team_doctor (stid, uid) VALUES ('t', 'z');
    INSERT INTO social_signed (sid, uid, doctoruid, stid, status, createtime, updatetime)
        VALUES ('s', 'a', 'z', 't', 'signed', 0, 0);
    INSERT INTO room (roomid, kind, open, seq, updatetime, createtime)
        VALUES ('bound', 'alonechat', FALSE, 5, 0, 0), ('unbound', 'alonechat', TRUE, 5, 0, 0);
    INSERT INTO room_member (roomid, uid, messageid, joined_seq, left_seq, read_seq, written) VALUES
        ('bound', 'a', '1', 0, 3, 1, 2), ('bound', 'z', '2', 0, NULL, 0, 0),
        ('unbound', 'b', '3', 0, 3, 1, 2), ('unbound', 'z', '4', 0, NULL, 0, 0);
";

/// The statements of a database's migrations, in their order.
fn migrations(database: &str) -> Vec<String> {
    let folder = std::fs::read_dir(format!("migrations/{database}")).unwrap();
    let mut folders: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders.iter().map(|folder| std::fs::read_to_string(folder.join("up.sql")).unwrap()).collect()
}

fn check(url: &str, database: &str) {
    let mut connection: AnyConnection = Address::parse(url).unwrap().connect().unwrap();
    let migrations = migrations(database);
    let (before, after) = migrations.split_at(9);
    before.iter().for_each(|migration| connection.batch_execute(migration).unwrap());
    connection.batch_execute(BEFORE).unwrap();
    after.iter().for_each(|migration| connection.batch_execute(migration).unwrap());
    let logins: Vec<String> =
        account::table.order(account::uid).select(account::login).load(&mut connection).unwrap();
    let wanted = ["13800000001", "13800000002", "13800000003", "8613800000003", "+85213800000", "doctor86"];
    assert_eq!(logins, wanted, "one number has one account, and nobody's is lost");
    let open: Vec<(String, bool)> =
        room::table.order(room::roomid).select((room::roomid, room::open)).load(&mut connection).unwrap();
    assert_eq!(open, [("bound".to_owned(), true), ("unbound".to_owned(), false)]);
    let left = room_member::table.filter(room_member::left_seq.is_not_null()).select(room_member::roomid);
    assert_eq!(device::table.count().get_result::<i64>(&mut connection).unwrap(), 0, "its log-in is over");
    assert_eq!(left.load::<String>(&mut connection).unwrap(), ["unbound"]);
}

fn run(database: Database) {
    let folder = TempDir::new().unwrap();
    match database {
        Database::Sqlite => {
            check(&format!("sqlite://{}", folder.path().join("jiayi.db").display()), "sqlite")
        }
        Database::Postgres => check(&postgres_schema(), "postgres"),
    }
}

#[test]
fn what_was_there_is_put_right_on_sqlite() {
    run(Database::Sqlite);
}

#[test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
fn what_was_there_is_put_right_on_postgres() {
    run(Database::Postgres);
}
