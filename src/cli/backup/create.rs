//! `jiayi backup create`: a whole copy of the database and the files into a new folder, while the server runs; and, where
//! backups are kept in one place, throwing away the old ones.

use super::content::for_each_file;
use super::manifest::{List, Manifest};
use super::{DATABASE, DUMP, FILES, MISSING, postgres, refuse_existing, with_ending};
use crate::cli::{Failure, look};
use crate::config::Config;
use crate::db::backup_folder::{self, BY_TIME, LIST, is_a_time};
use crate::db::connection::{Address, AnyConnection};
use crate::db::copy;
use crate::db::files::Folder;
use crate::db::folders;
use crate::model::FileId;
use chrono::{TimeDelta, Utc};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What a backup's name ends in while it is being made.
pub(super) const PART: &str = ".part";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Backs up into `to`, or into a new folder in `backup_folder`, which is there when the backup is whole, and not before. Of those in
/// `backup_folder` the newest `keep` stay, where it is given.
pub fn run(config: &Config, to: Option<&Path>, keep: Option<usize>) -> Result<(), Failure> {
    let to = match (to, &config.backup_folder) {
        (Some(to), _) => to.to_owned(),
        (None, Some(folder)) => name_by_time(folder),
        (None, None) => {
            return Err("name a folder, or set backup_folder in the file that --config names".into());
        }
    };
    let Copied { files, missing } = create(config, &to)?;
    match (keep, &config.backup_folder) {
        (Some(keep), Some(folder)) => throw_away(folder, keep, &to, missing.is_some().then_some(files))?,
        (Some(_), None) => return Err("--keep is for what is in backup_folder: set that".into()),
        (None, _) => {}
    }
    missing.map_or(Ok(()), |missing| Err(missing.explain().into()))
}

/// A folder named by the time, or by the first second after it whose name is not taken.
fn name_by_time(folder: &Path) -> PathBuf {
    let mut time = Utc::now();
    loop {
        let named = folder.join(time.format(BY_TIME).to_string());
        if !named.exists() && !with_ending(&named, PART).exists() {
            return named;
        }
        time += TimeDelta::seconds(1);
    }
}

fn create(config: &Config, to: &Path) -> Result<Copied, Failure> {
    let database = config.database()?;
    refuse_existing(to)?;
    look(&database)?;
    let part = with_ending(to, PART);
    if part.exists() {
        let part = part.display();
        return Err(format!(
            "{part} is there: a backup is being made there, or was broken off. Delete it where none is, or name another folder"
        )
        .into());
    }
    folders::create(&part).map_err(|error| {
        format!("{}: {error}; make its folder one that this user may write to", part.display())
    })?;
    let written = copy(&database, &config.files_folder, &part);
    if written.is_err() {
        fs::remove_dir_all(&part)?;
    }
    let written = written.map_err(|error| format!("no backup was made in {}: {error}", to.display()))?;
    fs::rename(&part, to)?;
    folders::keep_name(to)?;
    println!("backed up into {}: the database and its uploaded files ({})", to.display(), written.files);
    Ok(written)
}

/// How many files were copied, and what was not there.
struct Copied {
    files: usize,
    missing: Option<Missing>,
}

/// Files that messages name and that are not there: how many, one of them, and the list of them all.
struct Missing {
    count: usize,
    such_as: PathBuf,
    list: BufWriter<File>,
}

impl Missing {
    /// None yet; the list of them will be at `list`, and `such_as` is where the first one should be.
    fn begin(such_as: PathBuf, list: &Path) -> io::Result<Self> {
        Ok(Self { count: 0, such_as, list: BufWriter::new(File::create_new(list)?) })
    }

    fn add(&mut self, fileid: &FileId) -> io::Result<()> {
        self.count += 1;
        writeln!(self.list, "{fileid}")
    }

    fn finish(&mut self) -> io::Result<()> {
        self.list.flush()?;
        self.list.get_ref().sync_all()
    }

    fn explain(self) -> String {
        format!(
            "the backup has all else, but {} files that messages name are missing, such as {}: look whether files_folder is \
             the right one, or put them back from the files of an older backup",
            self.count,
            self.such_as.display()
        )
    }
}

/// The database first: the bytes of every file that it knows are there already.
fn copy(database: &Address, files_folder: &Path, to: &Path) -> Result<Copied, Failure> {
    let mut manifest = Manifest::begin(to)?;
    let (mut store, copied) = copy_database(database, to)?;
    manifest.add(&copied)?;
    let list = to.join(MISSING);
    let (from, to) = (Folder::new(files_folder.to_owned()), Folder::new(to.join(FILES)));
    let mut count = Copied { files: 0, missing: None };
    for_each_file(&mut store, |fileid| {
        let copy = to.path(fileid);
        match copy_file(&from.path(fileid), &copy) {
            Ok(()) => count.files += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let missing = match count.missing.take() {
                    Some(missing) => missing,
                    None => Missing::begin(from.path(fileid), &list)?,
                };
                return Ok(count.missing.insert(missing).add(fileid)?);
            }
            Err(error) => return Err(format!("{}: {error}", from.path(fileid).display()).into()),
        }
        manifest.add(&copy)
    })?;
    if let Some(missing) = &mut count.missing {
        missing.finish()?;
        manifest.add(&list)?;
    }
    manifest.finish()?;
    Ok(count)
}

/// Copies the database as it is at a moment; returns what reads it as it was then, and the file.
fn copy_database(database: &Address, to: &Path) -> Result<(AnyConnection, PathBuf), Failure> {
    let mut connection = database.connect()?;
    match database {
        Address::Sqlite(_) => {
            let copied = to.join(DATABASE);
            copy::copy(&mut connection, &copied)?;
            Ok((Address::Sqlite(copied.clone()).look()?, copied))
        }
        Address::Postgres(server) => {
            let copied = to.join(DUMP);
            postgres::dump(server, &mut connection, &copied)?;
            Ok((connection, copied))
        }
    }
}

/// Throws old backups away, never the one just made, whatever the clock says. Where that lacks files and has only so many,
/// the newest of those with more stays, too.
fn throw_away(folder: &Path, keep: usize, made: &Path, only: Option<usize>) -> Result<(), Failure> {
    let mut old = backup_folder::list(folder)?;
    old.retain(|backup| backup != made);
    old.truncate(old.len().saturating_sub(keep.saturating_sub(1)));
    if let Some(only) = only
        && let Some(index) =
            old.iter().rposition(|backup| count_files(backup).is_ok_and(|files| files > only))
    {
        println!("{} stays, as it has more files", old.remove(index).display());
    }
    for old in old.iter().chain(&list_broken_off(folder)?) {
        fs::remove_dir_all(old)?;
        println!("threw {} away", old.display());
    }
    Ok(())
}

/// How many uploaded files a backup has.
fn count_files(backup: &Path) -> Result<usize, Failure> {
    Ok(List::read(backup)?.files().count())
}

/// What backups have left that were broken off: nothing has been added to it for a day.
fn list_broken_off(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut broken_off = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_part = entry.file_name().to_string_lossy().strip_suffix(PART).is_some_and(is_a_time);
        // The list of files is written with each of them. What is from the future, by its clock, is young.
        let changed = fs::metadata(entry.path().join(LIST)).or_else(|_| entry.metadata())?.modified()?;
        let age = SystemTime::now().duration_since(changed).unwrap_or_default();
        if is_part && age > DAY {
            broken_off.push(entry.path());
        }
    }
    Ok(broken_off)
}

/// Copies a file beyond power loss; it is there when it is whole.
pub fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let part = with_ending(to, PART);
    folders::create(to.parent().unwrap_or(Path::new("")))?;
    fs::copy(from, &part)?;
    File::open(&part)?.sync_all()?;
    folders::give_away(&part)?;
    fs::rename(&part, to)?;
    folders::keep_name(to)
}
