//! PostgreSQL's own tools, `pg_dump` and `pg_restore`: run for a backup, with what they say passed on.

use crate::cli::Failure;
use crate::db::connection::AnyConnection;
use crate::db::migration;
use crate::db::postgres::Server;
use crate::db::schema::account;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};
use rustix::fs::{MemfdFlags, memfd_create};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// What is read from then on is of one moment, for as long as it takes.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0; \
     SET LOCAL idle_in_transaction_session_timeout = 0";

/// The section of the service file that a tool is told.
const SERVICE: &str = "jiayi";

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
    let mut command = tool(server, "pg_dump")?;
    // It runs elsewhere.
    let to = std::path::absolute(to)?;
    // Who restores it may be somebody else.
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

/// Calls `each` for every row of a table in a dump, with the text of these columns, nothing for one that it lacks. Fails where the dump has no such table, or not all of it.
pub fn for_each_row<const N: usize>(
    dump: &Path,
    table: &str,
    columns: [&str; N],
    mut each: impl FnMut([&str; N]),
) -> Result<(), Failure> {
    let mut command = Command::new("pg_restore");
    command.args(["--data-only", "--table", table, "--file", "-"]).arg(std::path::absolute(dump)?);
    let mut child = start(command.stdout(Stdio::piped()))?;
    let (mut places, mut is_whole) = (None, false);
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
        let line = line?;
        match &places {
            None => places = find_columns(&line, &columns),
            Some(_) if line == "\\." => (places, is_whole) = (None, true),
            Some(places) => {
                let fields: Vec<_> = line.split('\t').collect();
                each(std::array::from_fn(|at| {
                    places.get(at).and_then(|place| fields.get((*place)?)).copied().unwrap_or_default()
                }));
            }
        }
    }
    judge(&command, child.wait()?)?;
    match is_whole {
        true => Ok(()),
        false => Err(format!(
            "{} is no dump of jiayi, or not a whole one: it lacks rows of {table}",
            dump.display()
        )
        .into()),
    }
}

/// Where these columns are in the rows that follow a line like `COPY public.file (fileid, ready) FROM stdin;`; some may be lacking.
fn find_columns(line: &str, columns: &[&str]) -> Option<Vec<Option<usize>>> {
    let (names, _) = line.strip_prefix("COPY ")?.split_once(" (")?.1.split_once(')')?;
    let names: Vec<_> = names.split(", ").collect();
    Some(columns.iter().map(|column| names.iter().position(|name| name == column)).collect())
}

/// Refuses a database that does not answer, that has something of ours, or in which nothing may be made.
pub fn require_empty(server: &Server) -> Result<(), Failure> {
    let mut connection = AnyConnection::Postgres(server.connect_once()?);
    match account::table.select(account::uid).limit(1).load::<String>(&mut connection) {
        Err(error) if migration::is_no_table(&error) => {}
        Ok(_) => return Err("the database has jiayi's tables already: name an empty one".into()),
        Err(error) => return Err(error.into()),
    }
    let may = "has_schema_privilege(current_schema(), 'CREATE')";
    match diesel::select(diesel::dsl::sql::<Nullable<Bool>>(may)).get_result(&mut connection)? {
        Some(true) => Ok(()),
        Some(false) | None => {
            Err("the role of database_url may make no tables: make it the owner of the database".into())
        }
    }
}

/// Puts a dump into a database of which `require_empty` thought well, whole or not at all.
pub fn restore(server: &Server, dump: &Path) -> Result<(), Failure> {
    let mut command = tool(server, "pg_restore")?;
    command.args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]);
    command.arg(std::path::absolute(dump)?);
    run(command)
}

/// Tells the planner what is in the tables, which it would find out too late for the first who ask.
pub fn analyze(server: &Server) -> Result<(), Failure> {
    let mut connection = AnyConnection::Postgres(server.connect_once()?);
    Ok(connection.batch_execute("SET statement_timeout = 0; ANALYZE")?)
}

/// A tool that is told of the server. What is secret is not among its arguments, which others on the machine see: the password is in its
/// environment, and the rest, for which libpq has no variable, in a service file that is its standard input and has no name.
fn tool(server: &Server, program: &str) -> Result<Command, Failure> {
    let (mut url, mut secrets) = server.without_secrets();
    let mut command = Command::new(program);
    if let Some(at) = secrets.iter().position(|(name, _)| *name == "password") {
        command.env("PGPASSWORD", secrets.remove(at).1);
    }
    if !secrets.is_empty() {
        command.env("PGSERVICEFILE", "/dev/stdin").stdin(service_file(&url, &secrets)?);
        url.push_str(if url.contains('?') { "&service=" } else { "?service=" });
        url.push_str(SERVICE);
    }
    command.args(["--dbname", &url]);
    Ok(command)
}

/// A service file with these parameters.
fn service_file(url: &str, secrets: &[(&str, String)]) -> Result<File, Failure> {
    let names = secrets.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    if url.contains("?service=") || url.contains("&service=") {
        return Err(
            format!("{names} belongs into the service file that database_url names, not beside it").into()
        );
    }
    // The file has a line each, of which blanks at the ends are not part.
    if secrets.iter().any(|(_, value)| value.contains(['\n', '\r']) || value.trim() != value) {
        return Err(format!(
            "{names} of database_url: a line break, or a blank at an end, cannot be handed to a tool"
        )
        .into());
    }
    let mut file = File::from(memfd_create("service", MemfdFlags::CLOEXEC)?);
    writeln!(file, "[{SERVICE}]")?;
    for (name, value) in secrets {
        writeln!(file, "{name}={value}")?;
    }
    Ok(file)
}

fn run(mut command: Command) -> Result<(), Failure> {
    let status = start(&mut command)?.wait()?;
    judge(&command, status)
}

fn judge(command: &Command, status: ExitStatus) -> Result<(), Failure> {
    let program = command.get_program().to_string_lossy();
    match status.success() {
        true => Ok(()),
        false => Err(format!("{program} failed ({status}): it says above why").into()),
    }
}

/// Starts it where everybody may be: the tools warn of a folder that they cannot look into.
fn start(command: &mut Command) -> Result<Child, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.current_dir("/").spawn() {
        Ok(child) => Ok(child),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(format!(
            "{program} is lacking: install postgresql-client, of the server's version or a newer one"
        )
        .into()),
        Err(error) => Err(error.into()),
    }
}
