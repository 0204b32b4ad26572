//! No file may know of a file that knows of it, however far around.

use crate::exceptions::CIRCLES;
use crate::imports::{self, Graph};
use crate::sources;
use std::collections::BTreeSet;

/// The first circle that is found from a file on, with that file at both ends.
fn circle(graph: &Graph, path: &mut Vec<String>, done: &mut BTreeSet<String>) -> Option<Vec<String>> {
    let file = path.last()?.clone();
    for next in graph.get(&file).into_iter().flatten() {
        if let Some(begin) = path.iter().position(|earlier| earlier == next) {
            return Some([&path[begin..], std::slice::from_ref(next)].concat());
        }
        if !done.contains(next) {
            path.push(next.clone());
            if let Some(found) = circle(graph, path, done) {
                return Some(found);
            }
            path.pop();
        }
    }
    done.insert(file);
    None
}

fn find(graph: &Graph) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    graph.keys().find_map(|file| circle(graph, &mut vec![file.clone()], &mut done))
}

/// All circles that there are, each without those that were found before.
fn find_all(mut graph: Graph) -> Vec<String> {
    let mut circles = Vec::new();
    while let Some(circle) = find(&graph) {
        circles.push(circle.join("\n      → "));
        let [.., last, first] = &circle[..] else { unreachable!("a circle has two ends") };
        graph.get_mut(last).unwrap().remove(first);
    }
    circles
}

#[test]
fn no_file_knows_of_itself_by_way_of_others() {
    let mut graph: Graph = std::iter::once(sources::server())
        .chain(sources::crates().into_values())
        .flat_map(|part| imports::graph(&part))
        .collect();
    for (file, known) in CIRCLES {
        let was_there = graph.get_mut(*file).is_some_and(|files| files.remove(*known));
        assert!(was_there, "{file} does not know of {known} any more: take it off the exceptions");
    }
    let circles = find_all(graph);
    assert!(circles.is_empty(), "these files know of each other in circles:\n    {}", circles.join("\n    "));
}

#[test]
fn a_circle_is_found_wherever_it_is() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        graph
    };
    assert_eq!(find(&graph(&[("a", "b"), ("a", "c"), ("b", "c"), ("c", "d")])), None);
    let found = find(&graph(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")]));
    assert_eq!(found.unwrap(), ["b", "c", "d", "b"]);
    assert_eq!(find_all(graph(&[("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")])).len(), 2);
}
