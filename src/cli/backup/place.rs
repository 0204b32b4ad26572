//! Whether the place where a backup is to be put back takes it: what is there already, who serves it, who may write, how much room there is. It
//! is looked at as a whole before anything changes.

use super::manifest::{self, List};
use super::{DATABASE, postgres, refuse_existing, with_ending};
use crate::cli::{Failure, check_machine};
use crate::db::connection::Address;
use crate::db::lock;
use rustix::fs::{Access, access, statvfs};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What SQLite keeps beside a database. It belongs to the one that lay there, has its newest messages, and would change the
/// other.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Refuses a place where a database is, and one that a server serves. As long as what is returned is kept, no server begins.
pub fn require_free(database: &Address) -> Result<Option<File>, Failure> {
    match database {
        Address::Sqlite(path) => {
            refuse_existing(path)?;
            for ending in BESIDE {
                refuse_existing(&with_ending(path, ending))?;
            }
            Ok(lock::require_unserved(path)?)
        }
        Address::Postgres(server) => postgres::require_empty(server).map(|()| None),
    }
}

/// An uploaded file that is to be put back.
pub struct Copy {
    /// Where the backup has it.
    pub from: PathBuf,
    /// Where it belongs.
    pub to: PathBuf,
    size: u64,
}

/// The uploaded files that `folder` has not yet. Refuses the whole where another one lies in the place of one.
pub fn files(backup: &Path, folder: &Path, list: &List) -> Result<Vec<Copy>, Failure> {
    let mut copies = Vec::new();
    for file in list.files() {
        let to = folder.join(file.below);
        match manifest::digest(&to) {
            Ok((there, _)) if there == file.digest => {}
            Ok(_) => return Err(format!("{} is another file: move it away", to.display()).into()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                copies.push(Copy { from: backup.join(super::FILES).join(file.below), to, size: file.size });
            }
            Err(error) => return Err(format!("{}: {error}", to.display()).into()),
        }
    }
    Ok(copies)
}

/// Refuses a place where the files, or SQLite's database, could not be written, or find no room.
pub fn require_room(database: &Address, folder: &Path, files: &[Copy], list: &List) -> Result<(), Failure> {
    let mut places = Vec::new();
    if !files.is_empty() {
        places.push((folder, files.iter().map(|file| file.size).sum::<u64>()));
    }
    if let Address::Sqlite(path) = database {
        places.push((path, list.size(DATABASE).unwrap_or_default()));
    }
    for (place, _) in &places {
        let existing = match place.is_dir() {
            true => place,
            false => check_machine::nearest(place.parent().unwrap_or(place)),
        };
        access(existing, Access::WRITE_OK | Access::EXEC_OK)
            .map_err(|error| format!("{}: {error}: let who runs this write there", existing.display()))?;
        let disk = fs::metadata(existing)?.dev();
        let mut wanted = 0;
        for (other, bytes) in &places {
            if fs::metadata(check_machine::nearest(other))?.dev() == disk {
                wanted += bytes;
            }
        }
        let room = statvfs(existing)?;
        let free = room.f_bavail.saturating_mul(room.f_frsize);
        if free < wanted {
            return Err(format!(
                "{}: its disk has {} MiB free, and {} MiB are to come: make room",
                existing.display(),
                free >> 20,
                (wanted >> 20) + 1
            )
            .into());
        }
    }
    Ok(())
}
