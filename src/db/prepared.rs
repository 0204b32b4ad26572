//! Statements that stay prepared, for what every message does.
//!
//! Diesel's connection to either of two databases renders a statement's text each time that it binds values,
//! and an `UPDATE` is prepared anew each time, because what it sets may differ from one time to the next, as is
//! text that was not made by diesel. Here the text is always the same: `prepared!` says so, goes straight to the
//! connection that there is, and that connection keeps the statement under the place in the sources where it
//! stands. What returns nothing is loaded as well, as a row of `Nothing`: of what is executed diesel does not
//! ask whether it may be kept.

use diesel::backend::Backend;
use diesel::deserialize::{self, QueryableByName};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::row::NamedRow;
use diesel::sql_types::Untyped;
use std::marker::PhantomData;

/// A statement whose text does not depend on its values; `Place` stands for it alone.
#[derive(Debug, Clone, Copy)]
pub struct Prepared<Place, Q>(Q, PhantomData<Place>);

impl<Place, Q> Prepared<Place, Q> {
    /// Says that the text of `statement` is always the same. Call `prepared!`, which makes the place.
    pub fn new(statement: Q) -> Self {
        Self(statement, PhantomData)
    }
}

impl<Place: 'static, Q> QueryId for Prepared<Place, Q> {
    type QueryId = Place;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<DB: Backend, Place, Q: QueryFragment<DB>> QueryFragment<DB> for Prepared<Place, Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Place, Q: Query> Query for Prepared<Place, Q> {
    type SqlType = Q::SqlType;
}

impl<Place, Q, Connection> RunQueryDsl<Connection> for Prepared<Place, Q> {}

/// A statement that returns nothing, as one that can be loaded.
#[derive(Debug, Clone, Copy)]
pub struct Silent<Q>(pub Q);

impl<DB: Backend, Q: QueryFragment<DB>> QueryFragment<DB> for Silent<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }
}

impl<Q> Query for Silent<Q> {
    type SqlType = Untyped;
}

/// The row that it never returns.
#[derive(Debug)]
pub struct Nothing;

impl<DB: Backend> QueryableByName<DB> for Nothing {
    fn build<'a>(_: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        Ok(Self)
    }
}

/// Runs a statement whose text is always the same, on whichever database there is:
/// `prepared!(connection, statement, get_result)`.
macro_rules! prepared {
    ($connection:expr, $statement:expr, $run:ident $(::<$row:ty>)?) => {{
        struct Place;
        let statement = $crate::db::prepared::Prepared::<Place, _>::new($statement);
        match $connection {
            $crate::db::connection::AnyConnection::Postgres(connection) => statement.$run$(::<$row>)?(connection),
            $crate::db::connection::AnyConnection::Sqlite(connection) => statement.$run$(::<$row>)?(connection),
        }
    }};
}

/// The same on a connection to one of them.
macro_rules! prepared_on {
    ($connection:expr, $statement:expr, $run:ident $(::<$($row:ty),+>)?) => {{
        struct Place;
        $crate::db::prepared::Prepared::<Place, _>::new($statement).$run$(::<$($row),+>)?($connection)
    }};
}

/// Runs one that returns nothing.
macro_rules! run_prepared_on {
    ($connection:expr, $statement:expr) => {{
        use $crate::db::prepared::{Nothing, Silent};
        $crate::db::prepared::prepared_on!($connection, Silent($statement), load::<Nothing>).map(drop)
    }};
}

pub(crate) use {prepared, prepared_on, run_prepared_on};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::connection::{Address, AnyConnection};
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
        let update = || diesel::update(mailbox::table.find(&nobody)).set(mailbox::acked.eq(mailbox::seq));
        update().execute(&mut connection).unwrap();
        assert_eq!(kept.load(Ordering::Relaxed), 0);
        let AnyConnection::Sqlite(connection) = &mut connection else { unreachable!() };
        for _ in 0..2 {
            run_prepared_on!(connection, update()).unwrap();
            assert_eq!(kept.load(Ordering::Relaxed), 1);
        }
        prepared_on!(connection, update().returning(mailbox::acked), load::<i64>).unwrap();
        assert_eq!(kept.load(Ordering::Relaxed), 2);
    }
}
