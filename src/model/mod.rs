//! The values of the domain as types: ids, roles, kinds, times, texts.
//!
//! A value of one of these types has been parsed and is never checked again. What happens to
//! them is not here: see `store` for what is kept and `protocol` for what travels.

mod access;
mod base64;
mod birthdate;
pub mod call;
mod caller;
pub mod connection;
mod enums;
mod file_name;
mod hours;
mod id;
mod login;
mod malformed;
mod node;
mod page;
mod platform;
mod question;
mod request_id;
mod text;
mod time;
mod visible;

pub use access::Access;
pub use base64::Base64;
pub use birthdate::Birthdate;
pub use caller::{Caller, TokenHash};
pub use enums::{
    AlertKind, Audience, CallStatus, ContractStatus, DeliveryState, DialogKind, EndReason, FactKind,
    Language, NoticeKind, ReservationStatus, RingEnd, Role, RoomKind, Sex, Tag,
};
pub use file_name::FileName;
pub use hours::{ClockOffset, OfferedHours, OfficeHours, TimeOfDay, Weekday, WeeklyHours};
pub use id::{
    CallId, CommunityId, DialogId, FileId, MessageId, ReplyId, ReservationId, RoomId, RosterId, ScheduleId,
    SessionId, Sid, Stid, TopicId, Uid,
};
pub use login::{LastDigits, Login, Phone, PhoneEnd};
pub use malformed::Malformed;
pub use node::{Incarnation, Node, Slot, Slots};
pub use page::{MAX_PAGE_SIZE, PAGE_SIZE, check_page_size};
pub use platform::Platform;
pub use question::{Part, Process, ReminderTarget};
pub use request_id::RequestId;
pub use text::{
    Caption, ClientId, Content, DeviceId, Limited, Line, Name, Password, Phrase, Reason, Sought, Title,
    WebAddress,
};
pub use time::{SteadyClock, Time};
