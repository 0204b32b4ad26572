//! How far pushes have come, as JPush counts it.

use crate::ids::MsgId;
use crate::response::number_or_digits;
use serde::{Deserialize, Deserializer};

/// The counts of one push from `GET /v3/received/detail`, in devices.
///
/// `None` where JPush has no such figure. The counts grow while devices come online; JPush keeps them
/// for about a month ([report API](https://docs.jiguang.cn/en/jpush/server/push/rest_api_v3_report)).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DeliveryReport {
    /// The push.
    #[serde(deserialize_with = "msg_id")]
    pub msg_id: MsgId,
    /// Received over JPush's own connection.
    pub jpush_received: Option<u64>,
    /// Handed to the push services of Android phones' makers.
    pub android_pns_sent: Option<u64>,
    /// Received through them.
    pub android_pns_received: Option<u64>,
    /// Handed to APNs.
    pub ios_apns_sent: Option<u64>,
    /// Received through APNs; only where the app reports it.
    pub ios_apns_received: Option<u64>,
    /// Handed to HarmonyOS's push service.
    pub hmos_hmpns_sent: Option<u64>,
    /// Received through it.
    pub hmos_hmpns_received: Option<u64>,
}

fn msg_id<'de, D: Deserializer<'de>>(from: D) -> Result<MsgId, D::Error> {
    number_or_digits(from).map(MsgId)
}
