//! `jiayi push test`: sends one notice and says what came of it. `jiayi push key`: makes the key of web push.

use crate::cli::Failure;
use crate::config::Config;
use crate::mobile::provider::Provider;
use crate::model::Uid;
use crate::store::device_alias::{self, Reach};
use jpush_client::{Audience, MsgId, Notification, NotificationKind};
use std::time::Duration;

/// Sends a notice without content to the devices of an account.
pub fn test(config: &Config, uid: String) -> Result<(), Failure> {
    let uid = Uid::try_from(uid).map_err(|why| format!("--uid {why}"))?;
    let vendor = config.push.provider()?.ok_or("no vendor is configured: set push.provider")?;
    let mut store = config.database()?.connect()?;
    let reach =
        device_alias::reach(&mut store, std::slice::from_ref(&uid)).map_err(|error| error.explain())?;
    println!(
        "{}",
        match reach.get(&uid) {
            Some(Reach::Reached) => "the vendor has been told of a device of this account",
            Some(Reach::Unsettled) => "the vendor is still to be told of a device: is the server running?",
            Some(Reach::Nowhere) | None => "no device of this account is known: has the app registered?",
        }
    );
    let MsgId(msgid) = actix_web::rt::System::new()
        .block_on(send(&*vendor, &uid))
        .map_err(|failure| format!("{} did not accept the notice: {failure}", vendor.name()))?;
    println!("{} accepted the notice: msg_id {msgid}", vendor.name());
    Ok(())
}

/// Prints a new VAPID key as a line for the file of secrets.
pub fn key() -> Result<(), Failure> {
    let key = webpush_client::generate_key().ok_or("this machine has no random numbers")?;
    println!("JIAYI_PUSH__VAPID_KEY={key}");
    Ok(())
}

async fn send(vendor: &dyn Provider, uid: &Uid) -> Result<MsgId, Box<dyn std::error::Error>> {
    let audience = Audience::accounts(vec![uid.to_string()])?;
    let notification = Notification {
        cid: vendor.cids(1).await?.pop(),
        time_to_live: Duration::from_secs(3600),
        ..Notification::new(audience, NotificationKind::Message, "家医", "这是一条测试通知")
    };
    Ok(vendor.push(&notification).await?)
}
