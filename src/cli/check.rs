//! `jiayi check`: looks at the settings and at what they lead to, and says what to do.

use crate::cli::Failure;
use crate::config::Config;
use crate::config::error::ConfigError;
use jpush_client::Error as VendorError;
use std::net::TcpListener;

/// Prints a line a finding; fails where one stands in the way of serving.
pub fn run(config: Result<Config, ConfigError>) -> Result<(), Failure> {
    let config = match config {
        Ok(config) => config,
        Err(error) => return Err(format!("{error}: correct or remove it").into()),
    };
    println!("ok    settings");
    let findings = [
        database(&config),
        address(&config),
        cookies(&config),
        push(&config),
        relay(&config),
        files(&config),
    ];
    findings.iter().for_each(|finding| println!("{finding}"));
    match findings.iter().any(|finding| finding.starts_with("FAIL")) {
        true => Err("the server would not start like this".into()),
        false => Ok(()),
    }
}

fn database(config: &Config) -> String {
    match config.database().and_then(|database| database.connect()) {
        Ok(_) => "ok    database: it answers".to_owned(),
        Err(error) => format!("FAIL  database: {error}"),
    }
}

fn address(config: &Config) -> String {
    match TcpListener::bind(config.listen) {
        Ok(_) => format!("ok    listen: {} is free", config.listen),
        Err(error) => {
            format!("FAIL  listen: {}: {error}; end what listens there or choose another", config.listen)
        }
    }
}

fn cookies(config: &Config) -> String {
    match config.secure_cookies || config.listen.ip().is_loopback() {
        true => "ok    secure_cookies".to_owned(),
        false => "warn  secure_cookies: put TLS before the server and set it to true".to_owned(),
    }
}

fn push(config: &Config) -> String {
    match config.push.provider() {
        Ok(None) => "ok    push: off; nobody who is not connected is told of anything".to_owned(),
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

/// Settings that do not fit together have stopped the check before.
fn relay(config: &Config) -> String {
    match config.call.turn.is_empty() {
        true => "warn  call.turn: without a relay many video calls will not come about; name one".to_owned(),
        false => "ok    call.turn: its secret is there".to_owned(),
    }
}

fn files(config: &Config) -> String {
    let (folder, probe) = (&config.files_folder, config.files_folder.join("probe"));
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b"probe"))
        .and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => "ok    files_folder: it can be written".to_owned(),
        Err(error) => {
            format!("FAIL  files_folder: {}: {error}; make it, and let the server write", folder.display())
        }
    }
}
