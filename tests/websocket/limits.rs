//! Section 10.4: what is too long is refused by what it announces, with 1009, and is never taken in.

use crate::case::{Case, check};
use crate::frame::{BINARY, CONTINUATION, FIN, TEXT};
use crate::frame::{head, last, part, pieces, whole};
use crate::line::Line;

#[actix_web::test]
async fn section_10_4_lengths() {
    check(|line| allowed(line).into_iter().chain(announced(line)).chain(added_up(line)).collect()).await;
}

/// A message of the largest size.
fn longest(line: Line) -> Vec<u8> {
    match line {
        Line::Plain => line.sized("a", line.largest()),
        Line::Engine3 | Line::Engine4 => {
            let bare = r#"42["nonsense",""]"#.len();
            format!(r#"42["nonsense","{}"]"#, "x".repeat(line.largest() - bare)).into_bytes()
        }
    }
}

fn answered(line: Line, case: Case) -> Case {
    match line {
        Line::Plain => case.echoes("a"),
        Line::Engine3 | Line::Engine4 => case.refuses(),
    }
}

fn allowed(line: Line) -> Vec<Case> {
    let longest = longest(line);
    let parts = pieces(TEXT, longest.chunks(1000));
    vec![
        answered(line, Case::new("10.4 the largest text").send(whole(TEXT, &longest))),
        answered(line, Case::new("10.4 the largest text in parts").send_each(parts)),
    ]
}

/// Heads without what they announce.
fn announced(line: Line) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, opcode) in [("a text", TEXT), ("a binary message", BINARY)] {
        for length in [line.largest() as u64 + 1, 1 << 24, 1 << 31, 1 << 32, 1 << 40, (1 << 63) - 1] {
            let name = |what: &str| format!("10.4 {what}{name} of {length} bytes");
            cases.extend([
                Case::new(name("")).send(head(FIN | opcode, length)).fails(1009),
                Case::new(name("a first part of ")).send(head(opcode, length)).fails(1009),
            ]);
        }
    }
    for (name, length) in [("2^63", 1 << 63), ("2^64 - 1", u64::MAX)] {
        // The highest bit must be 0 (5.2).
        let case = Case::new(format!("10.4 a text of {name} bytes")).send(head(FIN | TEXT, length));
        cases.push(case.closes([Some(1002), Some(1009)]));
    }
    cases
}

/// Parts each of which is short enough.
fn added_up(line: Line) -> Vec<Case> {
    let largest = line.largest();
    let thousand = [b'x'; 1000];
    let many = vec![part(CONTINUATION, thousand); largest / 1000 + 1];
    vec![
        Case::new("10.4 a second part that is too long with the first, its head")
            .send([part(TEXT, thousand), head(FIN, largest as u64 - 999)].concat())
            .fails(1009),
        Case::new("10.4 a second part of 2^40 bytes, its head")
            .send([part(TEXT, "x"), head(CONTINUATION, 1 << 40)].concat())
            .fails(1009),
        Case::new("10.4 one byte too many")
            .send_each([part(TEXT, vec![b'x'; largest]), last("x")])
            .fails(1009),
        Case::new("10.4 many short parts of a text").send(part(TEXT, "")).send_each(many.clone()).fails(1009),
        Case::new("10.4 many short parts of a binary message")
            .send(part(BINARY, [4]))
            .send_each(many)
            .fails(1009),
    ]
}
