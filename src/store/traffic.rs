//! How much is written when: for a dashboard.

use crate::db::connection::AnyConnection;
use crate::db::schema::social_dialog;
use crate::error::Result;
use crate::model::{DialogId, Time};
use diesel::prelude::*;

/// How many messages were written from each of these times, which rise, to the next one. The ids
/// bear the time that they were made at, so that their index alone is read.
pub fn count_messages(connection: &mut AnyConnection, times: &[Time]) -> Result<Vec<i64>> {
    let written = |span: &[Time]| {
        let ids = DialogId::least_from(span[0])..DialogId::least_from(span[1]);
        let made = social_dialog::dialogid.ge(ids.start).and(social_dialog::dialogid.lt(ids.end));
        Ok(social_dialog::table.filter(made).count().get_result(connection)?)
    };
    times.windows(2).map(written).collect()
}
