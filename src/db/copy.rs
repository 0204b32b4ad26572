//! Whole copies of the embedded database: taken while others write, and looked at before one is put back.

use crate::db::connection::AnyConnection;
use crate::db::folders;
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::path::Path;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// SQLite could not read, or write the copy: a disk is full, for example.
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
    /// The copy may not outlast a power failure.
    #[error(transparent)]
    File(#[from] std::io::Error),
}

/// Writes what is committed at this moment into a new file, while others read and write.
pub fn copy(connection: &mut AnyConnection, to: &Path) -> Result<(), CopyError> {
    let to_file = to.to_string_lossy().into_owned();
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(to_file).execute(connection)?;
    std::fs::File::open(to)?.sync_all()?;
    Ok(folders::keep_name(to)?)
}

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    quick_check: String,
}

/// What is wrong with the file; `None` where it is whole.
pub fn find_damage(connection: &mut AnyConnection) -> QueryResult<Option<String>> {
    let findings: Vec<Finding> = diesel::sql_query("PRAGMA quick_check(1)").load(connection)?;
    let findings = findings.into_iter().map(|finding| finding.quick_check);
    Ok(findings.into_iter().find(|finding| finding != "ok"))
}
