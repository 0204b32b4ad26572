//! What the index of words, filled behind the sends, takes from them: sends with it and without, in turns, on one
//! server. Without, its mark is out of the worker's sight.

use crate::Stage;
use crate::chat::measure_sends;
use diesel::connection::SimpleConnection;
use diesel::dsl::max;
use diesel::prelude::*;
use jiayi::db::connection::{Address, AnyConnection};
use jiayi::db::schema::social_dialog;
use jiayi::store::search::index;
use std::time::{Duration, Instant};

const PAIRS: usize = 5;
const HIDE: &str = "ALTER TABLE search_mark RENAME TO hidden_mark";
const SHOW: &str = "ALTER TABLE hidden_mark RENAME TO search_mark";

/// Measures and compares.
pub async fn measure() {
    let Stage { server, doctors, pairs, .. } = Stage::set(None).await;
    let mut store = Address::parse(&server.database).unwrap().connect().unwrap();
    let mut ratios = Vec::new();
    for pair in 0..PAIRS {
        let mut sends = [0.0, 0.0];
        // Either goes first as often, as the store grows.
        for with in [pair % 2, 1 - pair % 2] {
            wait_until_indexed(&mut store).await;
            println!("{} the index:", ["without", "with"][with]);
            if with == 0 {
                store.batch_execute(HIDE).unwrap();
            }
            let before = index::mark(&mut store).map_or(0, |mark| mark.entryid);
            sends[with] = measure_sends(&server, &pairs, &doctors).await;
            if with == 0 {
                store.batch_execute(SHOW).unwrap();
            } else {
                report(&mut store, before).await;
            }
        }
        ratios.push(sends[1] / sends[0]);
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "sends with the index, as a part of those without: {ratios:.2?}, median {:.2}",
        ratios[PAIRS / 2]
    );
}

/// How much of what was sent was indexed meanwhile, and how far behind it was at the end: one that never indexes takes
/// nothing from the sends, either.
async fn report(store: &mut AnyConnection, before: i64) {
    let indexed = index::mark(store).unwrap().entryid - before;
    let (lag, caught_up) = (index::lag(store).unwrap(), Instant::now());
    wait_until_indexed(store).await;
    let caught_up = caught_up.elapsed().as_secs_f64();
    println!(
        "  indexed meanwhile {indexed:>9} messages, {lag:>4.1?} behind at the end, caught up in {caught_up:.1} s"
    );
}

/// What was written while the mark was hidden is indexed first.
pub async fn wait_until_indexed(store: &mut AnyConnection) {
    loop {
        let newest: Option<String> =
            social_dialog::table.select(max(social_dialog::dialogid)).first(store).unwrap();
        if newest.is_none_or(|newest| index::mark(store).unwrap().dialogid.as_str() >= newest.as_str()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
