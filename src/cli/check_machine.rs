//! What `jiayi check` finds around the server: room on the disk, the clock, the proxy, backups.

use crate::config::Config;
use crate::db::backup_folder;
use crate::db::connection::{Address, AnyConnection};
use crate::model::Time;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use rustix::fs::statvfs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// How far the clocks of this machine and of the database's may be apart.
const APART: Duration = Duration::from_secs(1);
/// How old the newest backup may be: those of each day, and some time for making one.
const DAY: Duration = Duration::from_secs(26 * 3600);

/// A place, or the nearest folder above it that is there.
pub fn nearest(place: &Path) -> &Path {
    place.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."))
}

/// Whether a tenth of the disk is free where files are written; nothing can be written where there is none.
pub fn disk(what: &str, place: &Path) -> String {
    let existing = nearest(place);
    match statvfs(existing) {
        Ok(disk) if disk.f_bavail < disk.f_blocks / 10 => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize) >> 20;
            let grave = if free == 0 { "FAIL" } else { "warn" };
            format!("{grave}  {what}: less than a tenth of its disk is free ({free} MiB); make room")
        }
        Ok(_) => format!("ok    {what}: there is room on its disk"),
        Err(error) => format!("warn  {what}: {}: {error}", existing.display()),
    }
}

/// Whether the clock is set by somebody, and agrees with the database's.
pub fn clock(address: Option<&Address>) -> String {
    match address.and_then(clock_of_database) {
        Some(apart) if apart > APART => {
            return format!(
                "warn  clock: the database's is {} ms off this one; set both by NTP",
                apart.as_millis()
            );
        }
        Some(_) | None => {}
    }
    let said =
        Command::new("timedatectl").args(["show", "--property", "NTPSynchronized", "--value"]).output();
    match said.map(|said| said.stdout) {
        Ok(said) if said.starts_with(b"no") => {
            "warn  clock: nothing sets it; install chrony or systemd-timesyncd".to_owned()
        }
        Ok(said) if said.starts_with(b"yes") => "ok    clock: it is set by NTP".to_owned(),
        Ok(_) | Err(_) => "ok    clock: whether NTP sets it cannot be told here".to_owned(),
    }
}

#[derive(QueryableByName)]
struct Clock {
    #[diesel(sql_type = BigInt)]
    now: i64,
}

/// How far the clock of PostgreSQL is off, where it answers.
fn clock_of_database(address: &Address) -> Option<Duration> {
    let mut connection = match address {
        Address::Postgres(server) => AnyConnection::Postgres(server.connect_once().ok()?),
        Address::Sqlite(_) => return None,
    };
    let now = diesel::sql_query("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now");
    let Clock { now } = now.get_result(&mut connection).ok()?;
    Some(Duration::from_millis(now.abs_diff(Time::now().millis())))
}

/// Whether who listens for a proxy on this machine believes it.
pub fn proxy(config: &Config) -> String {
    match config.listen.ip().is_loopback() && config.trusted_proxies.is_empty() {
        true => "warn  trusted_proxies: a proxy on this machine is not believed, so that all clients count as one; \
             name its address (127.0.0.1)"
            .to_owned(),
        false => "ok    trusted_proxies".to_owned(),
    }
}

/// Whether the socket of the package, where systemd has it, is at the address that the settings name.
pub fn socket(config: &Config) -> String {
    let said =
        Command::new("systemctl").args(["show", "--property=Listen", "--value", "jiayi.socket"]).output();
    let said = said.map(|said| String::from_utf8_lossy(&said.stdout).into_owned()).unwrap_or_default();
    let other = said
        .lines()
        .filter_map(|line| line.strip_suffix(" (Stream)"))
        .find(|address| address.parse::<SocketAddr>() != Ok(config.listen));
    match other {
        Some(address) => format!(
            "warn  listen: {} is not where jiayi.socket listens ({address}); set it to the same, for jiayi health and this check",
            config.listen
        ),
        None => "ok    listen: no socket of systemd is elsewhere".to_owned(),
    }
}

/// Whether there is room for backups, where they have a folder.
pub fn disk_of_backups(config: &Config) -> String {
    config
        .backup_folder
        .as_ref()
        .map_or_else(|| "ok    backup_folder: none".to_owned(), |folder| disk("backup_folder", folder))
}

/// Whether there is a backup of the last day, of the database that is named.
pub fn backup(config: &Config) -> String {
    let Some(folder) = &config.backup_folder else {
        return "warn  backup_folder: none is set; set it, and have jiayi backup create run every night"
            .to_owned();
    };
    let counted = config.database().ok().map(|database| backup_folder::count(folder, &database)).transpose();
    let age = match counted {
        Ok(counted) => counted.and_then(|(_, age)| age),
        Err(error) => return format!("warn  backup_folder: {}: {error}", folder.display()),
    };
    match age {
        Some(age) if age <= DAY => "ok    backup_folder: there is a backup of the last day".to_owned(),
        Some(age) => {
            format!("warn  backup_folder: the newest backup is {} hours old; see why", age.as_secs() / 3600)
        }
        None => "warn  backup_folder: there is no backup yet; run jiayi backup create".to_owned(),
    }
}
