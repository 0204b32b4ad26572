//! The part of an upload that is the file: what its head calls it, in whatever way and encoding clients
//! write that, and the whole of a small one. Those that are kept are received in `chat::file`.

use crate::error::{Error, Result};
use crate::http::extract::describe::{DescribeRequest, OperationSpec};
use crate::model::{FileName, Malformed};
use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::http::header::{
    CONTENT_DISPOSITION, CONTENT_TYPE, ContentDisposition, HeaderMap, HeaderValue,
};
use actix_web::{FromRequest, HttpRequest};
use encoding_rs::GB18030;
use futures_util::{StreamExt, TryStreamExt};
use std::borrow::Cow;
use std::future::{Ready, ready};
use std::time::Duration;
use tokio::time::timeout;

const FORM: &str = "multipart/form-data";

/// The parts of a request's body.
pub fn parts(request: &HttpRequest, payload: Payload) -> Result<Multipart> {
    let mixed = mixed_of(request).ok_or_else(|| Error::param("file", "must come as multipart/form-data"))?;
    Ok(Multipart::new(&HeaderMap::from_iter([(CONTENT_TYPE, mixed)]), payload))
}

/// The type of a form's body, as one of mixed parts: of a form, the library would read the heads itself,
/// which takes UTF-8 alone.
fn mixed_of(request: &HttpRequest) -> Option<HeaderValue> {
    let given = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    let (kind, boundary) = (given.get(..FORM.len())?, given.get(FORM.len()..)?);
    let mixed = HeaderValue::from_str(&format!("multipart/mixed{boundary}")).ok()?;
    kind.eq_ignore_ascii_case(FORM).then_some(mixed)
}

/// The most bytes of a file that is read as a whole: a table of some thousand rows.
const LARGEST: usize = 2 * 1024 * 1024;

/// How long it may take, as long as some of it comes all the while.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(60);

/// A body of several parts, the first of which is a file that is read as a whole, and not kept.
pub struct SmallFile(Multipart);

impl FromRequest for SmallFile {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(parts(request, payload.take()).map(Self))
    }
}

impl DescribeRequest for SmallFile {
    fn describe(spec: &mut OperationSpec) {
        spec.file = true;
    }
}

impl SmallFile {
    /// The file's bytes, if some come every `patience`.
    pub async fn receive(self, patience: Duration) -> Result<Vec<u8>> {
        timeout(UPLOAD_TIMEOUT, self.read(patience)).await.map_err(|_| late(UPLOAD_TIMEOUT))?
    }

    async fn read(self, patience: Duration) -> Result<Vec<u8>> {
        let Self(mut parts) = self;
        let late = |_| late(patience);
        let (mut bytes, mut room, mut is_first) = (Vec::new(), LARGEST, true);
        // Further parts are of no use, but a body that is cut off is no file.
        while let Some(part) = timeout(patience, parts.next()).await.map_err(late)? {
            let mut part = part.map_err(broke_off)?;
            if is_first && head_of(&part).is_none_or(|head| head.field != "file") {
                return Err(Error::param("file", "must be the first part of the body"));
            }
            while let Some(more) =
                timeout(patience, part.try_next()).await.map_err(late)?.map_err(broke_off)?
            {
                room =
                    room.checked_sub(more.len()).ok_or(Error::TooLarge { field: "file", limit: LARGEST })?;
                if is_first {
                    bytes.extend_from_slice(&more);
                }
            }
            is_first = false;
        }
        match is_first {
            true => Err(Error::param("file", Malformed::Missing)),
            false => Ok(bytes),
        }
    }
}

fn late(limit: Duration) -> Error {
    Error::Late { field: "file", seconds: limit.as_secs() }
}

fn broke_off(_: MultipartError) -> Error {
    Error::param("file", "broke off")
}

/// What the head of a part says.
pub struct Head {
    /// The name of the form's field.
    pub field: String,
    /// The name of the file, as far as it can be kept.
    pub filename: Option<FileName>,
}

/// The head of a part of a form; `None` where it is no such.
pub fn head_of(part: &Field) -> Option<Head> {
    let raw = part.headers().get(CONTENT_DISPOSITION)?;
    let lossy = || GB18030.decode_without_bom_handling(raw.as_bytes()).0.into_owned();
    let readable = decode(raw.as_bytes()).unwrap_or_else(lossy);
    let disposition = parse(&readable).or_else(|| parse(&without_extended(&readable)))?;
    let extended = disposition.get_filename_ext().and_then(|name| FileName::clean(&decode(&name.value)?));
    let filename = extended.or_else(|| disposition.get_filename().and_then(FileName::clean));
    let field = disposition.get_name().filter(|_| disposition.is_form_data())?.to_owned();
    Some(Head { field, filename })
}

fn parse(head: &str) -> Option<ContentDisposition> {
    ContentDisposition::from_raw(&HeaderValue::from_bytes(head.as_bytes()).ok()?).ok()
}

/// A head without its `filename*`: that one is broken, and `filename` says the same for those who cannot read it.
fn without_extended(head: &str) -> String {
    let mut quoted = false;
    let between = |c: char| {
        quoted ^= c == '"';
        c == ';' && !quoted
    };
    let is_kept = |part: &&str| !part.trim_start().to_ascii_lowercase().starts_with("filename*");
    head.split(between).filter(is_kept).collect::<Vec<_>>().join(";")
}

/// A text in UTF-8, or else in the encoding of China; `None` where it is in neither.
fn decode(bytes: &[u8]) -> Option<String> {
    match str::from_utf8(bytes) {
        Ok(text) => Some(text.to_owned()),
        Err(_) => GB18030.decode_without_bom_handling_and_without_replacement(bytes).map(Cow::into_owned),
    }
}
