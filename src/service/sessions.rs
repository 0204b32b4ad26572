//! Logging in and out: tokens, with the devices that registered with them. How a connection registers is
//! in `registration`.

use crate::auth::address::{FileAddress, Signature};
use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::limits::network::Network;
use crate::model::{Caller, Login, Phone, Role, Time, TokenHash, Uid};
use crate::protocol::effect::Effect;
use crate::store::account::{self, Account};
use crate::store::{device, login_history, token, web_subscription};

/// The account that somebody tries to log in to.
#[derive(Debug)]
pub struct Candidate {
    /// The account.
    pub account: Account,
    /// The hash of its password.
    pub password: String,
    /// Whether it has been logged in to from this network before.
    pub known_network: bool,
}

/// Finds the account with this login, whether it is closed or not.
pub fn find_candidate(
    connection: &mut AnyConnection,
    role: Role,
    login: &Login,
    network: Network,
) -> Result<Option<Candidate>> {
    let found = match account::find_by_login(connection, role, login.as_str())? {
        None => find_by_phone(connection, role, login)?,
        found => found,
    };
    let Some((account, password)) = found else { return Ok(None) };
    let known_network = login_history::is_known_network(connection, &account.uid, &network.to_string())?;
    Ok(Some(Candidate { account, password, known_network }))
}

/// Finds the account of a resident, who logs in by a telephone number, however it is written.
fn find_by_phone(
    connection: &mut AnyConnection,
    role: Role,
    login: &Login,
) -> Result<Option<(Account, String)>> {
    match (role, Phone::try_from(login.as_str().to_owned())) {
        (Role::User, Ok(phone)) => account::find_by_login(connection, role, phone.as_str()),
        (Role::User | Role::Doctor | Role::Admin, _) => Ok(None),
    }
}

/// The refusal of a token that is void, has run out, or is of a closed account.
pub const VOID: Error = Error::Auth("the token is not valid: log in");

/// The refusal of a log-in, whatever is wrong with it.
pub const WRONG_CREDENTIALS: Error = Error::Auth("the account or the password is wrong");

/// Fails with `FA_AUTH` where a token is void, has run out, or is of a closed account.
pub fn require_valid(connection: &mut AnyConnection, hash: TokenHash) -> Result<()> {
    find_caller(connection, hash).map(|_| ())
}

/// Whose token it is; fails as [`require_valid`] does.
pub fn find_caller(connection: &mut AnyConnection, hash: TokenHash) -> Result<Caller> {
    token::find_caller(connection, hash)?.ok_or(VOID)
}

/// The refusal of a signed address that is over, whose token is void, or that nobody has signed.
const NOT_SIGNED: Error = Error::Auth("this address is not good, or no longer: ask for another one");

/// Whose token has signed the address of a file.
pub fn find_reader(
    connection: &mut AnyConnection,
    address: &FileAddress,
    signature: &Signature,
) -> Result<Caller> {
    if address.expires <= Time::now() {
        return Err(NOT_SIGNED);
    }
    let caller = token::find_beginning(connection, &address.uid, &signature.signer)?;
    caller.filter(|caller| address.is_signed(caller.token, signature)).ok_or(NOT_SIGNED)
}

/// A token that somebody is given.
#[derive(Debug, Clone, Copy)]
pub struct NewToken {
    /// What is kept of it.
    pub hash: TokenHash,
    /// Until when it is valid.
    pub expires: Time,
    /// The token whose place it takes in a browser, if that is so: its owner is told there no more.
    pub earlier: Option<TokenHash>,
}

/// Makes a token valid for who gave the right password, and remembers the network that they log in from.
/// Fails with `FA_AUTH` where the account was closed, or its password changed, while the hash `password`
/// was compared.
pub fn log_in(tx: &mut Tx<'_>, uid: &Uid, password: &str, new: NewToken, network: Network) -> Result<()> {
    if !account::lock_under(tx, uid, password)? {
        return Err(WRONG_CREDENTIALS);
    }
    token::insert(tx, uid, new.hash, new.expires)?;
    new.earlier.map_or(Ok(()), |earlier| web_subscription::end_of_token(tx, earlier))?;
    login_history::remember_network(tx, uid, &network.to_string())
}

/// Revokes a token: its devices are nobody's any more, and its connections close.
pub fn revoke(tx: &mut Tx<'_>, uid: &Uid, token: TokenHash) -> Result<()> {
    // In this order: who registers holds the token, so that no device is left behind.
    token::delete(tx, token)?;
    device::release_token(tx, token)?;
    tx.effect(Effect::TokenRevoked { uid: uid.clone(), token });
    Ok(())
}

/// Revokes up to `limit` tokens that have run out; returns how many.
pub fn revoke_expired(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let expired = token::list_expired(tx, limit)?;
    expired.iter().try_for_each(|(uid, hash)| revoke(tx, uid, *hash))?;
    Ok(expired.len())
}

/// Revokes all tokens of an account: its devices are nobody's any more, and its connections close.
pub fn revoke_all(tx: &mut Tx<'_>, uid: &Uid) -> Result<()> {
    token::delete_of_account(tx, uid)?;
    device::release_account(tx, uid)?;
    tx.effect(Effect::AccountRevoked(uid.clone()));
    Ok(())
}

/// Logs somebody out everywhere. Closing connections alone would not do: with a valid token their
/// app would be back at once.
pub fn kick(tx: &mut Tx<'_>, uid: &Uid) -> Result<()> {
    account::lock(tx, uid)?.ok_or(Error::NotFound("account"))?;
    revoke_all(tx, uid)
}
