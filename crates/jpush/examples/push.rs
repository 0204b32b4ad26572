//! Sends one notification to an account, and repeats it under the same `cid` if the failure may pass.
//!
//! ```text
//! JPUSH_APP_KEY=… JPUSH_MASTER_SECRET=… cargo run --example push -- ACCOUNT TITLE BODY
//! ```

use jpush_client::{Audience, Client, Error, MsgId, Notification, NotificationKind, Settings};
use std::env;
use std::time::Duration;

const TRIES: u32 = 5;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [account, title, body] = &arguments[..] else { return Err("usage: push ACCOUNT TITLE BODY".into()) };
    let settings = Settings::new(env::var("JPUSH_APP_KEY")?, env::var("JPUSH_MASTER_SECRET")?);
    let client = Client::new(settings)?;
    let audience = Audience::accounts(vec![account.clone()])?;
    let mut notification = Notification::new(audience, NotificationKind::Message, title, body);
    notification.cid = client.cids(1).await?.pop();
    let MsgId(id) = push(&client, &notification).await?;
    println!("accepted as {id}");
    Ok(())
}

async fn push(client: &Client, notification: &Notification) -> Result<MsgId, Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        match client.push(notification).await {
            Err(Error::Transient { retry_after, cause }) if tries < TRIES => {
                eprintln!("{cause}; trying again");
                tokio::time::sleep(retry_after.max(Duration::from_secs(1 << tries))).await;
            }
            answer => return answer,
        }
    }
}
