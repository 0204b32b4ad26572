//! The words of the domain as types: ids, roles, kinds, times, texts.
//!
//! A value of one of these types has been parsed and is never checked again. What happens to
//! them is not here: see `store` for what is kept and `protocol` for what travels.

pub mod call;
mod caller;
pub mod connection;
mod id;
mod page;
mod question;
mod text;
mod time;
mod words;

pub use caller::{Caller, TokenHash};
pub use id::{
    CallId, CommunityId, DialogId, FileId, MessageId, ReservationId, RoomId, RosterId, SessionId, Sid, Stid,
    TopicId, Uid,
};
pub use page::{MAX_PAGE_SIZE, PAGE_SIZE, check_page_size};
pub use question::{Part, Process, Whom};
pub use text::{
    ClientId, Content, DeviceId, Limited, Login, Name, Password, Phone, Reason, Sought, Title, WebAddress,
};
pub use time::Time;
pub use words::{
    AlertKind, Audience, CallStatus, ContractStatus, DeliveryState, DialogKind, EndReason, NoticeKind,
    ReservationStatus, Role, RoomKind, Tag,
};

/// Why a value from outside was not taken; the text says what would have been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub &'static str);
