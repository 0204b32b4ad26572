//! Web push: a page has its browser told of what comes while nobody is connected.

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::extract::body::Body;
use crate::http::extract::caller::Member;
use crate::http::extract::response::Done;
use crate::limits::account::Spending;
use crate::model::{Base64, Language, Malformed};
use crate::store::web_subscription::{self, NewSubscription};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The key that a browser subscribes with.
#[derive(Serialize, JsonSchema)]
pub struct WebPushKey {
    /// A point of P-256 in base64url, for `applicationServerKey`; null where web push is off.
    #[schemars(example = &"BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8")]
    key: Option<String>,
}

/// Shows the public key.
pub async fn show_key(app: Data<App>, _: Member) -> Result<Json<WebPushKey>> {
    Ok(Json(WebPushKey { key: app.web_push().map(|client| client.public_key()) }))
}

/// The body of `webpush/subscribe`: what the browser's `PushManager` has answered.
#[derive(Deserialize, JsonSchema)]
pub struct WebPushSubscription {
    /// An address at a push service that the settings of the server name, at most 1,024 bytes.
    #[schemars(length(max = 1024), example = &"https://fcm.googleapis.com/fcm/send/cH5qv0Rm")]
    endpoint: String,
    /// The browser's public key.
    #[schemars(example = &"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")]
    p256dh: Base64<65>,
    /// The secret that the browser shares with who sends.
    #[schemars(example = &"BTBZMqHH6r4Tts7J_aSIgg")]
    auth: Base64<16>,
    /// The language of its notifications.
    language: Language,
    /// Whether they may show names and words, where the settings of the server allow it.
    #[serde(default)]
    words: bool,
}

/// Has the browser told of what comes while nobody is connected, as long as the token is valid. In the place of
/// what the token, or the browser in the same role, was subscribed as before. Of more than 10 browsers of an account
/// those that subscribed longest ago go.
pub async fn subscribe(
    app: Data<App>,
    Member(caller): Member,
    Body(WebPushSubscription { endpoint, p256dh, auth, language, words }): Body<WebPushSubscription>,
) -> Result<Json<Done>> {
    app.spend(&caller, Spending::Message)?;
    let Some(client) = app.web_push() else {
        app.write_as(caller, |_, _| Ok(())).await?;
        return Err(Error::State("web push is off"));
    };
    let not_known = Error::param("endpoint", Malformed::invalid("must be at a push service that is taken"));
    let endpoint = client.services().endpoint(&endpoint).ok_or(not_known)?.as_str().to_owned();
    let new = NewSubscription { endpoint, p256dh: p256dh.bytes(), auth: auth.bytes(), language, words };
    if !client.takes_key(&new.p256dh) {
        return Err(Error::param("p256dh", Malformed::invalid("must be a point of P-256")));
    }
    app.write_as(caller, move |tx, caller| web_subscription::put(tx, caller, &new)).await?;
    Ok(Json(Done {}))
}

/// The body of `webpush/unsubscribe`.
#[derive(Deserialize, JsonSchema)]
pub struct WebPushEnd {
    /// The address of the browser, where it has one: whoever was logged in to it before in the same role is told no more, either.
    #[schemars(length(max = 1024), example = &"https://fcm.googleapis.com/fcm/send/cH5qv0Rm")]
    endpoint: Option<String>,
}

/// Ends what [`subscribe`] has begun, if anything.
pub async fn unsubscribe(
    app: Data<App>,
    Member(caller): Member,
    Body(WebPushEnd { endpoint }): Body<WebPushEnd>,
) -> Result<Json<Done>> {
    app.write_as(caller, move |tx, caller| web_subscription::end(tx, caller, endpoint.as_deref())).await?;
    Ok(Json(Done {}))
}
