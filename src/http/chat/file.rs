//! Files: uploading one, and downloading one that was sent to somebody.

use crate::app::App;
use crate::auth::address::{FileAddress, LIFETIME};
use crate::db::file_kind::Look;
use crate::db::files::{Draft, LARGEST};
use crate::error::{Error, Result};
use crate::http::extract::body::Body;
use crate::http::extract::caller::{Anybody, Everyone};
use crate::http::extract::describe::{DescribeRequest, DescribeResponse, OperationSpec};
use crate::http::extract::file_part;
use crate::http::extract::query::Query;
use crate::http::extract::signed;
use crate::model::{Caller, DialogKind, FileId, FileName, Malformed, Time, Uid};
use crate::service::{duty_view, files};
use crate::store::file::{self, File, Uploaded};
use actix_files::NamedFile;
use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, Charset, ContentDisposition, DispositionParam,
    DispositionType, ExtendedValue, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::{Data, Json};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use futures_util::{StreamExt, TryStreamExt};
use schemars::{JsonSchema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::future::{Ready, ready};
use std::time::Duration;
use tokio::time::timeout;

/// How many addresses are signed at once.
const MOST_SIGNED: usize = 100;
/// How long an upload may take.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(300);
/// How many bytes the multipart body may have beside the file.
const MULTIPART_OVERHEAD: usize = 64 * 1024;

/// A body of several parts, the first of which is the file.
pub struct Upload {
    parts: Multipart,
    /// How many bytes the file can have at the most.
    most: usize,
}

impl FromRequest for Upload {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        let length = length.and_then(|length| length.parse::<usize>().ok());
        let parts = match length {
            Some(length) if length > LARGEST + MULTIPART_OVERHEAD => Err(TOO_LARGE),
            Some(_) | None => file_part::parts(request, payload.take()),
        };
        let most = length.map_or(LARGEST, |length| length.min(LARGEST));
        ready(parts.map(|parts| Self { parts, most }))
    }
}

const TOO_LARGE: Error = Error::TooLarge { field: "file", limit: LARGEST };

/// A file that was uploaded.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UploadedFile {
    /// The file, as a message's body names it.
    pub fileid: FileId,
    /// Where those read it to whom it was sent.
    #[schemars(example = &"/file?fileid=fileid-1")]
    pub url: String,
    /// `image`, `voice` or `file`, as its bytes have it.
    pub kind: DialogKind,
    /// How many bytes it has.
    pub size: usize,
}

/// Takes a file. Until a message names it, only its uploader can read it.
pub async fn upload(app: Data<App>, Anybody(caller): Anybody, upload: Upload) -> Result<Json<UploadedFile>> {
    // A client that hangs up leaves no bytes behind: the gate lets this run to its end.
    take(&app, caller, upload).await.map(Json)
}

/// The row comes first, and with it the room that the file may take; it is ready when the bytes are.
async fn take(app: &App, caller: Caller, Upload { parts, most }: Upload) -> Result<UploadedFile> {
    let (fileid, quota) = (FileId::new(), app.config().upload_quota());
    let (begun, most) = (fileid.clone(), most as i64);
    let begin =
        app.write_as(caller.clone(), move |tx, caller| files::begin(tx, &begun, &caller.uid, most, quota));
    begin.await?;
    let taken = take_bytes(app, caller, &fileid, parts).await;
    if taken.is_err() {
        let failed = fileid.clone();
        app.write(move |tx| file::delete_orphan(tx, &failed).map(drop)).await?;
        app.files().remove(&fileid).await?;
    }
    let Uploaded { kind, size, .. } = taken?;
    Ok(UploadedFile { url: format!("/file?fileid={fileid}"), fileid, kind, size: size as usize })
}

async fn take_bytes(app: &App, caller: Caller, fileid: &FileId, parts: Multipart) -> Result<Uploaded> {
    let mut draft = app.files().begin(fileid).await?;
    let took_too_long = |_| Error::Late { field: "file", seconds: UPLOAD_TIMEOUT.as_secs() };
    let received = receive(parts, app.config().body_timeout(), &mut draft);
    let name = timeout(UPLOAD_TIMEOUT, received).await.map_err(took_too_long)??;
    let (Look { mime, kind }, size) = (draft.look().await?, draft.size() as i64);
    draft.keep().await?;
    let uploaded =
        Uploaded { kind, mime: mime.to_owned(), name: name.map(|name| name.as_str().to_owned()), size };
    let (fileid, kept) = (fileid.clone(), uploaded.clone());
    app.write_as(caller, move |tx, _| files::finish(tx, &fileid, &kept)).await.map(|()| uploaded)
}

/// Writes the file as it comes in; returns its name. It may take its time, as long as some of it comes
/// every `patience`.
async fn receive(mut parts: Multipart, patience: Duration, draft: &mut Draft) -> Result<Option<FileName>> {
    let broke_off = |_| Error::param("file", "broke off");
    let late = |_| Error::Late { field: "file", seconds: patience.as_secs() };
    let part = timeout(patience, parts.next()).await.map_err(late)?;
    let mut part = part.ok_or_else(|| Error::param("file", Malformed::Missing))?.map_err(broke_off)?;
    let head = file_part::head_of(&part).filter(|head| head.field == "file");
    let head = head.ok_or_else(|| Error::param("file", "must be the first part of the body"))?;
    while let Some(bytes) = timeout(patience, part.try_next()).await.map_err(late)?.map_err(broke_off)? {
        draft.write(&bytes).await?;
    }
    drop(part);
    // Further parts are of no use, but a body that is cut off is no upload.
    let mut room = MULTIPART_OVERHEAD;
    while let Some(part) = timeout(patience, parts.next()).await.map_err(late)? {
        let mut part = part.map_err(broke_off)?;
        while let Some(bytes) = timeout(patience, part.try_next()).await.map_err(late)?.map_err(broke_off)? {
            room = room.checked_sub(bytes.len()).ok_or(TOO_LARGE)?;
        }
    }
    match draft.size() {
        0 => Err(Error::param("file", Malformed::Empty)),
        _ => Ok(head.filename),
    }
}

/// The file that is asked for.
#[derive(Deserialize, JsonSchema)]
pub struct FileQuery {
    fileid: FileId,
    /// The rest is of a signed address.
    #[serde(rename = "uid")]
    _uid: Option<Uid>,
    #[serde(rename = "expires")]
    _expires: Option<Time>,
    #[serde(rename = "sig")]
    #[schemars(example = &"c2ln")]
    _sig: Option<String>,
}

/// The files whose addresses are asked for.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "FileAddressesRequest")]
pub struct Wanted {
    #[schemars(length(min = 1, max = 100))]
    fileids: BTreeSet<FileId>,
}

/// An address at which a file is read without a header or a cookie, by whoever has it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SignedAddress {
    fileid: FileId,
    #[schemars(example = &"/file?fileid=fileid-1&uid=uid-1&expires=2026-11-23T08:10:00.000Z&sig=c2ln")]
    url: String,
    /// Until when, as long as the token is valid that asked for it.
    expires: Time,
}

/// Addresses of files.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FileAddresses {
    addresses: Vec<SignedAddress>,
}

/// Signs addresses of files for the caller. Who reads by one reads what the caller may read then, and nothing else.
pub async fn sign(
    app: Data<App>,
    Anybody(caller): Anybody,
    Body(Wanted { fileids }): Body<Wanted>,
) -> Result<Json<FileAddresses>> {
    if fileids.is_empty() || fileids.len() > MOST_SIGNED {
        return Err(Error::param("fileids", "must be 1 to 100"));
    }
    app.require_valid(&caller).await?;
    let expires = Time::now() + LIFETIME;
    let sign = |fileid: FileId| {
        let address = FileAddress { fileid, uid: caller.uid.clone(), expires };
        let signature = address.sign(caller.token)?;
        Some(SignedAddress { url: signed::url(&address, &signature), fileid: address.fileid, expires })
    };
    let addresses: Option<_> = fileids.into_iter().map(sign).collect();
    Ok(Json(FileAddresses { addresses: addresses.ok_or_else(|| Error::inside("no signature"))? }))
}

/// The bytes of a file, or the part of them that was asked for.
pub struct Download(HttpResponse);

impl Responder for Download {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.0
    }
}

/// Answers a file that the caller uploaded, or that was sent in a message the caller may read or sees at
/// the duty desk. A browser asks for a picture on a page with the cookies of all roles: one of them that may read it is enough.
pub async fn download(
    app: Data<App>,
    request: HttpRequest,
    Everyone(callers): Everyone,
    Query(FileQuery { fileid, .. }): Query<FileQuery>,
) -> Result<Download> {
    let found = app.read(move |store| duty_view::find_file(store, &callers, &fileid)).await?;
    let path = app.files().path(&found.fileid);
    let opened = tokio::task::spawn_blocking(move || NamedFile::open(path)).await;
    let opened = opened.map_err(Error::inside)?.map_err(Error::inside)?;
    let named = opened
        .set_content_type(found.mime.parse().map_err(Error::inside)?)
        .set_content_disposition(disposition(&found))
        .prefer_utf8(found.mime == "text/plain");
    let mut response = named.into_response(&request);
    for (name, value) in PROTECTIVE_HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(Download(response))
}

/// A browser takes the file for what it is, runs nothing that is in it, and shares it with nobody.
const PROTECTIVE_HEADERS: [(HeaderName, &str); 3] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    (CACHE_CONTROL, "private, no-cache"),
];

fn disposition(file: &File) -> ContentDisposition {
    let disposition = match file.kind {
        DialogKind::Image => DispositionType::Inline,
        DialogKind::Voice
        | DialogKind::File
        | DialogKind::Text
        | DialogKind::System
        | DialogKind::VideoCall => DispositionType::Attachment,
    };
    let named = |name: FileName| {
        DispositionParam::FilenameExt(ExtendedValue {
            charset: Charset::Ext("UTF-8".to_owned()),
            language_tag: None,
            value: name.as_str().as_bytes().to_vec(),
        })
    };
    // It may have been kept before names were cleaned.
    let name = file.name.as_deref().and_then(FileName::clean);
    ContentDisposition { disposition, parameters: name.into_iter().map(named).collect() }
}

impl DescribeRequest for Upload {
    fn describe(spec: &mut OperationSpec) {
        spec.file = true;
    }
}

impl DescribeResponse for Download {
    fn describe(spec: &mut OperationSpec) {
        let bytes = |_: &mut SchemaGenerator| json_schema!({ "type": "string", "format": "binary", "examples": ["…"] });
        spec.response.content = Some(("*/*", bytes));
    }
}
