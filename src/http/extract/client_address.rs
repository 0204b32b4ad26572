//! Where a request comes from: the one place that says what address a client has.

use crate::config::Config;
use crate::limits::network::canonical;
use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client: the peer's, or if that is a trusted proxy, the one that it says it forwards
/// for, and so on from proxy to proxy. What stands before the first that is not trusted, a client may have
/// written itself.
pub fn client_address(request: &HttpRequest, config: &Config) -> IpAddr {
    let peer = peer_address(request);
    if !config.trusts(peer) {
        return peer;
    }
    let mut client = peer;
    for node in forwarded_for(request).into_iter().rev() {
        match node {
            Some(address) => client = address,
            // The proxy does not say, or says a name: then it is all that is known.
            None => return client,
        }
        if !config.trusts(client) {
            return client;
        }
    }
    client
}

/// Who has made the connection: the client or a proxy.
pub fn peer_address(request: &HttpRequest) -> IpAddr {
    request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| canonical(peer.ip()))
}

/// For whom proxies say they forward, the nearest one last; `None` for what is no address.
pub fn forwarded_for(request: &HttpRequest) -> Vec<Option<IpAddr>> {
    forwarded(request.headers()).iter().map(|node| parse_node(node)).collect()
}

/// The same as it is written. `X-Forwarded-For` counts where there is one:
/// proxies that write it pass a client's own `Forwarded` on as it is.
fn forwarded(headers: &HeaderMap) -> Vec<String> {
    match headers.contains_key(&X_FORWARDED_FOR) {
        true => elements(headers, &X_FORWARDED_FOR),
        false => elements(headers, &FORWARDED).iter().map(|element| node_of(element)).collect(),
    }
}

/// The elements of a list, which may be in one line or in several.
fn elements(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let lines: Vec<_> = headers.get_all(name).map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    let list = lines.join(",");
    list.split(',').map(str::trim).filter(|element| !element.is_empty()).map(str::to_owned).collect()
}

/// What stands at `for=` in an element of `Forwarded` (RFC 7239); nothing where it does not say.
fn node_of(element: &str) -> String {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let node = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    node.map_or("", |(_, node)| node.trim()).to_owned()
}

/// An address with or without a port, quotes, brackets or a zone, in the ways that proxies write it.
fn parse_node(node: &str) -> Option<IpAddr> {
    let node = node.trim_matches('"').trim();
    let with_port = || node.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let address = || node.trim_start_matches('[').trim_end_matches(']').split('%').next()?.parse().ok();
    // Some leave the brackets of IPv6 there and the number of the port away.
    with_port().or_else(address).map(canonical)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn address_of(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let config = Config {
            trusted_proxies: vec!["127.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()],
            ..Config::default()
        };
        let mut request = TestRequest::default().peer_addr(peer.parse().unwrap());
        for header in headers {
            request = request.append_header(*header);
        }
        client_address(&request.to_http_request(), &config).to_string()
    }

    #[test]
    fn the_last_address_that_no_trusted_proxy_has_is_the_clients() {
        const XFF: &str = "X-Forwarded-For";
        for (peer, headers, expected) in [
            ("127.0.0.1:9", &[][..], "127.0.0.1"),
            ("127.0.0.1:9", &[(XFF, "203.0.113.9")], "203.0.113.9"),
            ("127.0.0.1:9", &[(XFF, "198.51.100.1, 203.0.113.9")], "203.0.113.9"),
            ("127.0.0.1:9", &[(XFF, "198.51.100.1"), (XFF, "203.0.113.9")], "203.0.113.9"),
            ("127.0.0.1:9", &[(XFF, "203.0.113.9, 10.0.0.2")], "203.0.113.9"),
            ("127.0.0.1:9", &[(XFF, "203.0.113.9, "), (XFF, "")], "203.0.113.9"),
            ("127.0.0.1:9", &[(XFF, "10.0.0.2")], "10.0.0.2"),
            ("127.0.0.1:9", &[(XFF, "198.51.100.1, unknown")], "127.0.0.1"),
            ("127.0.0.1:9", &[(XFF, "ä, 203.0.113.9")], "203.0.113.9"),
            ("[::ffff:127.0.0.1]:9", &[(XFF, "203.0.113.9")], "203.0.113.9"),
            ("198.51.100.7:9", &[(XFF, "203.0.113.9")], "198.51.100.7"),
            ("[::ffff:198.51.100.7]:9", &[(XFF, "203.0.113.9")], "198.51.100.7"),
        ] {
            assert_eq!(address_of(peer, headers), expected, "{peer} {headers:?}");
        }
    }

    #[test]
    fn an_address_is_read_in_every_way_that_proxies_write_it() {
        for (written, expected) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("\t203.0.113.9 ", "203.0.113.9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("[::ffff:203.0.113.9]:4711", "203.0.113.9"),
            ("2001:db8::17", "2001:db8::17"),
            ("[2001:db8::17]", "2001:db8::17"),
            ("[2001:db8::17]:4711", "2001:db8::17"),
            ("\"[2001:db8::17]:4711\"", "2001:db8::17"),
            ("fe80::17%eth0", "fe80::17"),
            ("[fe80::17%eth0]", "fe80::17"),
        ] {
            assert_eq!(address_of("127.0.0.1:9", &[("X-Forwarded-For", written)]), expected, "{written}");
            let element = format!("proto=https;For={written};by=10.0.0.2");
            assert_eq!(address_of("127.0.0.1:9", &[("Forwarded", &element)]), expected, "{element}");
        }
    }

    #[test]
    fn a_clients_own_forwarded_does_not_count_beside_the_proxys_header() {
        let headers = [("Forwarded", "for=198.51.100.1"), ("X-Forwarded-For", "203.0.113.9")];
        assert_eq!(address_of("127.0.0.1:9", &headers), "203.0.113.9");
        let chain = [("Forwarded", "for=198.51.100.1, for=\"203.0.113.9\"")];
        assert_eq!(address_of("127.0.0.1:9", &chain), "203.0.113.9");
        let silent = [("Forwarded", "for=198.51.100.1"), ("Forwarded", "proto=https")];
        assert_eq!(address_of("127.0.0.1:9", &silent), "127.0.0.1");
    }
}
