//! `jiayi check`: looks at the settings and at what they lead to, and says what to do. It changes nothing.
//! What the server may do is told to who runs it as the server does.

use crate::cli::{Failure, check_machine, check_url, health};
use crate::config::Config;
use crate::config::error::ConfigError;
use crate::db::connection::{Address, AnyConnection, OpenError};
use crate::db::migration::{self, SchemaAge};
use crate::db::postgres;
use jpush_client::Error as VendorError;
use rustix::fs::{Access, access};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Prints a line a finding; fails where one stands in the way of serving. `source` says where the settings were read; `url` is where
/// people ask.
pub fn run(config: Result<Config, ConfigError>, source: &str, url: Option<&str>) -> Result<(), Failure> {
    let config = config?;
    println!("ok    settings: {source}");
    let findings = [
        user(&config),
        secrets(&config),
        database(&config),
        address(&config),
        check_machine::socket(&config),
        cookies(&config),
        push(&config),
        web_push(&config),
        relay(&config),
        files(&config),
        way(&config),
        check_machine::disk("files_folder", &config.files_folder),
        check_machine::clock(config.database().ok().as_ref()),
        check_machine::proxy(&config),
        check_machine::backup(&config),
        check_machine::disk_of_backups(&config),
    ];
    findings
        .iter()
        .chain(&url.map(|url| check_url::look(&config, url)).unwrap_or_default())
        .for_each(|finding| println!("{finding}"));
    match findings.iter().any(|finding| finding.starts_with("FAIL")) {
        true => Err("the server would not start like this".into()),
        false => Ok(()),
    }
}

/// Whether it is who runs the server that asks: root may do what the server may not, and others less.
fn user(config: &Config) -> String {
    let (me, folder) = (rustix::process::geteuid(), check_machine::nearest(&config.files_folder));
    let is_other = me.is_root() || access(folder, Access::WRITE_OK).is_err();
    match std::fs::metadata(folder).map(|about| about.uid()) {
        Ok(uid) if is_other && uid != me.as_raw() => format!(
            "warn  user: you may not do what the server may, or more; run this as the owner of files_folder (uid {uid}): \
             runuser -u jiayi -- jiayi check"
        ),
        Ok(_) | Err(_) => "ok    user".to_owned(),
    }
}

/// Whether the file of secrets is for who runs the server alone.
fn secrets(config: &Config) -> String {
    let mode = |file: &PathBuf| std::fs::metadata(file).map(|about| about.permissions().mode());
    match config.secrets_file.as_ref().map(|file| (file, mode(file))) {
        Some((file, Ok(mode))) if mode & 0o027 != 0 => format!(
            "warn  secrets_file: others on this machine can read or change it; chmod 640 {}",
            file.display()
        ),
        Some(_) => "ok    secrets_file".to_owned(),
        None => "ok    secrets_file: none".to_owned(),
    }
}

fn database(config: &Config) -> String {
    match config.database() {
        Ok(Address::Sqlite(path)) if path.exists() && access(&path, Access::WRITE_OK).is_err() => {
            format!(
                "FAIL  database: {} cannot be written; chmod 600 it, and chown it to the server",
                path.display()
            )
        }
        Ok(Address::Sqlite(path)) if !path.exists() => match can_make(&path) {
            Ok(()) => "ok    database: there is none yet; the first start makes it".to_owned(),
            Err(why) => format!("FAIL  database: {}: {why}", path.display()),
        },
        Ok(address) => look(&address).unwrap_or_else(|error| format!("FAIL  database: {error}")),
        Err(error) => format!("FAIL  database: {error}"),
    }
}

fn way(config: &Config) -> String {
    match config.database() {
        Ok(Address::Sqlite(path)) => check_machine::disk("database", &path),
        Ok(Address::Postgres(server)) if server.is_encrypted_or_near() => {
            "ok    database: the way to it".to_owned()
        }
        Ok(Address::Postgres(_)) => {
            "warn  database: others can read and change what goes there; have it speak TLS, and add \
             sslmode=verify-full to database_url"
                .to_owned()
        }
        Err(error) => format!("FAIL  database: {error}"),
    }
}

fn look(address: &Address) -> Result<String, OpenError> {
    let mut connection = address.look()?;
    let age = migration::age(&mut connection)?;
    let private = match address {
        Address::Sqlite(path) => is_private(path),
        Address::Postgres(_) => true,
    };
    let missing = match &mut connection {
        AnyConnection::Postgres(connection) => postgres::missing_limits(connection)?,
        AnyConnection::Sqlite(_) => Vec::new(),
    };
    Ok(match age {
        SchemaAge::Newer(version) => format!("FAIL  database: {}", OpenError::Newer(version)),
        SchemaAge::Behind(count) => {
            format!("ok    database: it answers; the next start runs {count} migrations")
        }
        SchemaAge::Current if !private => {
            "warn  database: others on this machine can read its file; chmod 600 it".to_owned()
        }
        SchemaAge::Current if !missing.is_empty() => format!(
            "warn  database: behind the pooler there is no {}: give the role of database_url one \
             (ALTER ROLE … SET …)",
            missing.join(", no ")
        ),
        SchemaAge::Current => "ok    database: it answers".to_owned(),
    })
}

/// Whether nobody but its owner can read a file.
fn is_private(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 == 0)
}

/// Whether a file or folder that is not there could be made, as far as the nearest folder tells.
fn can_make(path: &Path) -> Result<(), String> {
    let existing = check_machine::nearest(path);
    access(existing, Access::WRITE_OK | Access::EXEC_OK)
        .map_err(|error| format!("{}: {error}; let the server write there", existing.display()))
}

fn address(config: &Config) -> String {
    match TcpListener::bind(config.listen) {
        Ok(_) => format!("ok    listen: {} is free", config.listen),
        Err(_) if health::ask(config.listen).is_ok() => {
            format!("ok    listen: the server answers at {}", config.listen)
        }
        Err(error) => {
            format!("FAIL  listen: {}: {error}; end what listens there or choose another", config.listen)
        }
    }
}

fn cookies(config: &Config) -> String {
    // Who listens for this machine alone, and for no proxy, is tried out.
    let is_tried = config.listen.ip().is_loopback() && config.trusted_proxies.is_empty();
    match config.secure_cookies || is_tried {
        true => "ok    secure_cookies".to_owned(),
        false => "warn  secure_cookies: put TLS before the server and set it to true".to_owned(),
    }
}

fn push(config: &Config) -> String {
    match config.push.provider() {
        Ok(None) => "ok    push: off; no phone is told of anything".to_owned(),
        Ok(Some(vendor)) => match actix_web::rt::System::new().block_on(vendor.cids(1)) {
            Ok(_) => format!("ok    push: {} takes the keys", vendor.name()),
            Err(error @ (VendorError::Unauthorized { .. } | VendorError::InvalidRequest(_))) => {
                format!("FAIL  push: {error}; correct push.app_key and push.master_secret")
            }
            Err(error) => format!("warn  push: {error}; check push.push_url and the way to the vendor"),
        },
        Err(why) => format!("FAIL  push: {why}"),
    }
}

fn web_push(config: &Config) -> String {
    match config.push.web_client() {
        Ok(None) => "ok    push.vapid_key: none; browsers hear nothing while no page of theirs is open. \
                     jiayi push key makes one"
            .to_owned(),
        Ok(Some(_)) => "ok    push.vapid_key: it is there".to_owned(),
        Err(why) => format!("FAIL  push: {why}"),
    }
}

/// Settings that do not fit together have stopped the check before.
fn relay(config: &Config) -> String {
    match config.call.turn.is_empty() {
        true => "warn  call.turn: without a relay many video calls will not come about; name one".to_owned(),
        false => "ok    call.turn: its secret is there".to_owned(),
    }
}

fn files(config: &Config) -> String {
    let folder = &config.files_folder;
    let writable = match folder.exists() {
        true => access(folder, Access::WRITE_OK | Access::EXEC_OK)
            .map_err(|error| format!("{error}; let the server write there")),
        false => can_make(folder),
    };
    match writable {
        Ok(()) => "ok    files_folder: it can be written".to_owned(),
        Err(why) => format!("FAIL  files_folder: {}: {why}", folder.display()),
    }
}
