//! The map of ARCHITECTURE.md: every room has a row, every row a room, and each knows of no more
//! than its row says.

use crate::exceptions::{ROOMS, ROOMS_TO_COME, ROOMS_TO_GO};
use crate::imports;
use crate::sources::{Crate, Source, crates, root, server};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// What a room may know of.
enum Allowed {
    Everything,
    These(BTreeSet<String>),
}

/// The rows: each room with what it may know.
fn rows() -> BTreeMap<String, Allowed> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let section = text.split("## The map\n").nth(1).expect("no section \"The map\"");
    let section = section.split("\n## ").next().unwrap();
    let lines = section.lines().filter(|line| line.starts_with("| `"));
    let rows: BTreeMap<_, _> = lines.flat_map(row).collect();
    assert!(rows.len() > 10, "the map is not where it was");
    rows
}

fn row(line: &str) -> Vec<(String, Allowed)> {
    let cells: Vec<_> = line.split('|').map(str::trim).collect();
    let (rooms, may_know) = (quoted(cells[1]), cells[3]);
    assert!(
        may_know == "nothing" || may_know == "everything" || !quoted(may_know).is_empty(),
        "a row says what its room may know: nothing, everything, or `these`, `rooms`: {line}"
    );
    let allowed = || match may_know {
        "everything" => Allowed::Everything,
        _ => Allowed::These(quoted(may_know).into_iter().collect()),
    };
    rooms.into_iter().map(|room| (room, allowed())).collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The room of a file: the folder or file at the top of `src`, or within it, where that has a row.
fn room<T>(path: &str, rows: &BTreeMap<String, T>) -> String {
    let inner = path.strip_prefix("src/").unwrap().trim_end_matches(".rs");
    let mut within = inner.match_indices('/').map(|(at, _)| &inner[..at]).chain([inner]);
    let deepest = within.rfind(|room| rows.contains_key(*room));
    deepest.unwrap_or(inner.split('/').next().unwrap()).to_owned()
}

/// Whether a room is one of these, or within one.
fn is_in(room: &str, rooms: &BTreeSet<String>) -> bool {
    rooms
        .iter()
        .any(|other| room.strip_prefix(&**other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

#[test]
fn every_room_has_a_row_and_every_row_a_room() {
    let rows = rows();
    let sources = server().sources;
    let crates = crates().into_keys().map(|name| format!("crates/{name}"));
    let there: BTreeSet<_> = sources.iter().map(|source| room(&source.path, &rows)).chain(crates).collect();
    let is_there = |row: &str| there.contains(row) || (row == "static" && root().join(row).is_dir());
    let without_row: Vec<_> = there.iter().filter(|room| !rows.contains_key(*room)).collect();
    let without_room: Vec<_> = rows.keys().filter(|row| !is_there(row)).collect();
    assert_eq!(without_row, ROOMS_TO_GO, "rooms without a row in the map, and the exceptions");
    assert_eq!(without_room, ROOMS_TO_COME, "rows of the map without a room, and the exceptions");
}

#[test]
fn no_room_knows_of_more_than_its_row_says() {
    let (rows, server, crates) = (rows(), server(), crates());
    let (mut wrong, mut met) = (Vec::new(), BTreeSet::new());
    for (file, known) in imports::graph(&server) {
        let own = room(&file, &rows);
        let source = server.sources.iter().find(|source| source.path == file).unwrap();
        let rooms = known.into_iter().map(|other| (room(&other, &rows), other));
        for (other, what) in rooms.chain(crates_of(source, &crates)) {
            let may = match rows.get(&own) {
                None | Some(Allowed::Everything) => true,
                Some(Allowed::These(rooms)) => {
                    is_in(&other, &BTreeSet::from([own.clone()])) || is_in(&other, rooms)
                }
            };
            match ROOMS.iter().find(|(from, to)| *from == own && *to == other) {
                Some(exception) => drop(met.insert(exception)),
                None if !may => {
                    wrong.push(format!("{file} must not know of {what}: `{own}` may not know `{other}`"))
                }
                None => {}
            }
        }
    }
    assert!(wrong.is_empty(), "the map does not allow:\n    {}", wrong.join("\n    "));
    let unused: Vec<_> = ROOMS.iter().filter(|exception| !met.contains(exception)).collect();
    assert!(unused.is_empty(), "take off the exceptions: {unused:?}");
}

/// The crates beside the server that a file imports from, as rooms.
fn crates_of<'a>(
    source: &Source,
    crates: &'a BTreeMap<String, Crate>,
) -> impl Iterator<Item = (String, String)> + use<'a> {
    let imported = imports::crates(source);
    let there = crates.iter().filter(move |(_, part)| imported.contains(&part.name));
    there.map(|(folder, part)| (format!("crates/{folder}"), part.name.clone()))
}
