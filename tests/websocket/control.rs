//! Section 5.5, and Autobahn's 2: pings, pongs, and what a control frame may be.

use crate::case::{Case, check};
use crate::frame::{CLOSE, FIN, PING, PONG, TEXT};
use crate::frame::{close_body, head, last, part, whole};
use crate::line::Line;

#[actix_web::test]
async fn section_5_5_control_frames() {
    check(|line| [pings(), pongs(line), between_parts(line), forbidden()].into_iter().flatten().collect())
        .await;
}

fn pings() -> Vec<Case> {
    let payloads: [(&str, Vec<u8>); 6] = [
        ("2.1 an empty ping", Vec::new()),
        ("2.2 a ping with text", b"Hello, world!".to_vec()),
        ("2.3 a ping with bytes that are no text", vec![0, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0, 0xff]),
        ("2.3 a ping of 1 byte", vec![0x80]),
        ("2.4 a ping of 124 bytes", vec![0xfe; 124]),
        ("2.4 a ping of 125 bytes", vec![0xfe; 125]),
    ];
    let answered =
        |(name, payload): (&str, Vec<u8>)| Case::new(name).send(whole(PING, &payload)).pongs(payload);
    let mut cases: Vec<_> = payloads.map(answered).into();
    let ten: Vec<_> = (0..10).map(|number| whole(PING, format!("ping {number}"))).collect();
    cases.extend([
        Case::new("2.10 ten pings at once").send(ten.concat()).pongs_at_last("ping 9"),
        Case::new("2.10 ten pings one by one").send_each(ten).pongs_at_last("ping 9"),
    ]);
    cases
}

fn pongs(line: Line) -> Vec<Case> {
    let text = || whole(TEXT, line.text("a"));
    vec![
        Case::new("2.7 an unsolicited pong without a payload").send(whole(PONG, "")).send(text()).echoes("a"),
        Case::new("2.8 an unsolicited pong with a payload").send(whole(PONG, "x")).send(text()).echoes("a"),
        Case::new("2.9 a ping after an unsolicited pong")
            .send([whole(PONG, "x"), whole(PING, "y")].concat())
            .pongs("y"),
        Case::new("2.9 a pong of 125 bytes").send(whole(PONG, [0xff; 125])).send(text()).echoes("a"),
    ]
}

fn between_parts(line: Line) -> Vec<Case> {
    let text = line.text("头疼");
    let (first, second) = text.split_at(text.iter().position(|byte| !byte.is_ascii()).unwrap() + 1);
    vec![
        Case::new("5.5.2 a ping between parts, before the last has come")
            .send(part(TEXT, first))
            .send(whole(PING, "now"))
            .pongs("now")
            .send(last(second))
            .echoes("头疼"),
        Case::new("5.5.2 three pings between parts in one segment")
            .send(
                [part(TEXT, first), whole(PING, "1"), whole(PING, "2"), whole(PING, "3"), last(second)]
                    .concat(),
            )
            .pongs_at_last("3")
            .echoes("头疼"),
        Case::new("5.5.3 a pong between parts")
            .send([part(TEXT, first), whole(PONG, "x"), last(second)].concat())
            .echoes("头疼"),
        Case::new("5.5.1 a close frame between parts")
            .send([part(TEXT, first), whole(CLOSE, close_body(1000, ""))].concat())
            .closes([Some(1000)]),
    ]
}

/// Control frames come whole, and have at most 125 bytes.
fn forbidden() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, opcode) in [("ping", PING), ("pong", PONG), ("close frame", CLOSE)] {
        let body = close_body(1000, "");
        cases.extend([
            Case::new(format!("2.5 a {name} of 126 bytes")).send(whole(opcode, [b'x'; 126])).fails(1002),
            Case::new(format!("2.5 a {name} of 65536 bytes, its head"))
                .send(head(FIN | opcode, 65_536))
                .fails(1002),
            Case::new(format!("2.5 a {name} of 126 bytes, its head"))
                .send(head(FIN | opcode, 126))
                .fails(1002),
            Case::new(format!("5.1 a first part of a {name}")).send(part(opcode, &body)).fails(1002),
            Case::new(format!("5.1 a first part of a {name}, and its last"))
                .send([part(opcode, &body), last("")].concat())
                .fails(1002),
            Case::new(format!("5.1 a part of a {name} between parts"))
                .send([part(TEXT, "x"), part(opcode, &body)].concat())
                .fails(1002),
        ]);
    }
    cases
}
