//! Which part of the machine each process takes: the server, this tool, and PostgreSQL where it runs here.

use crate::server::Server;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use jiayi::db::connection::{Address, AnyConnection};
use std::fs;
use std::thread::available_parallelism;
use std::time::Instant;

/// The CPU that each process had used at some moment, in microseconds.
pub struct Usage {
    at: Instant,
    used: Vec<(&'static str, u64)>,
}

impl Usage {
    /// As it is now.
    pub fn now(server: &Server) -> Self {
        let mut used =
            vec![("the server", server.cpu_micros()), ("the generator", cpu_of(std::process::id()))];
        if let Some(postmaster) = server.postmaster {
            used.push(("PostgreSQL", cpu_of(postmaster) + children(postmaster).map(cpu_of).sum::<u64>()));
        }
        Self { at: Instant::now(), used }
    }

    /// Reports what each has used since: for each of `count` things, if there are any, and as a part of all cores.
    pub fn report(&self, server: &Server, count: Option<(usize, &str)>) {
        let cores = available_parallelism().unwrap().get();
        let all = self.at.elapsed().as_micros() as f64 * cores as f64;
        for ((who, before), (_, after)) in self.used.iter().zip(Self::now(server).used) {
            let used = after.saturating_sub(*before) as f64;
            let of_all = format!("{:>5.1} % of {cores} cores", used / all * 100.0);
            match count {
                Some((count, what)) => {
                    println!("  CPU of {who:<13} {:>7.1} us a {what}, {of_all}", used / count as f64);
                }
                None => println!("  CPU of {who:<13} {of_all}"),
            }
        }
    }
}

/// CPU time of a process and of those of its children that have ended, in microseconds: clock ticks of 10 ms,
/// from the kernel. Nothing where it is gone.
pub fn cpu_of(process: u32) -> u64 {
    fields(process)
        .map_or(0, |fields| fields[11..15].iter().filter_map(|ticks| ticks.parse::<u64>().ok()).sum())
        * 10_000
}

fn children(process: u32) -> impl Iterator<Item = u32> {
    let all =
        fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    all.filter(move |child| parent(*child) == Some(process))
}

fn parent(process: u32) -> Option<u32> {
    fields(process)?[1].parse().ok()
}

/// What the kernel says of a process, after its name.
fn fields(process: u32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    Some(stat.rsplit(')').next()?.split_whitespace().map(str::to_owned).collect())
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    process: i32,
}

/// The process that all others of a PostgreSQL are children of; `None` where it runs elsewhere, or is none.
pub fn find_postmaster(database: &str) -> Option<u32> {
    let mut store = Address::parse(database).unwrap().connect().unwrap();
    let AnyConnection::Postgres(_) = store else { return None };
    let backend: Backend =
        diesel::sql_query("SELECT pg_backend_pid() AS process").get_result(&mut store).unwrap();
    let name = fs::read_to_string(format!("/proc/{}/comm", backend.process)).ok()?;
    parent(backend.process as u32).filter(|_| name.starts_with("postgres"))
}
