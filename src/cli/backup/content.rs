//! What the database of a backup knows, and whether the backup has it: the list of what a backup consists of may have been cut.

use super::{DUMP, FILES, MISSING, manifest, postgres};
use crate::cli::Failure;
use crate::db::backup_folder::LIST;
use crate::db::connection::AnyConnection;
use crate::model::FileId;
use crate::store::file;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// Calls `each` for every file that the database knows.
pub fn for_each_file(
    store: &mut AnyConnection,
    mut each: impl FnMut(&FileId) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let page = file::list_ready(store, after.as_ref(), 1000).map_err(|error| error.explain())?;
        for (fileid, _) in &page {
            each(fileid)?;
        }
        after = page.into_iter().next_back().map(|(fileid, _)| fileid);
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Fails where the list in `folder` names a file less than SQLite's database there knows; returns how many were missing when the
/// backup was made.
pub fn require_files_of_sqlite(folder: &Path, store: &mut AnyConnection) -> Result<usize, Failure> {
    let mut listed = Listed::read(folder)?;
    for_each_file(store, |fileid| {
        listed.look_for(fileid.as_str());
        Ok(())
    })?;
    listed.finish(folder)
}

/// The same of PostgreSQL's dump.
pub fn require_files_of_postgres(folder: &Path) -> Result<usize, Failure> {
    let mut listed = Listed::read(folder)?;
    postgres::for_each_row(&folder.join(DUMP), "file", ["fileid", "ready"], |[fileid, ready]| {
        if ready == "t" {
            listed.look_for(fileid);
        }
    })?;
    listed.finish(folder)
}

/// The ids of the files that a backup has, and of those that it is known not to have.
struct Listed {
    files: HashSet<Box<str>>,
    missing: HashSet<Box<str>>,
    lacking: usize,
    such_as: Option<String>,
}

impl Listed {
    fn read(folder: &Path) -> Result<Self, Failure> {
        let (mut files, mut lists_missing) = (HashSet::new(), false);
        manifest::for_each(folder, |name, _| {
            lists_missing |= name == Path::new(MISSING);
            if name.starts_with(FILES) {
                files.extend(name.file_name().map(|name| name.to_string_lossy().into()));
            }
            Ok(())
        })?;
        let missing = match lists_missing {
            true => {
                BufReader::new(File::open(folder.join(MISSING))?).lines().collect::<io::Result<Vec<_>>>()?
            }
            false => Vec::new(),
        };
        let missing = missing.into_iter().map(Into::into).collect();
        Ok(Self { files, missing, lacking: 0, such_as: None })
    }

    fn look_for(&mut self, fileid: &str) {
        if !self.files.contains(fileid) && !self.missing.contains(fileid) {
            self.lacking += 1;
            self.such_as.get_or_insert_with(|| fileid.to_owned());
        }
    }

    fn finish(self, folder: &Path) -> Result<usize, Failure> {
        match self.such_as {
            None => Ok(self.missing.len()),
            Some(such_as) => Err(format!(
                "{} lacks {} files that its database names, such as {such_as}: its {} was cut, or is of another backup",
                folder.display(),
                self.lacking,
                LIST
            )
            .into()),
        }
    }
}
