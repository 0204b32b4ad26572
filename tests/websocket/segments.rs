//! How bytes arrive: frames cut anywhere, many in one segment, behind the handshake, and before a client has
//! ended its own side of the TCP connection.

use crate::case::{Case, check, report, server};
use crate::frame::{CLOSE, CONTINUATION, PING, TEXT};
use crate::frame::{close, close_body, last, part, whole};
use crate::line::{LINES, Line};
use crate::socket::{Heard, Socket, request};

#[actix_web::test]
async fn frames_that_are_cut_or_come_together() {
    check(|line| cut(line).into_iter().chain(together(line)).collect()).await;
}

#[actix_web::test]
async fn a_client_that_ends_its_side_of_the_tcp_connection() {
    check(half_closed).await;
}

fn bytes_of(frame: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    frame.iter().map(|byte| vec![*byte])
}

fn split(frame: &[u8], at: usize) -> [Vec<u8>; 2] {
    let (start, end) = frame.split_at(at);
    [start.to_vec(), end.to_vec()]
}

fn cut(line: Line) -> Vec<Case> {
    let text = whole(TEXT, line.sized("a", 125));
    let longer = whole(TEXT, line.sized("a", 1000));
    let longest = whole(TEXT, line.sized("a", 65_536));
    let at = |name: &str, frame: &[u8], at: usize| {
        Case::new(format!("a text {name}")).send_apart(split(frame, at)).echoes("a")
    };
    vec![
        Case::new("a text byte by byte").send_apart(bytes_of(&text)).echoes("a"),
        Case::new("a ping byte by byte").send_apart(bytes_of(&whole(PING, "p"))).pongs("p"),
        Case::new("a close frame byte by byte")
            .send_apart(bytes_of(&whole(CLOSE, close_body(1000, "bye"))))
            .closes([Some(1000)]),
        at("cut after its first byte", &text, 1),
        at("cut in its mask", &text, 4),
        at("cut after its head", &text, 6),
        at("cut before its last byte", &text, text.len() - 1),
        at("cut in a length of three bytes", &longer, 3),
        at("cut after a length of three bytes", &longer, 4),
        at("cut after a longer head", &longer, 8),
        at("cut in a length of nine bytes", &longest, 7),
        at("cut after the longest head", &longest, 14),
        Case::new("a text of 64 KiB in segments of 1000 bytes")
            .send_apart(longest.chunks(1000).map(<[u8]>::to_vec))
            .echoes("a"),
        Case::new("a text behind which the next begins")
            .send_apart(split(&[text.clone(), text.clone()].concat(), text.len() + 3))
            .echoes("a")
            .echoes("a"),
    ]
}

fn together(line: Line) -> Vec<Case> {
    let text = |id: &str| whole(TEXT, line.text(id));
    let ten: Vec<_> = (0..10).map(|number| text(&number.to_string())).collect();
    let echoes = |case: Case| (0..10).fold(case, |case, number| case.echoes(number.to_string()));
    let echo = |id: &str| Heard::Echo(id.to_owned());
    let mixed =
        [text("a"), whole(PING, "p"), text("b"), part(TEXT, line.nonsense()), whole(PING, "q"), last("")];
    vec![
        echoes(Case::new("ten texts in one segment").send(ten.concat())),
        Case::new("all kinds of frames in one segment").send(mixed.concat()).hears_all([
            echo("a"),
            Heard::Pong(b"p".into()),
            echo("b"),
            Heard::Pong(b"q".into()),
            Heard::Refused,
        ]),
        Case::new("a text before what fails the connection")
            .send([text("a"), part(CONTINUATION, "")].concat())
            .closes_past_answers(1002),
    ]
}

fn half_closed(line: Line) -> Vec<Case> {
    let text = whole(TEXT, line.text("a"));
    let before = |name: &str, bytes: &[u8]| Case::new(name).send(bytes).finishes().ends();
    vec![
        Case::new("after nothing").finishes().ends(),
        before("after a text", &text),
        before("in the midst of a head", &text[..1]),
        before("in the midst of a frame", &text[..20]),
        before("in the midst of a message", &part(TEXT, "4")),
        Case::new("after a close frame").send(close(1000)).finishes().closes([Some(1000)]),
        Case::new("after a text and a close frame")
            .send([text, close(1000)].concat())
            .finishes()
            .closes_past_answers(1000),
    ]
}

/// What is sent, of which the first comes with the handshake, and what is heard.
type Pipelined = (&'static str, Vec<Vec<u8>>, Vec<Heard>);

fn pipelined(line: Line) -> Vec<Pipelined> {
    let joins = (line == Line::Engine4).then(|| whole(TEXT, "40"));
    let text: Vec<_> = joins.into_iter().chain([whole(TEXT, line.text("a"))]).collect();
    let echo = || Heard::Echo("a".to_owned());
    let (whole_text, ping) = (text.concat(), whole(PING, "p"));
    let [start, end] = split(&whole_text, 9);
    vec![
        ("a text", vec![whole_text], vec![echo()]),
        ("a ping", vec![ping], vec![Heard::Pong(b"p".to_vec())]),
        ("a text of which the end comes later", vec![start, end], vec![echo()]),
        ("a close frame", vec![close(1000)], vec![Heard::Close(Some(1000)), Heard::End]),
        ("what fails the connection", vec![whole(3, "")], vec![Heard::Close(Some(1002))]),
    ]
}

#[actix_web::test]
async fn what_comes_with_the_handshake_is_not_lost() {
    let app = server().await;
    let (mut count, mut failed) = (0, Vec::new());
    for line in LINES {
        for (name, sent, expected) in pipelined(line) {
            let first = [request(line.path()).as_bytes(), &sent[0]].concat();
            let (mut socket, head) = Socket::open_with(line, app.address, &first).await;
            assert!(head.starts_with("HTTP/1.1 101"), "{head}");
            for later in &sent[1..] {
                socket.send(later).await;
            }
            let mut heard = Vec::new();
            while heard.len() < expected.len() && heard.last() != Some(&Heard::Silence) {
                heard.push(socket.hear().await);
            }
            count += 1;
            if heard != expected {
                failed.push(format!("{line:?}: {name}: heard {heard:?} in the place of {expected:?}"));
            }
        }
    }
    report(count, failed);
}
