//! What the database of a backup knows, and whether the backup has it: the list of what a backup consists of may have been cut.

use super::manifest::List;
use super::{DUMP, MISSING, postgres};
use crate::cli::Failure;
use crate::db::connection::AnyConnection;
use crate::db::migration;
use crate::model::FileId;
use crate::store::file::{self, Uploads};
use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// Calls `each` for every file that the database knows.
pub fn for_each_file(
    store: &mut AnyConnection,
    mut each: impl FnMut(&FileId) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let uploads = match migration::has_run(store, "0012")? {
        true => Uploads::Marked,
        false => Uploads::Absent,
    };
    let mut after = None;
    loop {
        let page = file::list_ready(store, uploads, after.as_ref(), 1000).map_err(|error| error.explain())?;
        for (fileid, _) in &page {
            each(fileid)?;
        }
        after = page.into_iter().next_back().map(|(fileid, _)| fileid);
        if after.is_none() {
            return Ok(());
        }
    }
}

/// What a backup's files are in the eyes of its database.
pub struct Files {
    /// Those that it names and that the backup lacks.
    pub lacking: BTreeSet<String>,
    /// How many were missing already when the backup was made.
    pub missing: usize,
}

/// Looks for the files that SQLite's database names.
pub fn files_of_sqlite(folder: &Path, list: &List, store: &mut AnyConnection) -> Result<Files, Failure> {
    let mut known = Known::read(folder, list)?;
    for_each_file(store, |fileid| {
        known.look_for(fileid.as_str());
        Ok(())
    })?;
    Ok(known.into_files())
}

/// The same of PostgreSQL's dump.
pub fn files_of_postgres(folder: &Path, list: &List) -> Result<Files, Failure> {
    let mut known = Known::read(folder, list)?;
    postgres::for_each_row(&folder.join(DUMP), "file", ["fileid", "ready"], |[fileid, ready]| {
        // It is nothing where there is no such column, as in version 0.1.
        if ready != "f" {
            known.look_for(fileid);
        }
    })?;
    Ok(known.into_files())
}

/// The ids of the files that a backup has, and of those that it is known not to have.
struct Known<'l> {
    files: HashSet<&'l str>,
    missing: HashSet<String>,
    lacking: BTreeSet<String>,
}

impl<'l> Known<'l> {
    fn read(folder: &Path, list: &'l List) -> Result<Self, Failure> {
        let files = list.files().filter_map(|file| file.below.file_name()?.to_str()).collect();
        let missing = match list.names(MISSING) {
            true => BufReader::new(File::open(folder.join(MISSING))?).lines().collect::<io::Result<_>>()?,
            false => HashSet::new(),
        };
        Ok(Self { files, missing, lacking: BTreeSet::new() })
    }

    fn look_for(&mut self, fileid: &str) {
        if !self.files.contains(fileid) && !self.missing.contains(fileid) {
            self.lacking.insert(fileid.to_owned());
        }
    }

    fn into_files(self) -> Files {
        Files { lacking: self.lacking, missing: self.missing.len() }
    }
}
