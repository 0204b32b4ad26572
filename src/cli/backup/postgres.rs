//! PostgreSQL's own tools, `pg_dump` and `pg_restore`: run for a backup, with what they say passed on.

use crate::cli::Failure;
use crate::db::connection::AnyConnection;
use crate::db::postgres::Server;
use crate::db::schema::account;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::io;
use std::path::Path;
use std::process::Command;

/// What is read from then on is of one moment, for as long as it takes.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0; \
     SET LOCAL idle_in_transaction_session_timeout = 0";

#[derive(QueryableByName)]
struct Snapshot {
    #[diesel(sql_type = Text)]
    snapshot: String,
}

/// Dumps the database into the file `to`; what `connection` reads afterwards is of the same moment.
pub fn dump(server: &Server, connection: &mut AnyConnection, to: &Path) -> Result<(), Failure> {
    connection.batch_execute(BEGIN)?;
    let Snapshot { snapshot } =
        diesel::sql_query("SELECT pg_export_snapshot() AS snapshot").get_result(connection)?;
    let mut command = tool(server, "pg_dump");
    // Who restores it may be somebody else.
    // It runs elsewhere.
    let to = std::path::absolute(to)?;
    command
        .args(["--format=custom", "--no-owner", "--no-privileges", "--snapshot", &snapshot, "--file"])
        .arg(&to);
    run(command)?;
    Ok(std::fs::File::open(to)?.sync_all()?)
}

/// Reads all of a dump.
pub fn look(dump: &Path) -> Result<(), Failure> {
    let mut command = Command::new("pg_restore");
    command.args(["--file", "/dev/null"]).arg(std::path::absolute(dump)?);
    run(command)
}

/// Puts a dump into a database in which there is nothing of ours, whole or not at all.
pub fn restore(server: &Server, dump: &Path) -> Result<(), Failure> {
    let mut connection = AnyConnection::Postgres(server.connect_once()?);
    if account::table.select(account::uid).limit(1).load::<String>(&mut connection).is_ok() {
        return Err("the database has jiayi's tables already: name an empty one".into());
    }
    let mut command = tool(server, "pg_restore");
    command.args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]);
    command.arg(std::path::absolute(dump)?);
    run(command)
}

/// A tool that is told of the server; the password is in its environment, where others on the machine do not see it.
fn tool(server: &Server, program: &str) -> Command {
    let (url, password) = server.url_and_password();
    let mut command = Command::new(program);
    command.args(["--dbname", &url]);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

/// Runs it where everybody may be: the tools warn of a folder that they cannot look into.
fn run(mut command: Command) -> Result<(), Failure> {
    command.current_dir("/");
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program} failed ({status}): it says above why").into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(format!(
            "{program} is lacking: install postgresql-client, of the server's version or a newer one"
        )
        .into()),
        Err(error) => Err(error.into()),
    }
}
