//! `jiayi admin create`: the first administrator, and those who follow.

use crate::auth::password;
use crate::cli::Failure;
use crate::config::Config;
use crate::error::Error;
use crate::metrics::Metrics;
use crate::model::{Login, Name, Password, Role};
use crate::service::accounts;
use crate::store;
use crate::store::account::NewAccount;
use std::io::{IsTerminal, stdin};
use std::sync::Arc;

/// Makes an administrator's account.
pub fn create(config: Config, login: String) -> Result<(), Failure> {
    let name = Name::try_from(login.clone()).map_err(|why| format!("--account: {why}"))?;
    let login = Login::try_from(login).map_err(|why| format!("--account: {why}"))?;
    let password = password::digest(ask_password()?.secret())?;
    let new = NewAccount { role: Role::Admin, login, password, name, communityid: None, title: None };
    // Nobody is connected to this process: there is nothing to push to.
    let store =
        store::open(&config.database()?, None, config.connections, Arc::new(drop), Metrics::new()?.writes)?;
    let made = actix_web::rt::System::new().block_on(store.write(move |tx| accounts::create(tx, &new)));
    let uid = made.map_err(|error: Error| error.explain())?;
    println!("made administrator {uid}");
    Ok(())
}

fn ask_password() -> Result<Password, Failure> {
    let text = match stdin().is_terminal() {
        true => rpassword::prompt_password("Password: ")?,
        false => {
            let mut line = String::new();
            stdin().read_line(&mut line)?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    Ok(Password::try_from(text).map_err(|why| format!("the password {why}"))?)
}
