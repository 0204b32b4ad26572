//! `jiayi backup`: a whole copy of the database and the files into a new folder, while the server runs.

use crate::cli::Failure;
use crate::config::Config;
use crate::db::connection::Address;
use crate::db::copy;
use crate::db::files::Folder;
use crate::db::folders;
use crate::model::FileId;
use crate::store::file;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The names of what lies in the folder of a backup.
pub const DATABASE: &str = "jiayi.db";
/// The folder of uploaded files in it.
pub const FILES: &str = "files";

/// Backs up into `to`, which is there when the backup is whole, and not before.
pub fn run(config: &Config, to: &Path) -> Result<(), Failure> {
    let Address::Sqlite(database) = config.database()? else {
        return Err("PostgreSQL is backed up by its own tools: run pg_dump --format=custom, then copy \
             files_folder"
            .into());
    };
    refuse_existing(to)?;
    if !database.exists() {
        return Err(format!("there is no database at {}", database.display()).into());
    }
    let part = with_ending(to, ".part");
    refuse_existing(&part)?;
    folders::create(&part).map_err(|error| {
        format!("{}: {error}; make its folder one that this user may write to", part.display())
    })?;
    let written = copy(&database, &config.files_folder, &part);
    if written.is_err() {
        fs::remove_dir_all(&part)?;
    }
    let Copied { files, missing } = written?;
    fs::rename(&part, to)?;
    folders::keep_name(to)?;
    println!("backed up into {}: the database and its uploaded files ({files})", to.display());
    match missing {
        0 => Ok(()),
        _ => Err(format!("{missing} files that messages name are missing in files_folder").into()),
    }
}

/// What was copied, and how many files were not there.
struct Copied {
    files: usize,
    missing: usize,
}

/// The database first: the bytes of every file that it knows are there already.
fn copy(database: &Path, files_folder: &Path, to: &Path) -> Result<Copied, Failure> {
    let copied = to.join(DATABASE);
    copy::copy(&mut Address::Sqlite(database.to_owned()).connect()?, &copied)?;
    let (from, to) = (Folder::new(files_folder.to_owned()), Folder::new(to.join(FILES)));
    let mut count = Copied { files: 0, missing: 0 };
    for_each_file(&copied, |fileid, _| {
        match copy_file(&from.path(fileid), &to.path(fileid)) {
            Ok(()) => count.files += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => count.missing += 1,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    })?;
    Ok(count)
}

/// Calls `each` for every file that the database at `path` knows, with its size in bytes.
pub fn for_each_file(
    path: &Path,
    mut each: impl FnMut(&FileId, u64) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (mut store, mut after) = (Address::Sqlite(path.to_owned()).look()?, None);
    loop {
        let page = file::list_ready(&mut store, after.as_ref(), 1000).map_err(|error| error.explain())?;
        for (fileid, size) in &page {
            each(fileid, *size as u64)?;
        }
        after = page.into_iter().next_back().map(|(fileid, _)| fileid);
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Copies a file beyond power loss; it is there when it is whole.
pub fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let part = with_ending(to, ".part");
    folders::create(to.parent().unwrap_or(Path::new("")))?;
    fs::copy(from, &part)?;
    File::open(&part)?.sync_all()?;
    fs::rename(&part, to)?;
    folders::keep_name(to)
}

/// The same path with an ending of its name.
pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Nothing is ever overwritten.
pub fn refuse_existing(path: &Path) -> Result<(), Failure> {
    match path.exists() {
        true => Err(format!("{} is there already: move it away, or name another", path.display()).into()),
        false => Ok(()),
    }
}
