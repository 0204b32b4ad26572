//! Who asks where the address says it: that of a file, signed for a while.

use crate::auth::address::{FileAddress, Signature};
use crate::model::{FileId, Time, Uid};
use actix_web::HttpRequest;
use serde::Deserialize;

/// The one path that such addresses are of: on any other, what stands in an address says nothing of who asks.
pub const PATH: &str = "/file";

/// What is read of an address.
#[derive(Deserialize)]
struct Query {
    fileid: FileId,
    uid: Uid,
    expires: Time,
    sig: String,
}

/// The signed address that a request bears, and its signature.
pub fn address(request: &HttpRequest) -> Option<(FileAddress, Signature)> {
    if request.path() != PATH {
        return None;
    }
    let Query { fileid, uid, expires, sig } = serde_urlencoded::from_str(request.query_string()).ok()?;
    Some((FileAddress { fileid, uid, expires }, sig.parse().ok()?))
}

/// An address as a client asks for it.
pub fn url(address: &FileAddress, signature: &Signature) -> String {
    let FileAddress { fileid, uid, expires } = address;
    format!("{PATH}?fileid={fileid}&uid={uid}&expires={expires}&sig={signature}")
}
