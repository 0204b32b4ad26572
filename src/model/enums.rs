//! The enums of the contract, each a word on the wire and in the store: roles, kinds, tags, states.

use super::malformed::Malformed;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! string_enums {
    ($($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal,)+ } $why:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
                 diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = Text)]
        #[serde(try_from = "String", into = "&'static str")]
        #[schemars(extend("enum" = [$($word),+]))]
        pub enum $name { $($(#[$each])* $variant,)+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word on the wire and in the store.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl From<$name> for &'static str {
            fn from(word: $name) -> Self {
                word.as_str()
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;

            fn try_from(text: String) -> Result<Self, Malformed> {
                match text.as_str() {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(Malformed::invalid($why)),
                }
            }
        }

        impl<DB: Backend> ToSql<Text, DB> for $name
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.as_str().to_sql(out)
            }
        }

        impl<DB: Backend> FromSql<Text, DB> for $name
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(Self::try_from(String::from_sql(bytes)?)?)
            }
        }
    )+};
}

string_enums! {
    /// A language of the pages.
    Language {
        /// Chinese.
        Chinese = "zh-CN",
        /// English.
        English = "en",
    } "must be zh-CN or en";

    /// What somebody is in the service.
    Role {
        /// A resident (居民).
        User = "user",
        /// A family doctor (医生).
        Doctor = "doctor",
        /// Runs the back office (后台).
        Admin = "admin",
    } "must be user, doctor or admin";

    /// Who meets in a room.
    RoomKind {
        /// A resident and a doctor.
        AloneChat = "alonechat",
        /// The doctors of one team.
        Teammate = "teammate",
        /// Two doctors who are friends.
        DoctorFriend = "doctorfriend",
        /// A discussion group (讨论组).
        Discussion = "discussion",
    } "must be alonechat, teammate, doctorfriend or discussion";

    /// Somebody's sex.
    Sex {
        /// A woman.
        Female = "female",
        /// A man.
        Male = "male",
    } "must be female or male";

    /// What is known of a resident as a person.
    FactKind {
        /// The day of birth.
        Birthdate = "birthdate",
        /// The sex.
        Sex = "sex",
        /// Long-term illnesses.
        Illnesses = "illnesses",
        /// Allergies.
        Allergies = "allergies",
    } "must be birthdate, sex, illnesses or allergies";

    /// What a dialog holds.
    DialogKind {
        /// Words.
        Text = "text",
        /// A picture.
        Image = "image",
        /// A voice recording.
        Voice = "voice",
        /// Any other file.
        File = "file",
        /// A notice that the server wrote.
        System = "system",
        /// A video call and how it went.
        VideoCall = "videocall",
    } "must be text, image, voice or file";

    /// How a contract stands.
    ContractStatus {
        /// Asked for, not answered yet.
        Applied = "applied",
        /// In force.
        Signed = "signed",
        /// Refused.
        Rejected = "rejected",
        /// Ended by the doctor.
        Ended = "ended",
        /// Run out.
        Expired = "expired",
    } "must be applied, signed, rejected, ended or expired";

    /// How far a message has come with one of those it is for; each step is beyond those before.
    DeliveryState {
        /// It is kept.
        Stored = "stored",
        /// A mobile notice of it was accepted by the vendor.
        Notified = "notified",
        /// A device has acknowledged it.
        Delivered = "delivered",
        /// It has been read.
        Read = "read",
    } "must be stored, notified, delivered or read";

    /// How urgent a mobile notice is.
    AlertKind {
        /// Somebody wrote, or something was decided.
        Message = "message",
        /// The service addresses many.
        Announcement = "announcement",
        /// Somebody is ringing now.
        Call = "call",
    } "must be message, announcement or call";

    /// How a video call stands.
    CallStatus {
        /// The other end rings.
        Ringing = "ringing",
        /// The two talk.
        Active = "active",
        /// Over.
        Ended = "ended",
    } "must be ringing, active or ended";

    /// How the ringing of a video call ended for who was called.
    RingEnd {
        /// They did not take it.
        Missed = "missed",
        /// They accepted or declined it, on whichever device.
        Answered = "answered",
    } "must be missed or answered";

    /// Why a video call ended.
    EndReason {
        /// One of the two had enough of a call in progress.
        HangUp = "hangup",
        /// The callee did not want it.
        Reject = "reject",
        /// The callee was in another call.
        Busy = "busy",
        /// Nobody answered.
        Timeout = "timeout",
        /// A party's connection was lost and did not come back in time.
        Offline = "offline",
        /// The caller gave up before an answer.
        Cancel = "cancel",
    } "must be hangup, reject, busy, timeout, offline or cancel";

    /// What a notice is: who tells whom.
    NoticeKind {
        /// The platform, everybody.
        System = "system",
        /// The platform, a community.
        Social = "social",
        /// A doctor, residents under contract with the team.
        DoctorMsg = "doctormsg",
        /// A resident, the doctor whom an appointment is with.
        Reservation = "reservation",
    } "must be system, social, doctormsg or reservation";

    /// Whom an announcement is for.
    Audience {
        /// Residents and doctors.
        All = "all",
        /// Residents.
        User = "user",
        /// Doctors.
        Doctor = "doctor",
    } "must be all, user or doctor";

    /// How a request for an appointment stands.
    ReservationStatus {
        /// Asked for, not answered yet.
        Applied = "applied",
        /// Agreed to by the doctor.
        Accepted = "accepted",
        /// Refused by the doctor.
        Rejected = "rejected",
        /// Called off by the resident.
        Cancelled = "cancelled",
    } "must be applied, accepted, rejected or cancelled";

    /// What a line of a message list is about: a room's kind, or one of the notices.
    Tag {
        /// A room of that kind.
        AloneChat = "alonechat",
        /// A room of that kind.
        Teammate = "teammate",
        /// A room of that kind.
        DoctorFriend = "doctorfriend",
        /// A room of that kind.
        Discussion = "discussion",
        /// From the platform.
        System = "system",
        /// From the community.
        Social = "social",
        /// From a doctor to residents.
        DoctorMsg = "doctormsg",
        /// An appointment was asked for.
        Reservation = "reservation",
    } "must be a kind of room, system, social, doctormsg or reservation";
}

impl RoomKind {
    /// The tag of this kind's lines in a message list.
    pub fn tag(self) -> Tag {
        match self {
            Self::AloneChat => Tag::AloneChat,
            Self::Teammate => Tag::Teammate,
            Self::DoctorFriend => Tag::DoctorFriend,
            Self::Discussion => Tag::Discussion,
        }
    }
}

impl NoticeKind {
    /// The tag of this kind's lines in a message list.
    pub fn tag(self) -> Tag {
        match self {
            Self::System => Tag::System,
            Self::Social => Tag::Social,
            Self::DoctorMsg => Tag::DoctorMsg,
            Self::Reservation => Tag::Reservation,
        }
    }
}
