//! The program: settings, then what was asked for.

use clap::Parser;
use jiayi::cli;
use jiayi::cli::arguments::{Admin, Arguments, Backup, Command, Push, Search};
use jiayi::cli::backup::restore::Incomplete;
use jiayi::cli::serve::Contents;
use mimalloc::MiMalloc;
use rustix::fs::Mode;
use rustix::process::umask;
use std::process::ExitCode;

/// All memory comes from it, SQLite's and libpq's too.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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
            let source = settings.source();
            let read = move || settings.read(listen.clone());
            cli::serve::run(read()?, &source, Box::new(read), contents)
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
        Command::Push(Push::Key) => cli::push::key(),
        Command::Push(Push::Test { settings, uid }) => cli::push::test(&settings.read(None)?, uid),
        Command::Backup(Backup::Create { settings, to, keep }) => {
            cli::backup::create::run(&settings.read(None)?, to.as_deref(), keep)
        }
        Command::Backup(Backup::Verify { from }) => cli::backup::verify::run(&from),
        Command::Backup(Backup::Restore { settings, without_missing_files, from }) => {
            let incomplete = if without_missing_files { Incomplete::Accepted } else { Incomplete::Refused };
            cli::backup::restore::run(&settings.read(None)?, &from, incomplete)
        }
        Command::Search(Search::Rebuild { settings }) => cli::search::rebuild(&settings.read(None)?),
        Command::Check { settings, url } => {
            cli::check::run(settings.read(None), &settings.source(), url.as_deref())
        }
    }
}
