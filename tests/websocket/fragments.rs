//! Section 5.4, and Autobahn's 5: messages in parts.

use crate::case::{Case, check};
use crate::frame::{BINARY, CONTINUATION, PING, PONG, TEXT};
use crate::frame::{last, part, pieces, whole};
use crate::line::Line;

#[actix_web::test]
async fn section_5_4_messages_in_parts() {
    check(|line| [right(line), wrong(line), strikes(line)].into_iter().flatten().collect()).await;
}

fn right(line: Line) -> Vec<Case> {
    let text = line.text("头疼");
    let (first, second) = text.split_at(20);
    let parts = |size: usize| pieces(TEXT, text.chunks(size));
    let between = |number: usize, part| [whole(PING, number.to_string()), part];
    let with_pings = (0..).zip(parts(20)).flat_map(|(number, part)| between(number, part));
    let last_ping = (parts(20).len() - 1).to_string();
    let long = line.sized("a", 40_000);
    vec![
        Case::new("5.3 two parts in one segment").send(parts(20).concat()).echoes("头疼"),
        Case::new("5.4 two parts in segments of their own").send_each(parts(40)).echoes("头疼"),
        Case::new("5.5 five bytes each").send_each(parts(5)).echoes("头疼"),
        Case::new("5.5 each byte of its own").send_each(parts(1)).echoes("头疼"),
        Case::new("5.5 each byte of its own, in one segment").send(parts(1).concat()).echoes("头疼"),
        Case::new("5.5 a hundred parts of 400 bytes").send_each(pieces(TEXT, long.chunks(400))).echoes("a"),
        Case::new("5.5 an empty first part").send_each(pieces(TEXT, [b"", &text[..]])).echoes("头疼"),
        Case::new("5.5 an empty last part").send_each(pieces(TEXT, [&text[..], b""])).echoes("头疼"),
        Case::new("5.5 an empty part in the midst")
            .send_each(pieces(TEXT, [first, b"", b"", second]))
            .echoes("头疼"),
        Case::new("5.19 pings between all parts")
            .send_each(with_pings)
            .pongs_at_last(last_ping)
            .echoes("头疼"),
        Case::new("5.20 two messages, each in parts")
            .send(
                [pieces(TEXT, line.text("a").chunks(9)), pieces(TEXT, line.text("b").chunks(8))]
                    .concat()
                    .concat(),
            )
            .echoes("a")
            .echoes("b"),
        Case::new("5.8 pongs between parts")
            .send([part(TEXT, first), whole(PONG, ""), whole(PONG, "x"), last(second)].concat())
            .echoes("头疼"),
    ]
}

fn wrong(line: Line) -> Vec<Case> {
    let text = line.text("a");
    let (first, second) = text.split_at(20);
    let mut cases = vec![
        Case::new("5.9 a last part of nothing").send(last("x")).fails(1002),
        Case::new("5.9 an empty last part of nothing").send(last("")).fails(1002),
        Case::new("5.12 a part of nothing").send(part(CONTINUATION, "x")).fails(1002),
        Case::new("5.10 a last part of nothing, then a text in the same segment")
            .send([last("x"), whole(TEXT, &text)].concat())
            .fails(1002),
        Case::new("5.15 a last part after a message in parts")
            .send([part(TEXT, first), last(second)].concat())
            .echoes("a")
            .send(last("x"))
            .fails(1002),
        Case::new("5.15 a last part after a whole message")
            .send(whole(TEXT, &text))
            .echoes("a")
            .send(last("x"))
            .fails(1002),
        Case::new("5.16 a last part after a ping")
            .send([whole(PING, "p"), last("x")].concat())
            .pongs("p")
            .fails(1002),
    ];
    for (kind, opcode) in [("text", TEXT), ("binary message", BINARY)] {
        for (other_kind, other) in [("text", TEXT), ("binary message", BINARY)] {
            let name = |how: &str| format!("5.18 {how} {other_kind} in the midst of a {kind}");
            cases.extend([
                Case::new(name("a whole")).send([part(opcode, [4]), whole(other, [4])].concat()).fails(1002),
                Case::new(name("a first part of a"))
                    .send([part(opcode, [4]), part(other, [4])].concat())
                    .fails(1002),
                Case::new(name("behind a continuation, a"))
                    .send([part(opcode, [4]), part(CONTINUATION, [4]), whole(other, [4])].concat())
                    .fails(1002),
            ]);
        }
    }
    cases
}

/// Three messages that are no envelopes end a connection: two do not, in however many parts they come.
fn strikes(line: Line) -> Vec<Case> {
    let nonsense = || pieces(TEXT, line.nonsense().chunks(3));
    let binary = |size: usize| {
        let (announcement, binary) = line.binary(8);
        let announced = announcement.map(|text| whole(TEXT, text));
        announced.into_iter().chain(pieces(BINARY, binary.chunks(size))).collect::<Vec<_>>()
    };
    vec![
        Case::new("5.4 a binary message in four parts is one strike")
            .send_each(binary(2))
            .refuses()
            .send_each(binary(2))
            .refuses(),
        Case::new("5.4 a binary message in eight parts, with a ping, is one strike")
            .send_each(binary(1)[..5].to_vec())
            .send(whole(PING, "p"))
            .send_each(binary(1)[5..].to_vec())
            .pongs("p")
            .refuses(),
        Case::new("5.4 nonsense in parts is one strike")
            .send_each(nonsense())
            .refuses()
            .send_each(nonsense())
            .refuses(),
        Case::new("7.4.1 the third strike is 1008")
            .send_each((0..3).flat_map(|_| nonsense()))
            .refuses()
            .refuses()
            .refuses()
            .closes([Some(1008)]),
    ]
}
