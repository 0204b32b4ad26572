//! `jiayi search rebuild`: the index of words, from the beginning.

use crate::cli::{Failure, open};
use crate::config::Config;
use crate::db::database::Database;
use crate::error::{Error, Result};
use crate::store::search::index;
use std::sync::Arc;

/// How many messages are indexed in one transaction, and after how many it is said how far it has come.
const BATCH: i64 = 1000;
const STEP: i64 = 100_000;

/// Empties the index and fills it, also while a server runs, which helps. Until it has come to a message, that
/// one is looked through.
pub fn rebuild(config: &Config) -> std::result::Result<(), Failure> {
    let store = open(config)?;
    let filled = actix_web::rt::System::new().block_on(fill(&store));
    let messages = filled.map_err(|error: Error| error.explain())?;
    println!("indexed {messages} messages; a server that runs has indexed the others");
    Ok(())
}

/// How many messages were indexed here; a server may have indexed the others.
async fn fill(store: &Database) -> Result<i64> {
    let all = store.read(index::count_messages).await?;
    store.write(index::clear).await?;
    let mut done = 0;
    while let Some(batch) = store.read(|store| index::next_batch(store, BATCH)).await? {
        let messages = batch.messages;
        let batch = Arc::new(batch);
        if store.write(move |tx| index::keep(tx, &batch)).await? {
            if (done + messages) / STEP > done / STEP {
                println!("{} of about {all} messages", done + messages);
            }
            done += messages;
        }
    }
    Ok(done)
}
