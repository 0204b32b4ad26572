//! What is known of residents as persons: a fact each, with who wrote it last.

use crate::db::connection::AnyConnection;
use crate::db::schema::{account, person_fact};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{FactKind, Role, Time, Uid};
use crate::protocol::objects::{Fact, Person};
use diesel::prelude::*;

/// A fact's kind, its content, its author and its time.
type Row = (FactKind, String, (Uid, String, Role), Time);

/// What is known of somebody.
pub fn list(connection: &mut AnyConnection, uid: &Uid) -> Result<Vec<(FactKind, Fact)>> {
    let author = (account::uid, account::name, account::role);
    let rows = person_fact::table
        .inner_join(account::table)
        .filter(person_fact::uid.eq(uid))
        .select((person_fact::kind, person_fact::content, author, person_fact::updatetime))
        .load::<Row>(connection)?;
    let fact = |(kind, content, (uid, name, role), updatetime): Row| {
        (kind, Fact { content, by: Person { uid, name, role }, updatetime })
    };
    Ok(rows.into_iter().map(fact).collect())
}

/// Sets a fact, or takes it away. The person's account is locked.
pub fn set(tx: &mut Tx<'_>, uid: &Uid, kind: FactKind, content: Option<&str>, by: &Uid) -> Result<()> {
    diesel::delete(person_fact::table.find((uid, kind))).execute(&mut **tx)?;
    let Some(content) = content else { return Ok(()) };
    let now = tx.now;
    diesel::insert_into(person_fact::table)
        .values((
            person_fact::uid.eq(uid),
            person_fact::kind.eq(kind),
            person_fact::content.eq(content),
            person_fact::byuid.eq(by),
            person_fact::updatetime.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}
