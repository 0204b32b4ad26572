//! The command line: what can be asked for, and how. The manual and the completions are made from it (`examples/manual.rs`).

use crate::config::Config;
use crate::config::error::ConfigError;
use crate::config::read::Flags;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Realtime messaging for a family-doctor service.
#[derive(Parser)]
#[command(version)]
pub struct Arguments {
    /// What is to be done.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Subcommand)]
pub enum Command {
    /// Serve until told to end (SIGTERM, SIGINT).
    Serve {
        /// Which settings hold.
        #[command(flatten)]
        settings: Settings,
        /// The address to listen on, such as 127.0.0.1:8080.
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
        /// Fill an empty database with people and contracts to try things with; loopback only.
        #[arg(long)]
        demo: bool,
    },
    /// Make or alter the tables of the database.
    Migrate {
        /// Which settings hold.
        #[command(flatten)]
        settings: Settings,
    },
    /// Administrators' accounts.
    #[command(subcommand)]
    Admin(Admin),
    /// Mobile notices.
    #[command(subcommand)]
    Push(Push),
    /// Copies of the database and the files: made while the server runs, looked at, and put back.
    #[command(subcommand)]
    Backup(Backup),
    /// The index of words, by which messages are searched.
    #[command(subcommand)]
    Search(Search),
    /// How much there is of what.
    Stats {
        /// Which settings hold.
        #[command(flatten)]
        settings: Settings,
    },
    /// Say whether the server answers.
    Health {
        /// Which settings hold.
        #[command(flatten)]
        settings: Settings,
        /// The address it listens on, where the settings do not say it.
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
    },
    /// Look at the settings and at what they lead to, and say what to do.
    Check {
        /// Which settings hold.
        #[command(flatten)]
        settings: Settings,
        /// Ask at the address that people use, too, as they enter it: its certificate, and what the proxy passes on.
        #[arg(long, value_name = "URL")]
        url: Option<String>,
    },
}

/// What is done to administrators' accounts.
#[derive(Subcommand)]
pub enum Admin {
    /// Make an administrator's account; the password is asked for, or read from standard input.
    Create {
        /// Which settings hold.
        #[command(flatten)]
        settings: Settings,
        /// What the administrator logs in by.
        #[arg(long, value_name = "NAME")]
        account: String,
    },
    /// Give an administrator another password, which is asked for, or read from standard input.
    Passwd {
        /// Which settings hold.
        #[command(flatten)]
        settings: Settings,
        /// What the administrator logs in by.
        #[arg(long, value_name = "NAME")]
        account: String,
    },
}

/// What is done with backups.
#[derive(Subcommand)]
pub enum Backup {
    /// Copy the database and the files into a new folder, while the server runs.
    Create {
        /// Which settings hold.
        #[command(flatten)]
        settings: Settings,
        /// The folder of the backup, which is made; one named by the time in backup_folder where none is given.
        #[arg(value_name = "FOLDER")]
        to: Option<PathBuf>,
        /// Of the backups in backup_folder that are named by their time, let the newest N stay.
        #[arg(long, value_name = "N")]
        keep: Option<usize>,
    },
    /// Read all of a backup, and say whether it is whole.
    Verify {
        /// The folder of the backup.
        #[arg(value_name = "FOLDER")]
        from: PathBuf,
    },
    /// Put a backup back where there is no database yet.
    Restore {
        /// Which settings hold.
        #[command(flatten)]
        settings: Settings,
        /// Put a backup back that lacks uploaded files, and name them: messages will show files that cannot be read.
        #[arg(long)]
        without_missing_files: bool,
        /// The folder of the backup.
        #[arg(value_name = "FOLDER")]
        from: PathBuf,
    },
}

/// What is done with mobile notices.
#[derive(Subcommand)]
pub enum Push {
    /// Send a notice to the devices of an account, and say what the vendor answered.
    Test {
        /// Which settings hold.
        #[command(flatten)]
        settings: Settings,
        /// Whose devices.
        #[arg(long, value_name = "UID")]
        uid: String,
    },
    /// Make a key for web push, as a line for the file of secrets. Browsers that have subscribed with another key are
    /// lost until their pages are opened again.
    Key,
}

/// What is done with the index of words.
#[derive(Subcommand)]
pub enum Search {
    /// Make the index anew, and say how far it has come; the server may run meanwhile.
    Rebuild {
        /// Which settings hold.
        #[command(flatten)]
        settings: Settings,
    },
}

/// Which settings hold.
#[derive(Args)]
pub struct Settings {
    /// A file of settings in TOML. Without it none is read: the package's service names /etc/jiayi/jiayi.toml.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The database: sqlite://PATH or postgres://…
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

impl Settings {
    /// Which file of settings is read, in words that follow "settings".
    pub fn source(&self) -> String {
        match &self.config {
            Some(file) => {
                format!("of {}", std::path::absolute(file).unwrap_or_else(|_| file.clone()).display())
            }
            None => "by default and environment: no file is read, as --config names none".to_owned(),
        }
    }

    /// The settings that these arguments name; `listen` is a flag of some commands.
    pub fn read(&self, listen: Option<String>) -> Result<Config, ConfigError> {
        let database_url = self.database_url.clone();
        Config::read(self.config.as_deref(), Flags { listen, database_url })
    }
}
