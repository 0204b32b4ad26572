//! What `jiayi check --url` finds between the world and the server: the certificate, and whether the proxy passes on what the server needs.
//! Which address the proxy names as the client's is in `check_proxy`.

use crate::cli::check_proxy;
use crate::config::Config;
use reqwest::header::{CONNECTION, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use reqwest::{Client, RequestBuilder, StatusCode, Url, redirect};
use rustls::pki_types::UnixTime;
use rustls::time_provider::{DefaultTimeProvider, TimeProvider};
use rustls::{CertificateError, ClientConfig};
use rustls_platform_verifier::BuilderVerifierExt;
use std::error::Error;
use std::io;
use std::iter::successors;
use std::sync::Arc;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much sooner than it runs out a certificate should have been renewed, in days: Let's Encrypt's are at 30.
const DAYS: u64 = 14;

/// Asks at the address that people use, such as `https://doctor.example.org`.
pub fn look(config: &Config, url: &str) -> Vec<String> {
    let Some(url) = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https")) else {
        return vec!["warn  url: it must be like https://doctor.example.org".to_owned()];
    };
    actix_web::rt::System::new().block_on(ask(config, &url)).unwrap_or_else(|error| vec![failed(&*error)])
}

/// Where it does not answer at all, nothing else is asked.
async fn ask(config: &Config, url: &Url) -> Result<Vec<String>, Box<dyn Error>> {
    let client = client(Duration::ZERO)?;
    let answer = client.get(url.join("/healthz")?).send().await?;
    if answer.status() != StatusCode::OK {
        let (status, url) = (answer.status().as_u16(), answer.url());
        return Ok(vec![format!(
            "warn  url: {url} answers {status}: see whether the proxy leads to the server"
        )]);
    }
    let findings = [
        certificate(url).await,
        Ok(cookies(config, url)),
        check_proxy::look(config, &client, url).await,
        host(&client, url).await,
        websocket(&client, url).await,
        metrics(&client, url).await,
    ];
    Ok(findings.into_iter().map(|finding| finding.unwrap_or_else(|error| failed(&*error))).collect())
}

fn failed(error: &(dyn Error + 'static)) -> String {
    format!("warn  url: {}", innermost(error))
}

/// Whether what is said stays between the two, also in some days.
async fn certificate(url: &Url) -> Result<String, Box<dyn Error>> {
    if url.scheme() == "http" {
        return Ok("warn  url: without TLS others read passwords and messages on the way; have the proxy lead http to https".into());
    }
    let later = client(Duration::from_secs(DAYS * 86_400))?.get(url.join("/healthz")?).send().await;
    Ok(match later {
        Ok(_) => format!("ok    url: its certificate is good for {DAYS} days and more"),
        Err(error) if is_expired(&error) => {
            format!(
                "warn  url: in {DAYS} days its certificate is no longer good ({}); renew it",
                innermost(&error)
            )
        }
        Err(error) => format!(
            "warn  url: how long its certificate is good was not seen ({}); ask again",
            innermost(&error)
        ),
    })
}

/// Whether a request failed as a certificate, its own or one above it, has run out.
fn is_expired(error: &(dyn Error + 'static)) -> bool {
    use rustls::Error::InvalidCertificate;
    causes(error).filter_map(|cause| cause.downcast_ref()).any(|error| {
        matches!(
            error,
            InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. })
        )
    })
}

/// Whether browsers keep the cookies to the way that people take. The server does not ask the proxy by which way somebody came.
fn cookies(config: &Config, url: &Url) -> String {
    match url.scheme() == "https" && !config.secure_cookies {
        true => "warn  url: cookies also go where nobody speaks TLS; set secure_cookies to true".to_owned(),
        false => "ok    url: secure_cookies".to_owned(),
    }
}

/// Whether the server hears by which name it was asked: it takes its own pages for foreign ones otherwise.
async fn host(client: &Client, url: &Url) -> Result<String, Box<dyn Error>> {
    let own = client.post(url.join("/user/login")?).header(ORIGIN, url.origin().ascii_serialization());
    Ok(match own.send().await?.status() {
        StatusCode::FORBIDDEN => {
            "warn  url: the proxy does not pass the name on, so that nobody can log in by a page: proxy_set_header Host $http_host"
        }
        _ => "ok    url: the name is passed on",
    }
    .to_owned())
}

async fn websocket(client: &Client, url: &Url) -> Result<String, Box<dyn Error>> {
    let status = opening(client.get(url.join("/ws")?)).send().await?.status();
    Ok(match status {
        StatusCode::SWITCHING_PROTOCOLS => "ok    url: WebSockets are passed on".to_owned(),
        _ => format!(
            "warn  url: the proxy does not pass WebSockets on (/ws answers {}): it must pass Upgrade and Connection on by HTTP/1.1",
            status.as_u16()
        ),
    })
}

/// The key is that of RFC 6455; nothing is sent on the connection.
fn opening(request: RequestBuilder) -> RequestBuilder {
    request
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_VERSION, "13")
        .header(SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==")
}

async fn metrics(client: &Client, url: &Url) -> Result<String, Box<dyn Error>> {
    Ok(match client.get(url.join("/metrics")?).send().await?.status() {
        StatusCode::OK => "warn  url: anybody may read /metrics; have the proxy answer it with 404",
        _ => "ok    url: /metrics is not for everybody",
    }
    .to_owned())
}

/// A client whose clock is ahead, and which follows no redirect.
fn client(ahead: Duration) -> Result<Client, Box<dyn Error>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_details(provider, Arc::new(Ahead(ahead)))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    let client = Client::builder().tls_backend_preconfigured(tls).redirect(redirect::Policy::none());
    Ok(client.timeout(PATIENCE).build()?)
}

/// A clock that is ahead by so much.
#[derive(Debug)]
struct Ahead(Duration);

impl TimeProvider for Ahead {
    fn current_time(&self) -> Option<UnixTime> {
        let now = DefaultTimeProvider.current_time()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs()) + self.0))
    }
}

/// What it comes from: what is around it says no more than that a request failed.
fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// An error, and all that it comes from. What one of I/O was made of is not its source.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(Some(error), |&error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    })
}
