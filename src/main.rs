//! The command line: settings, then what was asked for.

use clap::{Args, Parser, Subcommand};
use jiayi::cli;
use jiayi::cli::serve::Contents;
use jiayi::config::Config;
use jiayi::config::error::ConfigError;
use jiayi::config::read::Flags;
use rustix::fs::Mode;
use rustix::process::umask;
use std::path::PathBuf;
use std::process::ExitCode;

/// Realtime messaging for a family-doctor service.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until told to end (SIGTERM, SIGINT).
    Serve {
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
        #[command(flatten)]
        settings: Settings,
    },
    /// Say whether the server answers.
    Health {
        #[command(flatten)]
        settings: Settings,
        /// The address it listens on, where the settings do not say it.
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
    },
    /// Look at the settings and at what they lead to, and say what to do.
    Check {
        #[command(flatten)]
        settings: Settings,
    },
}

#[derive(Subcommand)]
enum Admin {
    /// Make an administrator's account; the password is asked for, or read from standard input.
    Create {
        #[command(flatten)]
        settings: Settings,
        /// What the administrator logs in by.
        #[arg(long, value_name = "NAME")]
        account: String,
    },
    /// Give an administrator another password, which is asked for, or read from standard input.
    Passwd {
        #[command(flatten)]
        settings: Settings,
        /// What the administrator logs in by.
        #[arg(long, value_name = "NAME")]
        account: String,
    },
}

#[derive(Subcommand)]
enum Backup {
    /// Copy the database and the files into a new folder, while the server runs.
    Create {
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
        #[command(flatten)]
        settings: Settings,
        /// The folder of the backup.
        #[arg(value_name = "FOLDER")]
        from: PathBuf,
    },
}

#[derive(Subcommand)]
enum Push {
    /// Send a notice to the devices of an account, and say what the vendor answered.
    Test {
        #[command(flatten)]
        settings: Settings,
        /// Whose devices.
        #[arg(long, value_name = "UID")]
        uid: String,
    },
}

#[derive(Subcommand)]
enum Search {
    /// Make the index anew, and say how far it has come; the server may run meanwhile.
    Rebuild {
        #[command(flatten)]
        settings: Settings,
    },
}

#[derive(Args)]
struct Settings {
    /// A file of settings in TOML.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The database: sqlite://PATH or postgres://…
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

impl Settings {
    fn read(&self, listen: Option<String>) -> Result<Config, ConfigError> {
        let database_url = self.database_url.clone();
        Config::read(self.config.as_deref(), Flags { listen, database_url })
    }
}

fn main() -> ExitCode {
    // What is written is for nobody else on this machine: database, files, backups.
    umask(Mode::RWXG | Mode::RWXO);
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("jiayi: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Box<dyn std::error::Error>> {
    match command {
        Command::Serve { settings, listen, demo } => {
            let contents = if demo { Contents::Demonstration } else { Contents::Nothing };
            let read = move || settings.read(listen.clone());
            cli::serve::run(read()?, Box::new(read), contents)
        }
        Command::Migrate { settings } => cli::migrate::run(&settings.read(None)?),
        Command::Admin(Admin::Create { settings, account }) => {
            cli::admin::create(&settings.read(None)?, account)
        }
        Command::Admin(Admin::Passwd { settings, account }) => {
            cli::admin::set_password(&settings.read(None)?, account)
        }
        Command::Health { settings, listen } => cli::health::run(&settings.read(listen)?),
        Command::Stats { settings } => cli::stats::run(&settings.read(None)?),
        Command::Push(Push::Test { settings, uid }) => cli::push::test(&settings.read(None)?, uid),
        Command::Backup(Backup::Create { settings, to, keep }) => {
            cli::backup::create::run(&settings.read(None)?, to.as_deref(), keep)
        }
        Command::Backup(Backup::Verify { from }) => cli::backup::verify::run(&from),
        Command::Backup(Backup::Restore { settings, from }) => {
            cli::backup::restore::run(&settings.read(None)?, &from)
        }
        Command::Search(Search::Rebuild { settings }) => cli::search::rebuild(&settings.read(None)?),
        Command::Check { settings } => cli::check::run(settings.read(None)),
    }
}
