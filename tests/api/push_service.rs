//! A stand-in for the push service of a browser, on a free loopback port, and browsers that subscribe at it: they
//! verify who sends by RFC 8292 and decrypt what they are sent by RFC 8291, with nothing of the server's own code.
//!
//! It runs on a thread of its own, answers 201, or what it was told to, and keeps what was posted.

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey as AgreedKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use ring::{aead, rand::SystemRandom};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// What was posted.
#[derive(Clone)]
pub struct Posted {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

#[derive(Default)]
struct Kept {
    posted: Vec<Posted>,
    /// What the next requests are answered with: a status, and when to come again.
    answers: VecDeque<(u16, Option<&'static str>)>,
}

/// The running stand-in; it stops when it is dropped.
pub struct PushService {
    pub url: String,
    kept: Arc<Mutex<Kept>>,
    held: Arc<watch::Sender<bool>>,
    handle: ServerHandle,
}

impl PushService {
    pub fn start() -> Self {
        let kept = Arc::<Mutex<Kept>>::default();
        let held = Arc::new(watch::Sender::new(false));
        let (sender, receiver) = mpsc::channel();
        let (data, holding) = (Data::from(kept.clone()), Data::from(held.clone()));
        std::thread::spawn(move || {
            rt::System::new().block_on(async move {
                let app = move || {
                    let app = App::new().app_data(data.clone()).app_data(holding.clone());
                    app.default_service(web::to(take))
                };
                let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
                let address = server.addrs()[0];
                let server = server.run();
                sender.send((address, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (address, handle) = receiver.recv().unwrap();
        Self { url: format!("http://{address}"), kept, held, handle }
    }

    /// Answers nobody from now on, until it is told otherwise; what is posted is kept as it comes.
    pub fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// Answers the next requests with these statuses.
    pub fn answer_with(&self, statuses: &[u16]) {
        self.kept.lock().unwrap().answers.extend(statuses.iter().map(|status| (*status, None)));
    }

    /// Answers the next request with this status and `Retry-After`.
    pub fn answer_later(&self, status: u16, again: &'static str) {
        self.kept.lock().unwrap().answers.push_back((status, Some(again)));
    }

    /// What was posted for a browser.
    pub fn posted(&self, browser: &Browser) -> Vec<Posted> {
        let kept = self.kept.lock().unwrap();
        kept.posted.iter().filter(|posted| posted.path == browser.path).cloned().collect()
    }

    /// How much was posted for anybody.
    pub fn count(&self) -> usize {
        self.kept.lock().unwrap().posted.len()
    }
}

impl Drop for PushService {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn take(
    kept: Data<Mutex<Kept>>,
    held: Data<watch::Sender<bool>>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let text = |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap().to_owned();
    let headers = request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let posted = Posted { path: request.path().to_owned(), headers, body: body.to_vec() };
    let (status, again) = kept.lock().unwrap().take(posted);
    held.subscribe().wait_for(|held| !held).await.unwrap();
    let mut answer = HttpResponse::build(StatusCode::from_u16(status).unwrap());
    if let Some(again) = again {
        answer.insert_header(("retry-after", again));
    }
    answer.insert_header(("location", "/elsewhere")).finish()
}

impl Kept {
    fn take(&mut self, posted: Posted) -> (u16, Option<&'static str>) {
        self.posted.push(posted);
        self.answers.pop_front().unwrap_or((201, None))
    }
}

/// A browser with keys of its own, with which it reads one message.
pub struct Browser {
    path: String,
    pub endpoint: String,
    private: EphemeralPrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
}

impl Browser {
    pub fn at(service: &PushService) -> Self {
        let private = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
        let public = private.compute_public_key().unwrap().as_ref().to_vec();
        let path = format!("/send/{}", URL_SAFE_NO_PAD.encode(&public[1..17]));
        let auth = public[17..33].try_into().unwrap();
        Self { endpoint: format!("{}{path}", service.url), path, private, public, auth }
    }

    /// What it subscribes with.
    pub fn subscription(&self, more: Value) -> Value {
        let mut body = json!({
            "endpoint": self.endpoint,
            "p256dh": URL_SAFE_NO_PAD.encode(&self.public),
            "auth": URL_SAFE_NO_PAD.encode(self.auth),
            "language": "zh-CN",
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    }

    /// Decrypts a message by RFC 8291 and RFC 8188.
    pub fn read(self, posted: &Posted) -> Value {
        let (head, record) = posted.body.split_at(86);
        let (salt, own) = (&head[..16], &head[21..]);
        assert_eq!((&head[16..20], head[20]), (&4096u32.to_be_bytes()[..], 65));
        let sender = AgreedKey::new(&ECDH_P256, own);
        let (public, auth) = (self.public, self.auth);
        let input = agree_ephemeral(self.private, &sender, |shared| {
            derive::<32>(&auth, shared, &[b"WebPush: info\0", &public, own])
        });
        let input = input.unwrap();
        let key = derive::<16>(salt, &input, &[b"Content-Encoding: aes128gcm\0"]);
        let nonce = derive::<12>(salt, &input, &[b"Content-Encoding: nonce\0"]);
        let key = aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_128_GCM, &key).unwrap());
        let mut record = record.to_vec();
        let nonce = aead::Nonce::assume_unique_for_key(nonce);
        let opened = key.open_in_place(nonce, aead::Aad::empty(), &mut record).unwrap();
        let (last, message) = opened.split_last().unwrap();
        assert_eq!(*last, 2, "it is the last record");
        serde_json::from_slice(message).unwrap()
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive<const N: usize>(salt: &[u8], input: &[u8], info: &[&[u8]]) -> [u8; N] {
    let mut derived = [0; N];
    let key = Salt::new(HKDF_SHA256, salt).extract(input);
    key.expand(info, Length(N)).unwrap().fill(&mut derived).unwrap();
    derived
}

/// Verifies by RFC 8292 that the owner of this public key has sent it, to this service, a short time ago.
pub fn verify(posted: &Posted, service: &PushService, public: &str) {
    let header = posted.headers["authorization"].strip_prefix("vapid t=").unwrap();
    let (token, key) = header.split_once(", k=").unwrap();
    assert_eq!(key, public);
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let verifier = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(key));
    verifier.verify(signed.as_bytes(), &decode(signature)).unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let parse = |part: &str| serde_json::from_slice::<Value>(&decode(part)).unwrap();
    assert_eq!(parse(head)["alg"], "ES256");
    let (claims, now) = (parse(claims), SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs());
    assert_eq!((&claims["aud"], &claims["sub"]), (&json!(service.url), &json!("mailto:it@clinic.test")));
    assert!((now..now + 86_400).contains(&claims["exp"].as_u64().unwrap()), "a day at the most");
}
