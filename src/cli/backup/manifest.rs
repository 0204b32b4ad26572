//! What a backup consists of, and the digest of each file: `SHA256SUMS`, which `sha256sum --check` reads as well. A folder without it
//! is no backup, or not a whole one.

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

/// Calls `each` for every file that the list in `folder` names, in its order, with its digest.
pub fn for_each(
    folder: &Path,
    mut each: impl FnMut(&Path, &str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let list = File::open(folder.join(LIST)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => format!(
            "{} is no backup: {LIST} is missing. For one of version 0.1, whose files you trust, make it: \
             find jiayi.db files -type f -exec sha256sum {{}} + > {LIST}",
            folder.display()
        ),
        _ => error.to_string(),
    })?;
    for line in BufReader::new(list).lines() {
        let line = line?;
        let (digest, name) =
            line.split_once("  ").ok_or_else(|| format!("{LIST} has an odd line: {line}"))?;
        let name = Path::new(name);
        if !name.components().all(|part| matches!(part, std::path::Component::Normal(_))) {
            return Err(format!("{LIST} names what is outside of the backup: {}", name.display()).into());
        }
        each(name, digest)?;
    }
    Ok(())
}

/// Reads every file that the list names; returns how many there are, and fails with the first one that is another.
pub fn compare(folder: &Path) -> Result<usize, Failure> {
    let (mut count, mut progress) = (0, Progress::default());
    for_each(folder, |name, expected| {
        let (found, size) =
            digest(&folder.join(name)).map_err(|error| format!("{}: {error}", name.display()))?;
        if found != expected {
            return Err(format!("the backup is damaged: {} is not what was written", name.display()).into());
        }
        progress.read(size);
        count += 1;
        Ok(())
    })?;
    Ok(count)
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
