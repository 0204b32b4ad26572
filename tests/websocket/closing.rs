//! Section 7, and Autobahn's 7: how a connection ends.

use crate::case::{Case, check, server};
use crate::frame::{CLOSE, PING, TEXT};
use crate::frame::{close, close_body, whole};
use crate::line::{LINES, Line};
use crate::socket::{Heard, Socket};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

#[actix_web::test]
async fn section_7_4_codes() {
    check(|_| codes().into_iter().chain(bodies()).collect()).await;
}

#[actix_web::test]
async fn section_7_1_what_comes_after_a_close_frame() {
    check(after).await;
}

fn codes() -> Vec<Case> {
    let sendable = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
    // Reserved, without a meaning, or out of range.
    let forbidden = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 32_768, 65_535];
    let echoed = |code: u16| Case::new(format!("7.7 the code {code}")).send(close(code)).closes([Some(code)]);
    let refused = |code: u16| Case::new(format!("7.9 the code {code}")).send(close(code)).fails(1002);
    let with_reason = |code: u16| {
        let frame = whole(CLOSE, close_body(code, "reason"));
        Case::new(format!("7.9 the code {code} with a reason")).send(frame).fails(1002)
    };
    let refused = forbidden.into_iter().flat_map(|code| [refused(code), with_reason(code)]);
    sendable.map(echoed).into_iter().chain(refused).collect()
}

fn bodies() -> Vec<Case> {
    let with =
        |name: &str, code: u16, reason: &[u8]| Case::new(name).send(whole(CLOSE, close_body(code, reason)));
    vec![
        Case::new("7.3.1 no body").send(whole(CLOSE, "")).closes([None, Some(1000)]),
        Case::new("7.3.2 a body of one byte").send(whole(CLOSE, [3])).fails(1002),
        with("7.3.4 a reason", 1000, b"bye").closes([Some(1000)]),
        with("7.3.5 a reason of 123 bytes", 1000, &[b'x'; 123]).closes([Some(1000)]),
        with("7.3.5 a reason of 41 characters of three bytes", 4000, "头".repeat(41).as_bytes())
            .closes([Some(4000)]),
        with("7.3.6 a reason of 124 bytes", 1000, &[b'x'; 124]).fails(1002),
        with("7.5.1 a reason with a surrogate", 1000, b"\xce\xba\xed\xa0\x80edited").fails(1007),
        with("7.5.1 a reason that ends in a character", 1000, b"bye\xe2\x82").fails(1007),
        with("7.5.1 an overlong reason", 1000, b"\xc0\xaf").fails(1007),
        with("7.5.1 a reason beyond U+10FFFF", 4000, b"\xf4\x90\x80\x80").fails(1007),
        with("7.5.1 a reason of FF", 3000, b"\xff").fails(1007),
    ]
}

fn after(line: Line) -> Vec<Case> {
    let text = || whole(TEXT, line.text("a"));
    let (bye, again) = (close(1000), close(1001));
    let case = |name: &str, frames: &[Vec<u8>]| Case::new(name).send(frames.concat()).closes([Some(1000)]);
    vec![
        case("7.1.3 a second close frame", &[bye.clone(), again.clone()]),
        case("7.1.4 a text in the same segment", &[bye.clone(), text()]),
        case("7.1.5 a ping in the same segment", &[bye.clone(), whole(PING, "p")]),
        case("7.1.6 a text of 64 KiB", &[bye.clone(), whole(TEXT, line.sized("a", 65_000))]),
        case("7.1.6 bytes that are no frame", &[bye.clone(), vec![0xff; 100]]),
        Case::new("7.1.4 a text in a segment of its own").send(bye.clone()).send(text()).closes([Some(1000)]),
        Case::new("7.1.1 a text before it").send([text(), bye.clone()].concat()).closes_past_answers(1000),
        Case::new("7.1.2 a ping before it is answered")
            .send([whole(PING, "p"), bye].concat())
            .pongs("p")
            .closes([Some(1000)]),
        Case::new("7.1.7 what follows a failure is not looked at")
            .send([whole(3, ""), text(), whole(PING, "p")].concat())
            .fails(1002),
    ]
}

/// When both have said close, or one has failed the connection.
const PROMPT: Duration = Duration::from_millis(100);
/// When the other has not said close.
const PATIENT: Duration = Duration::from_secs(2);
const TIMES: usize = 11;

#[actix_web::test]
async fn section_7_1_1_the_server_ends_the_tcp_connection_at_once() {
    let app = server().await;
    for line in LINES {
        let mut taken = Vec::new();
        for _ in 0..TIMES {
            taken.push(time_of_end(line, app.address, &[close(1000)]).await);
            let strikes = vec![whole(TEXT, line.nonsense()); 3];
            taken.push(time_of_end(line, app.address, &strikes).await);
            taken.push(time_of_end(line, app.address, &[whole(3, "")]).await);
        }
        taken.sort();
        // The median, as other tests keep the machine busy.
        assert!(taken[taken.len() / 2] < PROMPT, "{line:?}: {taken:?}");
    }
}

/// How long after both have said close.
async fn time_of_end(line: Line, server: SocketAddr, frames: &[Vec<u8>]) -> Duration {
    let mut socket = Socket::open(line, server).await;
    socket.send(&frames.concat()).await;
    hear_close(&mut socket).await;
    let closed = Instant::now();
    socket.send(&close(1000)).await;
    assert_eq!(socket.hear().await, Heard::End, "{line:?}");
    closed.elapsed()
}

#[actix_web::test]
async fn section_7_1_1_a_client_that_does_not_answer_a_close_frame_is_left() {
    let app = server().await;
    for line in LINES {
        for frames in [vec![whole(TEXT, line.nonsense()); 3], vec![whole(3, "")]] {
            let mut socket = Socket::open(line, app.address).await;
            socket.send(&frames.concat()).await;
            hear_close(&mut socket).await;
            assert_eq!(socket.hear_within(PATIENT).await, Heard::End, "{line:?}");
        }
    }
}

async fn hear_close(socket: &mut Socket) {
    loop {
        match socket.hear().await {
            Heard::Close(Some(_)) => return,
            Heard::Refused => {}
            other => panic!("{:?}: heard {other:?} in the place of a close frame", socket.line),
        }
    }
}
