//! Sections 5.1 to 5.3, and Autobahn's 1, 3 and 4: lengths, reserved bits, opcodes, masks.

use crate::case::{Case, check};
use crate::frame::{BINARY, CLOSE, CONTINUATION, FIN, Length, PING, PONG, TEXT};
use crate::frame::{last, masked, part, unmasked, whole, with_length};
use crate::line::Line;

#[actix_web::test]
async fn section_5_2_lengths() {
    check(|line| [texts(line), binaries(line), lengths_too_long(line)].into_iter().flatten().collect()).await;
}

#[actix_web::test]
async fn section_5_2_reserved_bits_and_opcodes() {
    check(|line| reserved_bits(line).into_iter().chain(reserved_opcodes(line)).collect()).await;
}

#[actix_web::test]
async fn section_5_3_masks() {
    check(masks).await;
}

fn texts(line: Line) -> Vec<Case> {
    let sizes = [125, 126, 127, 128, 255, 256, 1000, 65_535, 65_536];
    let sized = |size| {
        let name = format!("1.1 a text of {size} bytes");
        Case::new(name).send(whole(TEXT, line.sized("a", size))).echoes("a")
    };
    let mut cases: Vec<_> = sizes.map(sized).into();
    if line == Line::Plain {
        cases.push(Case::new("1.1.1 an empty text").send(whole(TEXT, "")).refuses());
    }
    cases
}

fn binaries(line: Line) -> Vec<Case> {
    let first = if line == Line::Engine3 { 1 } else { 0 };
    [first, 125, 126, 127, 128, 65_535, 65_536]
        .map(|size| {
            let (announcement, binary) = line.binary(size);
            let case = Case::new(format!("1.2 a binary message of {size} bytes"));
            let announced = announcement.map(|text| whole(TEXT, text));
            case.send_each(announced).send(whole(BINARY, binary)).refuses()
        })
        .into()
}

/// A length must be written in as few bytes as it can be.
fn lengths_too_long(line: Line) -> Vec<Case> {
    let text = |size| (FIN | TEXT, line.sized("a", size));
    [
        ("a ping of 5 bytes in three", (FIN | PING, vec![0; 5]), Length::Three),
        ("a ping of 5 bytes in nine", (FIN | PING, vec![0; 5]), Length::Nine),
        ("an empty pong in three", (FIN | PONG, Vec::new()), Length::Three),
        ("a text of 125 bytes in three", text(125), Length::Three),
        ("a text of 125 bytes in nine", text(125), Length::Nine),
        ("a text of 126 bytes in nine", text(126), Length::Nine),
        ("a text of 65535 bytes in nine", text(65_535), Length::Nine),
        ("a first part of 3 bytes in three", (TEXT, vec![b'x'; 3]), Length::Three),
    ]
    .map(|(name, (first, payload), length)| {
        let frame = with_length(first, length, payload);
        Case::new(format!("5.2 the length of {name}")).send(frame).fails(1002)
    })
    .into()
}

fn reserved_bits(line: Line) -> Vec<Case> {
    let mut cases = Vec::new();
    for bits in 1..8u8 {
        let reserved = bits << 4;
        let with_bits = |mut frame: Vec<u8>| {
            frame[0] |= reserved;
            frame
        };
        let name = |of: &str| format!("3 reserved bits {bits:03b} of {of}");
        let (text, parts) = (line.text("a"), part(TEXT, line.text("a")));
        cases.extend([
            Case::new(name("a text")).send(with_bits(whole(TEXT, &text))).fails(1002),
            Case::new(name("a text after one without"))
                .send(whole(TEXT, &text))
                .echoes("a")
                .send(with_bits(whole(TEXT, &text)))
                .fails(1002),
            Case::new(name("a first part")).send(with_bits(parts.clone())).fails(1002),
            Case::new(name("a continuation")).send(parts).send(with_bits(last(""))).fails(1002),
            Case::new(name("a binary message")).send(with_bits(whole(BINARY, [4, 1]))).fails(1002),
            Case::new(name("a ping")).send(with_bits(whole(PING, "a"))).fails(1002),
            Case::new(name("a pong")).send(with_bits(whole(PONG, ""))).fails(1002),
            Case::new(name("a close frame")).send(with_bits(whole(CLOSE, ""))).fails(1002),
        ]);
    }
    cases
}

fn reserved_opcodes(line: Line) -> Vec<Case> {
    let mut cases = Vec::new();
    for opcode in (3..8).chain(11..16) {
        let name = |how: &str| format!("4 opcode {opcode}{how}");
        cases.extend([
            Case::new(name(" without a payload")).send(whole(opcode, "")).fails(1002),
            Case::new(name(" with a payload")).send(whole(opcode, "reserved")).fails(1002),
            Case::new(name(" as a part")).send(part(opcode, "reserved")).fails(1002),
            Case::new(name(" after a text"))
                .send(whole(TEXT, line.text("a")))
                .echoes("a")
                .send(whole(opcode, ""))
                .fails(1002),
            Case::new(name(" between parts"))
                .send(part(TEXT, line.text("a")))
                .send(whole(opcode, ""))
                .fails(1002),
        ]);
    }
    cases
}

fn masks(line: Line) -> Vec<Case> {
    let text = line.text("a");
    let with_mask = |mask| {
        let frame = masked(FIN | TEXT, mask, &text);
        Case::new(format!("5.3 the mask {mask:x?}")).send(frame).echoes("a")
    };
    let mut cases: Vec<_> =
        [[0; 4], [0xff; 4], [1, 0, 0, 0], [0, 0, 0, 1], [0x80, 0, 0x7f, 0xff]].map(with_mask).into();
    let pieces = [
        masked(TEXT, [0; 4], &text[..7]),
        masked(CONTINUATION, [9, 8, 7, 6], &text[7..30]),
        masked(FIN, [0xff; 4], &text[30..]),
    ];
    cases.push(Case::new("5.3 another mask for each part").send_each(pieces).echoes("a"));
    let bare: [(&str, u8, &[u8]); 7] = [
        ("text", FIN | TEXT, &text),
        ("empty text", FIN | TEXT, b""),
        ("binary message", FIN | BINARY, &[4, 1]),
        ("first part", TEXT, &text),
        ("ping", FIN | PING, b"a"),
        ("pong", FIN | PONG, b""),
        ("close frame", FIN | CLOSE, &[0x03, 0xe8]),
    ];
    cases.extend(bare.map(|(name, first, payload)| {
        Case::new(format!("5.1 an unmasked {name}")).send(unmasked(first, payload)).fails(1002)
    }));
    let after = Case::new("5.1 an unmasked continuation").send(part(TEXT, &text));
    cases.push(after.send(unmasked(FIN, "")).fails(1002));
    // The head says it.
    let announced = unmasked(FIN | TEXT, &text)[..2].to_vec();
    cases.push(Case::new("5.1 the head of an unmasked text").send(announced).fails(1002));
    cases
}
