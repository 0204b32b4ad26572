//! Updates that stay prepared, for what every message does.
//!
//! Diesel prepares an `UPDATE` anew each time, because what it sets may differ from one time to the
//! next. Here its text is always the same: `prepared` says so, and the connection keeps it. That
//! holds for statements that return something; what is only executed diesel does not ask.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// A statement whose text does not depend on its values.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct Prepared<Q>(Q);

/// Says that the text of `statement` is always the same.
pub fn prepared<Q>(statement: Q) -> Prepared<Q> {
    Prepared(statement)
}

impl<DB: Backend, Q: QueryFragment<DB>> QueryFragment<DB> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Connection> RunQueryDsl<Connection> for Prepared<Q> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::connection::Address;
    use crate::db::schema::mailbox;
    use crate::model::Uid;
    use diesel::connection::InstrumentationEvent;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn the_connection_keeps_it() {
        let folder = tempfile::TempDir::new().unwrap();
        let address = Address::Sqlite(folder.path().join("jiayi.db"));
        address.migrate().unwrap();
        let (mut connection, kept) = (address.connect().unwrap(), Arc::new(AtomicU32::new(0)));
        let count = kept.clone();
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        let nobody: Uid = "nobody".to_owned().try_into().unwrap();
        let update = || {
            diesel::update(mailbox::table.find(&nobody))
                .set(mailbox::acked.eq(mailbox::seq))
                .returning(mailbox::acked)
        };
        update().load::<i64>(&mut connection).unwrap();
        assert_eq!(kept.load(Ordering::Relaxed), 0);
        prepared(update()).load::<i64>(&mut connection).unwrap();
        prepared(update()).load::<i64>(&mut connection).unwrap();
        assert_eq!(kept.load(Ordering::Relaxed), 1);
    }
}
