//! The folder of what people have uploaded: how bytes come to lie there safely, and how they go. What
//! they are is in `file_kind`.
//!
//! A file lies under its id, below the last two letters of it. Its row in the store comes before its
//! bytes, and makes it exist when they are on the disk; bytes without a row are swept up.

use crate::db::file_kind::{self, Look};
use crate::db::folders;
use crate::error::{Error, Result};
use crate::model::{DialogKind, FileId};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_blocking;

/// How many bytes a file may have.
pub const LARGEST: usize = 20 * 1024 * 1024;
/// How many pixels an image may have: what phones must unpack to show it.
const MOST_PIXELS: usize = 50_000_000;
/// The folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at `path`; it is made with the first file.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where the folder is.
    pub fn root(&self) -> &Path {
        &self.0
    }

    /// Where a file lies.
    pub fn path(&self, fileid: &FileId) -> PathBuf {
        let id = fileid.as_str();
        self.0.join(&id[id.len().saturating_sub(2)..]).join(id)
    }

    /// Begins a file.
    pub async fn begin(&self, fileid: &FileId) -> Result<Draft> {
        let path = self.path(fileid);
        let folder = path.parent().unwrap_or(&self.0).to_owned();
        let created = spawn_blocking(move || folders::create(&folder)).await;
        created.map_err(Error::inside)?.map_err(Error::inside)?;
        let file = tokio::fs::File::create_new(&path).await.map_err(Error::inside)?;
        Ok(Draft { root: self.0.clone(), path, file, size: 0, kept: false })
    }

    /// Removes a file; nothing where it is gone already.
    pub async fn remove(&self, fileid: &FileId) -> Result<()> {
        match tokio::fs::remove_file(self.path(fileid)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::inside(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// The folders in it, about a thousand, each of which holds its share of the files.
    pub async fn list_folders(&self) -> Result<Vec<PathBuf>> {
        let root = self.0.clone();
        let list = move || entries(&root)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>();
        spawn_blocking(list).await.map_err(Error::inside)?.map_err(Error::inside)
    }

    /// The files in one of these folders that have not changed since `before`.
    pub async fn list_before(&self, folder: PathBuf, before: SystemTime) -> Result<Vec<FileId>> {
        let list = spawn_blocking(move || list_before(&folder, before)).await.map_err(Error::inside)?;
        list.map_err(Error::inside)
    }
}

fn list_before(folder: &Path, before: SystemTime) -> io::Result<Vec<FileId>> {
    let mut found = Vec::new();
    for entry in entries(folder)? {
        let entry = entry?;
        let id = entry.file_name().into_string().ok().and_then(|name| FileId::try_from(name).ok());
        match entry.metadata().and_then(|about| about.modified()) {
            Ok(modified) if modified < before => found.extend(id),
            // It may be gone meanwhile.
            Ok(_) | Err(_) => {}
        }
    }
    Ok(found)
}

/// What lies in a folder; nothing where there is none.
fn entries(folder: &Path) -> io::Result<Box<dyn Iterator<Item = io::Result<fs::DirEntry>>>> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(Box::new(entries)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Box::new(std::iter::empty()))
        }
        Err(error) => Err(error),
    }
}

/// A file that is being written; gone again unless it is kept.
#[derive(Debug)]
pub struct Draft {
    root: PathBuf,
    path: PathBuf,
    file: tokio::fs::File,
    size: usize,
    kept: bool,
}

impl Draft {
    /// Adds bytes; `FA_TOOLARGE` where they are too many.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.size += bytes.len();
        if self.size > LARGEST {
            return Err(Error::TooLarge { field: "file", limit: LARGEST });
        }
        self.file.write_all(bytes).await.map_err(Error::inside)
    }

    /// How many bytes it has.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Says what it is; `FA_PARAM` where that is not taken.
    pub async fn look(&mut self) -> Result<Look> {
        self.file.flush().await.map_err(Error::inside)?;
        let path = self.path.clone();
        spawn_blocking(move || look(&path)).await.map_err(Error::inside)?
    }

    /// Keeps it, beyond power loss.
    pub async fn keep(mut self) -> Result<()> {
        self.file.sync_all().await.map_err(Error::inside)?;
        // Another upload may have made a folder of these, and not have kept its name yet.
        let (file, root) = (self.path.clone(), self.root.clone());
        let folder = file.parent().unwrap_or(&root).to_owned();
        let keep = move || [file, folder, root].iter().try_for_each(|path| folders::keep_name(path));
        spawn_blocking(keep).await.map_err(Error::inside)?.map_err(Error::inside)?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            // What stays behind is swept up.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn look(path: &Path) -> Result<Look> {
    let look = file_kind::recognise(path).map_err(Error::inside)?;
    let look = look.ok_or_else(|| Error::param("file", "is not of a kind that is taken"))?;
    if look.kind == DialogKind::Image {
        let size = imagesize::size(path).map_err(|_| Error::param("file", "is no image that can be read"))?;
        if size.width.saturating_mul(size.height) > MOST_PIXELS {
            return Err(Error::param("file", "has more than 50 million pixels"));
        }
    }
    Ok(look)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn what_is_not_kept_is_gone() {
        let root = tempfile::tempdir().unwrap();
        let (folder, kept, lost) = (Folder::new(root.path().join("f")), FileId::new(), FileId::new());
        let mut draft = folder.begin(&kept).await.unwrap();
        draft.write(b"x").await.unwrap();
        draft.keep().await.unwrap();
        drop(folder.begin(&lost).await.unwrap());
        assert!(folder.path(&kept).exists() && !folder.path(&lost).exists());
        let later = SystemTime::now() + std::time::Duration::from_secs(60);
        let list = async |before| {
            let mut found = Vec::new();
            for inner in folder.list_folders().await.unwrap() {
                found.extend(folder.list_before(inner, before).await.unwrap());
            }
            found
        };
        assert_eq!(list(later).await, std::slice::from_ref(&kept));
        assert!(list(SystemTime::UNIX_EPOCH).await.is_empty());
        folder.remove(&kept).await.unwrap();
        folder.remove(&kept).await.unwrap();
        assert!(list(later).await.is_empty());
    }
}
