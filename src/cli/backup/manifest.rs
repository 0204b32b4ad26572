//! What a backup consists of, and the digest of each file: `SHA256SUMS`, which `sha256sum --check` reads as well. A folder without it
//! is no backup, or not a whole one.

use super::FILES;
use crate::cli::Failure;
use crate::db::backup_folder::LIST;
use crate::db::folders;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// How much has been read between two lines that say how far it has come: 1 GiB.
const STEP: u64 = 1 << 30;

/// A list that is being written.
pub struct Manifest {
    folder: PathBuf,
    lines: BufWriter<File>,
    progress: Progress,
}

impl Manifest {
    /// The list of what is in `folder`, of nothing yet.
    pub fn begin(folder: &Path) -> io::Result<Self> {
        let lines = BufWriter::new(File::create_new(folder.join(LIST))?);
        Ok(Self { folder: folder.to_owned(), lines, progress: Progress::default() })
    }

    /// Adds a file below the folder.
    pub fn add(&mut self, file: &Path) -> Result<(), Failure> {
        let name = file.strip_prefix(&self.folder)?.to_str().ok_or("a name that is no text")?;
        let (digest, size) = digest(file)?;
        self.progress.read(size);
        Ok(writeln!(self.lines, "{digest}  {name}")?)
    }

    /// The list is whole, and outlasts a power failure.
    pub fn finish(self) -> Result<(), Failure> {
        let file = self.lines.into_inner()?;
        file.sync_all()?;
        Ok(folders::keep_name(&self.folder.join(LIST))?)
    }
}

/// A list that has been read, once.
pub struct List {
    folder: PathBuf,
    entries: Vec<Entry>,
}

/// What a list says of a file.
struct Entry {
    name: PathBuf,
    digest: String,
    /// In bytes; 0 until the file was read.
    size: u64,
}

/// An uploaded file in a backup.
pub struct UploadedFile<'l> {
    /// Where it lies below the folder of uploaded files.
    pub below: &'l Path,
    /// The digest of what was written.
    pub digest: &'l str,
    /// Its bytes.
    pub size: u64,
}

impl List {
    /// Reads the list in `folder`.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let list = File::open(folder.join(LIST)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound if !folder.exists() => format!("there is no folder {}", folder.display()),
            io::ErrorKind::NotFound => format!(
                "{} is no backup: {LIST} is missing. For one of version 0.1, whose files you trust, make it: \
                 find jiayi.db files -type f -exec sha256sum {{}} + > {LIST}",
                folder.display()
            ),
            _ => format!("{}: {error}", folder.join(LIST).display()),
        })?;
        let entries = BufReader::new(list).lines().map(|line| parse(&line?)).collect::<Result<_, _>>()?;
        Ok(Self { folder: folder.to_owned(), entries })
    }

    /// How many files the backup consists of.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has a file of this name.
    pub fn names(&self, name: &str) -> bool {
        self.size(name).is_some()
    }

    /// How many bytes such a file has.
    pub fn size(&self, name: &str) -> Option<u64> {
        self.entries.iter().find(|entry| entry.name == Path::new(name)).map(|entry| entry.size)
    }

    /// The uploaded files.
    pub fn files(&self) -> impl Iterator<Item = UploadedFile<'_>> {
        self.entries.iter().filter_map(|Entry { name, digest, size }| {
            Some(UploadedFile { below: name.strip_prefix(FILES).ok()?, digest, size: *size })
        })
    }

    /// Reads every file, and fails with the first one that is another. Uploaded files that are not there are taken off the list; returns
    /// their names.
    pub fn compare(&mut self) -> Result<Vec<PathBuf>, Failure> {
        let (mut progress, mut absent) = (Progress::default(), Vec::new());
        for entry in &mut self.entries {
            match digest(&self.folder.join(&entry.name)) {
                Ok((found, size)) if found == entry.digest => entry.size = size,
                Ok(_) => {
                    return Err(format!(
                        "the backup is damaged: {} is not what was written",
                        entry.name.display()
                    )
                    .into());
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound && entry.name.starts_with(FILES) => {
                    absent.push(entry.name.clone());
                }
                Err(error) => return Err(format!("{}: {error}", entry.name.display()).into()),
            }
            progress.read(entry.size);
        }
        // Both are in the list's order.
        let mut gone = absent.iter().peekable();
        self.entries.retain(|entry| gone.next_if(|gone| **gone == entry.name).is_none());
        Ok(absent)
    }
}

fn parse(line: &str) -> Result<Entry, Failure> {
    let (digest, name) = line.split_once("  ").ok_or_else(|| format!("{LIST} has an odd line: {line}"))?;
    let name = PathBuf::from(name.strip_prefix("./").unwrap_or(name));
    match name.components().all(|part| matches!(part, std::path::Component::Normal(_))) {
        true => Ok(Entry { name, digest: digest.to_owned(), size: 0 }),
        false => Err(format!("{LIST} names what is outside of the backup: {}", name.display()).into()),
    }
}

/// How much has been read.
#[derive(Default)]
struct Progress(u64);

impl Progress {
    fn read(&mut self, bytes: u64) {
        let before = self.0 / STEP;
        self.0 += bytes;
        if self.0 / STEP > before {
            println!("{} GiB", self.0 / STEP);
        }
    }
}

/// The SHA-256 of a file's bytes, in lower-case hex, and how many they are.
pub fn digest(file: &Path) -> io::Result<(String, u64)> {
    let (mut file, mut hash, mut size) = (File::open(file)?, Sha256::new(), 0);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => {
                hash.update(&buffer[..count]);
                size += count as u64;
            }
        }
    }
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        // Writing into a string never fails.
        let _ = write!(text, "{byte:02x}");
    }
    Ok((text, size))
}
