//! What is in the folder of backups, for those who watch over the service. How backups are made is in `cli::backup`.

use crate::app::App;
use crate::db::backup_folder;
use std::time::Duration;
use tokio::task::spawn_blocking;

/// How long the folder may take; who asks has other things to show.
const PATIENCE: Duration = Duration::from_secs(2);
/// Held while somebody looks into the folder.
static LOOKING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

impl App {
    /// How many backups of this database there are, and how old the newest is; `None` where there is no folder, or none that
    /// can be read in time.
    pub async fn count_backups(&self) -> Option<(usize, Option<Duration>)> {
        let (folder, database) = (self.config().backup_folder.clone()?, self.config().database().ok()?);
        // One look at a time: a folder that hangs takes one thread, not one for each who asks.
        let looking = LOOKING.try_lock().ok()?;
        let count = spawn_blocking(move || {
            let _looking = looking;
            backup_folder::count(&folder, &database)
        });
        tokio::time::timeout(PATIENCE, count).await.ok()?.ok()?.ok()
    }
}
