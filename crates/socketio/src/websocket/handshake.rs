//! The opening handshake of a WebSocket as RFC 6455 has it in its sections 4.2.1, 4.2.2 and 4.4. Nothing here
//! knows of Engine.IO or Socket.IO, so it suits every WebSocket of the server.
//!
//! No extension and no subprotocol is ever taken, whatever a client offers.

use std::fmt::{self, Display, Formatter};

use actix_http::ws::hash_key;
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError,
    http::{
        Method, StatusCode, Version,
        header::{
            ALLOW, CONNECTION, CONTENT_LENGTH, HOST, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT,
            SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
        },
    },
};

/// The one version that is spoken, that of RFC 6455.
const VERSION: &str = "13";
const PROTOCOL: &str = "websocket";

/// Why a request does not begin a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandshakeError {
    /// It is no GET.
    Method,
    /// It is older than HTTP/1.1.
    HttpVersion,
    /// It does not say which host it is for.
    Host,
    /// It does not ask for the protocol `websocket`.
    Upgrade,
    /// Its `Connection` does not say that it is to be upgraded.
    Connection,
    /// It does not bear exactly one version, the one that is spoken.
    Version,
    /// It does not bear exactly one key of 16 bytes in base64.
    Key,
}

impl HandshakeError {
    /// What is wrong: the name of a header, or another part of the request.
    pub fn field(self) -> &'static str {
        match self {
            HandshakeError::Method => "method",
            HandshakeError::HttpVersion => "HTTP version",
            HandshakeError::Host => "host",
            HandshakeError::Upgrade => "upgrade",
            HandshakeError::Connection => "connection",
            HandshakeError::Version => "sec-websocket-version",
            HandshakeError::Key => "sec-websocket-key",
        }
    }

    /// What it would have to be.
    pub fn rule(self) -> &'static str {
        match self {
            HandshakeError::Method => "must be GET",
            HandshakeError::HttpVersion => "must be 1.1 or later",
            HandshakeError::Host => "is missing",
            HandshakeError::Upgrade => "must be websocket, without a body",
            HandshakeError::Connection => "must name upgrade",
            HandshakeError::Version => "must be 13, once",
            HandshakeError::Key => "must be 16 bytes in base64, once",
        }
    }

    /// The answer's status and headers; the body is the caller's.
    pub fn response_builder(self) -> HttpResponseBuilder {
        let mut response = HttpResponse::build(self.status_code());
        match self {
            HandshakeError::Method => response.insert_header((ALLOW, Method::GET.as_str())),
            HandshakeError::Version => {
                response.insert_header((UPGRADE, PROTOCOL)).insert_header((SEC_WEBSOCKET_VERSION, VERSION))
            }
            HandshakeError::HttpVersion
            | HandshakeError::Host
            | HandshakeError::Upgrade
            | HandshakeError::Connection
            | HandshakeError::Key => &mut response,
        };
        response
    }
}

impl Display for HandshakeError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.field(), self.rule())
    }
}

impl ResponseError for HandshakeError {
    fn status_code(&self) -> StatusCode {
        match self {
            HandshakeError::Method => StatusCode::METHOD_NOT_ALLOWED,
            HandshakeError::Version => StatusCode::UPGRADE_REQUIRED,
            HandshakeError::HttpVersion
            | HandshakeError::Host
            | HandshakeError::Upgrade
            | HandshakeError::Connection
            | HandshakeError::Key => StatusCode::BAD_REQUEST,
        }
    }

    fn error_response(&self) -> HttpResponse {
        self.response_builder().body(self.to_string())
    }
}

/// Looks whether `request` begins a WebSocket. The result is the answer that accepts it, without a body.
pub fn accept(request: &HttpRequest) -> Result<HttpResponseBuilder, HandshakeError> {
    require(*request.method() == Method::GET, HandshakeError::Method)?;
    require(request.version() >= Version::HTTP_11, HandshakeError::HttpVersion)?;
    require(request.headers().contains_key(HOST), HandshakeError::Host)?;
    require(names(request, &UPGRADE, PROTOCOL), HandshakeError::Upgrade)?;
    require(names(request, &CONNECTION, "upgrade"), HandshakeError::Connection)?;
    // The HTTP server would take it for frames, and a proxy for a body.
    let length = request.headers().get(CONTENT_LENGTH);
    require(length.is_none_or(|length| length == "0"), HandshakeError::Upgrade)?;
    let version = only(request, &SEC_WEBSOCKET_VERSION);
    require(version.is_some_and(|version| version == VERSION), HandshakeError::Version)?;
    let key = only(request, &SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes);
    let key = key.filter(|key| is_key(key)).ok_or(HandshakeError::Key)?;
    let answer = HeaderValue::from_bytes(&hash_key(key)).map_err(|_| HandshakeError::Key)?;
    let mut response = HttpResponse::SwitchingProtocols();
    response.upgrade(PROTOCOL).insert_header((SEC_WEBSOCKET_ACCEPT, answer));
    Ok(response)
}

fn require(holds: bool, otherwise: HandshakeError) -> Result<(), HandshakeError> {
    if holds { Ok(()) } else { Err(otherwise) }
}

/// Whether one of the words of a header that is a list is `word`.
fn names(request: &HttpRequest, header: &HeaderName, word: &str) -> bool {
    let lists = request.headers().get_all(header).filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| item.trim().eq_ignore_ascii_case(word))
}

/// The value of a header that is there exactly once.
fn only<'a>(request: &'a HttpRequest, header: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = request.headers().get_all(header);
    values.next().filter(|_| values.next().is_none())
}

/// Whether it is the base64 of 16 bytes: 22 digits and two paddings. What the last digit has too much of is
/// not looked at, as not all clients make it zero.
fn is_key(key: &[u8]) -> bool {
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    key.strip_suffix(b"==").is_some_and(|digits| digits.len() == 22 && digits.iter().all(digit))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    /// The example of RFC 6455, section 1.2, with or without these headers.
    fn request(changes: &[(&'static str, &[&'static str])]) -> TestRequest {
        let usual: [(&str, &[&str]); 5] = [
            ("host", &["server.example.com"]),
            ("upgrade", &["websocket"]),
            ("connection", &["Upgrade"]),
            ("sec-websocket-key", &["dGhlIHNhbXBsZSBub25jZQ=="]),
            ("sec-websocket-version", &["13"]),
        ];
        let mut request = TestRequest::get();
        for (name, values) in usual {
            let changed = changes.iter().find(|change| change.0 == name);
            for value in changed.map_or(values, |change| change.1) {
                request = request.append_header((name, *value));
            }
        }
        request
    }

    fn check(changes: &[(&'static str, &[&'static str])]) -> Option<HandshakeError> {
        accept(&request(changes).to_http_request()).err()
    }

    #[test]
    fn the_example_of_the_rfc_is_accepted_as_it_says() {
        let offers = [("sec-websocket-extensions", "permessage-deflate"), ("sec-websocket-protocol", "chat")];
        let request = offers.into_iter().fold(request(&[]), TestRequest::append_header);
        let answer = accept(&request.to_http_request()).unwrap().finish();
        assert_eq!(answer.status(), StatusCode::SWITCHING_PROTOCOLS);
        let headers: Vec<_> = answer.headers().iter().map(|(name, value)| (name.as_str(), value)).collect();
        assert_eq!(headers.len(), 2, "{headers:?}");
        assert!(headers.contains(&("upgrade", &HeaderValue::from_static("websocket"))));
        let key = HeaderValue::from_static("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert!(headers.contains(&("sec-websocket-accept", &key)));
    }

    #[test]
    fn lists_are_read_regardless_of_case() {
        for (header, values) in [
            ("connection", &["keep-alive, Upgrade"] as &[_]),
            ("connection", &["keep-alive", "UPGRADE"]),
            ("upgrade", &["WebSocket"]),
            ("upgrade", &["h2c , websocket"]),
        ] {
            assert_eq!(check(&[(header, values)]), None, "{header}: {values:?}");
        }
    }

    #[test]
    fn each_part_is_asked_for() {
        use HandshakeError::{Connection, Host, Key, Upgrade, Version};
        for (header, values, error) in [
            ("host", &[] as &[_], Host),
            ("upgrade", &[], Upgrade),
            ("upgrade", &["notwebsocketatall"], Upgrade),
            ("connection", &[], Connection),
            ("connection", &["keep-alive"], Connection),
            ("connection", &["not-upgrade"], Connection),
            ("sec-websocket-version", &[], Version),
            ("sec-websocket-version", &["7"], Version),
            ("sec-websocket-version", &["8"], Version),
            ("sec-websocket-version", &["13, 8"], Version),
            ("sec-websocket-version", &["13", "13"], Version),
            ("sec-websocket-version", &["013"], Version),
            ("sec-websocket-key", &[], Key),
            ("sec-websocket-key", &[""], Key),
            ("sec-websocket-key", &["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="], Key),
            ("sec-websocket-key", &["dGhlIHNhbXBsZSBub24="], Key),
            ("sec-websocket-key", &["dGhlIHNhbXBsZSBub25jZSE="], Key),
            ("sec-websocket-key", &["dGhlIHNhbXBsZSBub25j!Q=="], Key),
            ("sec-websocket-key", &["dGhlIHNhbXBsZSBub25jZQ"], Key),
        ] {
            assert_eq!(check(&[(header, values)]), Some(error), "{header}: {values:?}");
        }
    }

    #[test]
    fn only_get_of_http_1_1_or_later_begins_a_websocket() {
        let post = request(&[]).method(Method::POST).to_http_request();
        assert_eq!(accept(&post).err(), Some(HandshakeError::Method));
        let with_body = request(&[]).insert_header(("content-length", "6")).to_http_request();
        assert_eq!(accept(&with_body).err(), Some(HandshakeError::Upgrade));
        let old = request(&[]).version(Version::HTTP_10).to_http_request();
        assert_eq!(accept(&old).err(), Some(HandshakeError::HttpVersion));
    }

    #[test]
    fn another_version_is_told_which_is_spoken() {
        let answer = HandshakeError::Version.error_response();
        assert_eq!(answer.status(), StatusCode::UPGRADE_REQUIRED);
        assert_eq!(answer.headers().get(SEC_WEBSOCKET_VERSION).unwrap(), "13");
    }
}
