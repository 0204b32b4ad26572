//! Section 8.1, and Autobahn's 6: a text is UTF-8, or the connection fails with 1007, as soon as it can be known.

use crate::case::{Case, check};
use crate::frame::{BINARY, FIN, PING, TEXT};
use crate::frame::{apply, head, last, part, pieces, whole};
use crate::line::Line;

#[actix_web::test]
async fn section_8_1_texts_that_are_utf_8() {
    check(valid).await;
}

#[actix_web::test]
async fn section_8_1_texts_that_are_not_utf_8() {
    check(|line| INVALID.iter().flat_map(|(name, bytes)| invalid(line, name, bytes)).collect()).await;
}

#[actix_web::test]
async fn section_8_1_as_early_as_it_can_be_known() {
    check(|line| early(line).into_iter().chain(no_text(line)).collect()).await;
}

fn valid(line: Line) -> Vec<Case> {
    let texts = [
        ("6.2.1", "Hello-µ@ßöäüàá-UTF-8!!"),
        ("6.5.1", "κόσμε"),
        ("6.6 the first of two bytes", "\u{80}"),
        ("6.6 the last of two bytes", "\u{7ff}"),
        ("6.7 the first of three bytes", "\u{800}"),
        ("6.7 the last of three bytes", "\u{ffff}"),
        ("6.8 the first of four bytes", "\u{10000}"),
        ("6.9 the last of four bytes", "\u{10ffff}"),
        ("6.9 the last of one byte", "\u{7f}"),
        ("6.11 before the surrogates", "\u{d7ff}"),
        ("6.11 after the surrogates", "\u{e000}"),
        ("6.11 the replacement character", "\u{fffd}"),
        ("6.22 U+FFFE", "\u{fffe}"),
        ("6.22 U+FDD0 and U+FDEF", "\u{fdd0}\u{fdef}"),
        ("6.22 U+1FFFE and U+1FFFF", "\u{1fffe}\u{1ffff}"),
        ("6.22 U+10FFFE", "\u{10fffe}"),
        ("6.23 U+FEFF", "\u{feff}"),
        ("四 in many lengths", "a¢€𐍈头😀"),
    ];
    let all = |(name, id): (&str, &str)| {
        let text = line.text(id);
        let start = text.iter().position(|byte| !byte.is_ascii()).unwrap_or(text.len() - 1);
        [
            Case::new(format!("{name}, whole")).send(whole(TEXT, &text)).echoes(id),
            Case::new(format!("{name}, each byte a part"))
                .send(pieces(TEXT, text.chunks(1)).concat())
                .echoes(id),
            Case::new(format!("{name}, split in its first character, with a ping between"))
                .send([part(TEXT, &text[..=start]), whole(PING, "p"), last(&text[start + 1..])].concat())
                .pongs("p")
                .echoes(id),
        ]
    };
    texts.into_iter().flat_map(all).collect()
}

/// What is not UTF-8, wherever it stands.
const INVALID: [(&str, &[u8]); 41] = [
    ("6.3.1 κόσμε, a surrogate and more", b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited"),
    ("6.8 five bytes", b"\xf8\x88\x80\x80\x80"),
    ("6.8 six bytes", b"\xfc\x84\x80\x80\x80\x80"),
    ("6.9 the last of five bytes", b"\xfb\xbf\xbf\xbf\xbf"),
    ("6.10 U+110000", b"\xf4\x90\x80\x80"),
    ("6.10 U+13FFFF", b"\xf4\xbf\xbf\xbf"),
    ("6.10 U+140000", b"\xf5\x80\x80\x80"),
    ("6.10 U+1FFFFF", b"\xf7\xbf\xbf\xbf"),
    ("6.12 a lonely 80", b"\x80"),
    ("6.12 a lonely BF", b"\xbf"),
    ("6.12 lonely continuations", b"\x80\xbf\x80\xbf\x80\xbf\x80"),
    ("6.13 starts of two with spaces", b"\xc2 \xc3 \xdf "),
    ("6.13 starts of three with spaces", b"\xe0 \xe1 \xef "),
    ("6.13 starts of four with spaces", b"\xf0 \xf1 \xf4 "),
    ("6.14 two bytes without the last", b"\xce"),
    ("6.14 three bytes without the last", b"\xe2\x82"),
    ("6.14 three bytes without the last two", b"\xe2"),
    ("6.14 four bytes without the last", b"\xf0\x9f\x98"),
    ("6.14 four bytes without the last two", b"\xf0\x9f"),
    ("6.14 four bytes without the last three", b"\xf0"),
    ("6.15 truncated ones in a row", b"\xc2\xe0\xa0\xf0\x90\x80"),
    ("6.16 FE", b"\xfe"),
    ("6.16 FF", b"\xff"),
    ("6.16 FE FE FF FF", b"\xfe\xfe\xff\xff"),
    ("6.17 an overlong / in two", b"\xc0\xaf"),
    ("6.17 an overlong / in three", b"\xe0\x80\xaf"),
    ("6.17 an overlong / in four", b"\xf0\x80\x80\xaf"),
    ("6.17 an overlong / in five", b"\xf8\x80\x80\x80\xaf"),
    ("6.17 an overlong / in six", b"\xfc\x80\x80\x80\x80\xaf"),
    ("6.18 the last overlong in two", b"\xc1\xbf"),
    ("6.18 the last overlong in three", b"\xe0\x9f\xbf"),
    ("6.18 the last overlong in four", b"\xf0\x8f\xbf\xbf"),
    ("6.19 an overlong NUL in two", b"\xc0\x80"),
    ("6.19 an overlong NUL in three", b"\xe0\x80\x80"),
    ("6.20 U+D800", b"\xed\xa0\x80"),
    ("6.20 U+DB7F", b"\xed\xad\xbf"),
    ("6.20 U+DC00", b"\xed\xb0\x80"),
    ("6.20 U+DFFF", b"\xed\xbf\xbf"),
    ("6.21 U+D800 and U+DC00", b"\xed\xa0\x80\xed\xb0\x80"),
    ("6.21 U+DBFF and U+DFFF", b"\xed\xaf\xbf\xed\xbf\xbf"),
    ("8.1 Latin-1", b"caf\xe9"),
];

fn invalid(line: Line, name: &str, bytes: &[u8]) -> Vec<Case> {
    let text = line.text(bytes);
    let start = text.windows(bytes.len()).rposition(|window| window == bytes).unwrap();
    vec![
        Case::new(format!("{name}, whole")).send(whole(TEXT, &text)).fails(1007),
        Case::new(format!("{name}, each byte a part")).send_each(pieces(TEXT, text.chunks(1))).fails(1007),
        Case::new(format!("{name}, split after its first byte, with a ping between"))
            .send([part(TEXT, &text[..=start]), whole(PING, "p"), last(&text[start + 1..])].concat())
            .closes_past_answers(1007),
        Case::new(format!("{name}, at the end of a text"))
            .send(whole(TEXT, &text[..start + bytes.len()]))
            .fails(1007),
    ]
}

/// The rest of the message never comes.
fn early(line: Line) -> Vec<Case> {
    let text = line.text("\u{1}").split(|byte| *byte == 1).next().unwrap().to_vec();
    let beginning = |bytes: &[u8]| [&text[..], bytes].concat();
    let wrong: [(&str, &[u8]); 6] = [
        ("a surrogate, as its second byte tells", b"\xed\xa0"),
        ("beyond U+10FFFF, as its second byte tells", b"\xf4\x90"),
        ("overlong, as its second byte tells", b"\xe0\x80"),
        ("a byte that is never there", b"\xc0"),
        ("a character that another byte breaks off", b"\xe2\x82x"),
        ("a lonely continuation", b"\xbf"),
    ];
    let cases = wrong.map(|(name, bytes)| {
        let partial = beginning(bytes);
        let mask = [0x37, 0xfa, 0x21, 0x3d];
        let unfinished = [head(FIN | TEXT, partial.len() as u64 + 1000), apply(mask, &partial)].concat();
        [
            Case::new(format!("6.4.1 {name}, in a first part")).send(part(TEXT, &partial)).fails(1007),
            Case::new(format!("6.4.2 {name}, in a later part"))
                .send_each([part(TEXT, &text), part(0, bytes)])
                .fails(1007),
            Case::new(format!("6.4.2 {name}, split over parts"))
                .send_each([part(TEXT, beginning(&bytes[..1])), part(0, &bytes[1..])])
                .fails(1007),
            Case::new(format!("6.4.3 {name}, in a frame of which more is to come"))
                .send(unfinished)
                .fails(1007),
        ]
    });
    cases.into_iter().flatten().collect()
}

/// Bytes of which nobody says that they are text.
fn no_text(line: Line) -> Vec<Case> {
    let (announcement, binary) = line.binary(9);
    let announced = announcement.map(|text| whole(TEXT, text));
    vec![
        Case::new("5.6 a binary message need not be UTF-8")
            .send_each(announced)
            .send(whole(BINARY, binary))
            .refuses(),
        Case::new("5.5.2 a ping need not be UTF-8").send(whole(PING, b"\xc0\x80")).pongs(b"\xc0\x80"),
    ]
}
