//! The part of an upload that is the file: what its head calls it, in whatever way and encoding clients
//! write that. The bytes are received in `file`.

use crate::error::{Error, Result};
use crate::model::FileName;
use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::{
    CONTENT_DISPOSITION, CONTENT_TYPE, ContentDisposition, HeaderMap, HeaderValue,
};
use encoding_rs::GB18030;
use std::borrow::Cow;

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
