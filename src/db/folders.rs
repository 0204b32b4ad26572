//! Folders, and the names of files in them, that outlast a power failure: syncing a file keeps its bytes, and
//! only syncing the folder keeps its name.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

/// Makes a folder, with those above it that are not there.
pub fn create(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    create(folder.parent().unwrap_or(folder))?;
    match fs::create_dir(folder) {
        // Somebody else made it at the same moment, and may not have kept its name yet.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        outcome => outcome?,
    }
    give_away(folder)?;
    keep_name(folder)
}

/// What root has made belongs to whom its folder belongs to: the server, which is not root, works on with it.
pub fn give_away(path: &Path) -> io::Result<()> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let owner = fs::metadata(folder_of(path))?;
    chown(path, Some(owner.uid()), Some(owner.gid()))
}

/// Keeps the name of what was made, renamed, linked or removed at `path`.
pub fn keep_name(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_made_and_what_is_there_stays() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/b/c");
        create(&folder).unwrap();
        fs::write(folder.join("x"), "x").unwrap();
        create(&folder).unwrap();
        create(Path::new("")).unwrap();
        assert!(folder.join("x").exists());
        assert!(create(&folder.join("x/y")).is_err(), "a file is no folder");
    }
}
