//! Which address the server takes `jiayi check --url` to ask from: whether the proxies before it name the client's, whether they pass on what
//! a client has written itself, and whether the server believes them.

use crate::auth::operator;
use crate::config::Config;
use crate::http::ops::seen::{PATH, Seen};
use reqwest::header::FORWARDED;
use reqwest::{Client, StatusCode, Url};
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr};

/// What the check writes as if it forwarded for somebody: an address that nobody has (RFC 5737).
const MADE_UP: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 77));

/// Asks the server who it takes this machine for.
pub async fn look(config: &Config, client: &Client, url: &Url) -> Result<String, Box<dyn Error>> {
    let token = config.metrics_token.as_ref();
    let Some(proof) = token.and_then(|token| operator::prove(&token.0)) else {
        return Ok(
            "warn  url: whether the proxy names the client's address is not seen: set metrics_token, by \
                   which the server knows this check"
                .to_owned(),
        );
    };
    let asked = client.get(url.join(PATH)?).bearer_auth(proof);
    let asked =
        asked.header("x-forwarded-for", MADE_UP.to_string()).header(FORWARDED, format!("for={MADE_UP}"));
    let answer = asked.send().await?;
    Ok(match answer.status() {
        StatusCode::OK => judge(url.scheme() == "https", &answer.json().await?),
        StatusCode::UNAUTHORIZED => {
            "warn  url: the server has another metrics_token than these settings: restart it, or check \
                                     that the address leads to it"
                .to_owned()
        }
        status => format!("warn  url: {PATH} answers {}: have the proxy pass it on", status.as_u16()),
    })
}

/// What there is to say. By TLS there is a proxy, as the server speaks none.
fn judge(is_tls: bool, seen: &Seen) -> String {
    const NAME_IT: &str =
        "have it name the client: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for";
    let Seen { peer, trusted, forwarded, client } = seen;
    let ours = forwarded.iter().rposition(|node| *node == Some(MADE_UP));
    // What stands behind ours was written by proxies; the first of them has seen this machine.
    let named = &forwarded[ours.map_or(0, |at| at + 1)..];
    let is_proxy = is_tls || ours.is_none();
    match named.first() {
        None if *trusted && ours.is_some() => format!(
            "warn  url: who asks chooses whom they count as, as {peer} passes their own X-Forwarded-For or Forwarded on; {NAME_IT}"
        ),
        None if *trusted => format!("warn  url: all who come by {peer} count as one; {NAME_IT}"),
        None if is_proxy => format!(
            "warn  url: all who come by {peer} count as one; name it in trusted_proxies, and {NAME_IT}"
        ),
        Some(_) if !trusted => {
            format!("warn  url: all who come by {peer} count as one: name it in trusted_proxies")
        }
        Some(Some(first)) if first != client && *client == MADE_UP => {
            "ok    url: the client's address is passed on; this machine is one of trusted_proxies, so that the rest is seen from another"
                .to_owned()
        }
        Some(first) if *first != Some(*client) => {
            format!("warn  url: all who come by {client} count as one: name it in trusted_proxies, if it is a proxy of yours")
        }
        None | Some(_) => format!("ok    url: the server takes this machine for {client}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_proxies_get_wrong_is_found() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let (ours, me, outer) = ("203.0.113.77", "198.51.100.4", "192.0.2.8");
        for (is_tls, trusted, forwarded, client, finding) in [
            (true, true, &[ours, me][..], me, "ok    url: the server takes this machine for 198.51.100.4"),
            (true, true, &[me], me, "ok    url: the server takes this machine for 198.51.100.4"),
            (true, true, &[me, outer], me, "ok    url: the server takes this machine for 198.51.100.4"),
            (true, true, &[ours], ours, "who asks chooses whom they count as"),
            (true, true, &[], "127.0.0.1", "all who come by 127.0.0.1 count as one; have it name"),
            (true, false, &[ours, me], "127.0.0.1", "name it in trusted_proxies"),
            (true, false, &[ours], "127.0.0.1", "name it in trusted_proxies, and have it name"),
            (false, false, &[], "127.0.0.1", "name it in trusted_proxies, and have it name"),
            (false, false, &[ours], "127.0.0.1", "ok    url: the server takes this machine for 127.0.0.1"),
            (true, true, &[ours, me, outer], outer, "all who come by 192.0.2.8 count as one"),
            (true, true, &[ours, "unknown"], "127.0.0.1", "all who come by 127.0.0.1 count as one"),
            (true, true, &[ours, "127.0.0.1"], ours, "this machine is one of trusted_proxies"),
        ] {
            let forwarded: Vec<_> = forwarded.iter().map(|node| node.parse().ok()).collect();
            let seen = Seen { peer: address("127.0.0.1"), trusted, forwarded, client: address(client) };
            assert!(judge(is_tls, &seen).contains(finding), "{seen:?}: {}", judge(is_tls, &seen));
        }
    }
}
