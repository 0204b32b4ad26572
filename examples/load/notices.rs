//! What mobile notices cost those who chat: sends with a vendor and without, in turns, and chat while the
//! alerts of an announcement to 100,000 are gathered and sent. The vendor is the tests' stand-in.

use crate::chat::{chat_while, measure_sends, report_times};
use crate::crowd::{CROWD, make_crowd, measure_announcement};
use crate::vendor::Vendor;
use crate::{CHATTING, Stage};
use diesel::connection::SimpleConnection;
use jiayi::db::connection::Address;
use std::time::{Duration, Instant};

const ALONE: Duration = Duration::from_secs(10);

/// A phone for each of the crowd, which the vendor knows.
const MAKE_PHONES: &str = "
    INSERT INTO device (deviceid, uid, updatetime)
    SELECT 'phone-' || uid, uid, 0 FROM account WHERE uid LIKE 'crowd-%';
    INSERT INTO device_alias (deviceid, uid, told)
    SELECT 'phone-' || uid, uid, uid FROM account WHERE uid LIKE 'crowd-%'";

pub async fn measure() {
    for with in [false, true, true, false] {
        println!("{} a vendor:", if with { "with" } else { "without" });
        let vendor = with.then(Vendor::start);
        let Stage { server, doctors, pairs, .. } = Stage::set(vendor.as_ref()).await;
        measure_sends(&server, &pairs, &doctors).await;
    }
    measure_crowd().await;
}

async fn measure_crowd() {
    let vendor = Vendor::start();
    let Stage { server, mut admin, doctors, pairs } = Stage::set(Some(&vendor)).await;
    make_crowd(&server);
    Address::parse(&server.database).unwrap().connect().unwrap().batch_execute(MAKE_PHONES).unwrap();
    let pairs = &pairs[..CHATTING];
    println!("chat alone ({CHATTING} clients)");
    report_times(&chat_while(&server, pairs, &doctors, tokio::time::sleep(ALONE)).await.1);
    measure_announcement(&server, &mut admin, pairs, &doctors).await;
    let start = Instant::now();
    let sent = async {
        while vendor.people() < CROWD {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        start.elapsed()
    };
    let (took, times) = chat_while(&server, pairs, &doctors, sent).await;
    println!(
        "notices of it       {:>9.2} s until the vendor has all, in {} calls",
        took.as_secs_f64(),
        vendor.sent()
    );
    println!("  chat meanwhile    {:>9.0} sends a second", times.len() as f64 / took.as_secs_f64());
    report_times(&times);
    println!("chat alone again");
    report_times(&chat_while(&server, pairs, &doctors, tokio::time::sleep(ALONE)).await.1);
    println!("memory              {:>9} MiB at the most", server.peak_memory() >> 20);
    assert_eq!(vendor.violations(), Vec::<String>::new());
}
