//! `jiayi admin`: the first administrator, those who follow, and a password that was lost.

use crate::auth::password;
use crate::cli::{Failure, open};
use crate::config::Config;
use crate::db::database::Database;
use crate::db::transaction::Tx;
use crate::error::Error;
use crate::model::{Login, Name, Password, Role};
use crate::service::accounts;
use crate::store::account::{self, AccountChange, NewAccount};
use std::io::{BufRead, IsTerminal, Read, stdin};

/// How many bytes of standard input are read for a password, which has up to 128 characters.
const LONGEST_LINE: u64 = 1024;

/// Makes an administrator's account.
pub fn create(config: &Config, login: String) -> Result<(), Failure> {
    let name = Name::try_from(login.clone()).map_err(|why| format!("--account: {why}"))?;
    let login = Login::try_from(login).map_err(|why| format!("--account: {why}"))?;
    let store = open(config)?;
    let password = password::digest(ask_password()?.secret())?;
    let new = NewAccount { role: Role::Admin, login, password, name, communityid: None, title: None };
    let uid = write(&store, move |tx| accounts::create(tx, &new))?;
    println!("made administrator {uid}");
    Ok(())
}

/// Gives an administrator another password, also while the server runs; the log-ins by the old one are void in the store.
pub fn set_password(config: &Config, login: String) -> Result<(), Failure> {
    let lost = Login::try_from(login).map_err(|why| format!("--account: {why}"))?;
    let store = open(config)?;
    let account = write(&store, move |tx| {
        let found = account::find_by_login(tx, Role::Admin, lost.as_str())?;
        found.ok_or(Error::NotFound("administrator"))
    })?;
    let uid = account.0.uid;
    let password = password::digest(ask_password()?.secret())?;
    write(&store, move |tx| {
        let change = AccountChange { password: Some(password.clone()), ..AccountChange::default() };
        accounts::change(tx, Role::Admin, &uid, &change)
    })?;
    println!(
        "the password is another. A server that runs may know log-ins by the old one until it is restarted"
    );
    Ok(())
}

fn write<T: Send + 'static>(
    store: &Database,
    work: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + Sync + 'static,
) -> Result<T, Failure> {
    let written = actix_web::rt::System::new().block_on(store.write(work));
    Ok(written.map_err(|error: Error| error.explain())?)
}

fn ask_password() -> Result<Password, Failure> {
    let text = match stdin().is_terminal() {
        true => ask_twice()?,
        false => {
            let mut line = String::new();
            // Whatever is longer is no password.
            stdin().lock().take(LONGEST_LINE).read_line(&mut line)?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    Ok(Password::try_from(text).map_err(|why| format!("the password {why}"))?)
}

/// What is typed is not seen.
fn ask_twice() -> Result<String, Failure> {
    let text = rpassword::prompt_password("Password: ")?;
    match rpassword::prompt_password("The same again: ")? == text {
        true => Ok(text),
        false => Err("the two were not the same: nothing was changed".into()),
    }
}
