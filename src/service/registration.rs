//! What the store has to do with connections that register, many at once: after a restart all come back.
//!
//! Each is let in or refused by itself. What there is besides where there are several nodes is in `places`.

use crate::db::connection::AnyConnection;
use crate::db::gather::Done;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::connection::{Connection, ConnectionPolicy, Held};
use crate::model::{Caller, DeviceId, Role, SessionId, Time, TokenHash, Uid};
use crate::protocol::frame::Frame;
use crate::service::places::{self, Place};
use crate::service::sessions;
use crate::store::connection::enter;
use crate::store::connection::review::Newer;
use crate::store::login_history::{self, Arrival, Origin};
use crate::store::mailbox::Mailbox;
use crate::store::{device, mailbox, push_log, token};
use std::collections::{BTreeSet, HashMap, HashSet};

/// How many pushes are read at once for each connection that registers. Who has missed more reads on by
/// themselves, so that nobody waits for long behind them.
const FIRST_PAGE: usize = 100;

/// A connection that asks to be registered.
#[derive(Debug)]
pub struct Request {
    /// Whose it says it is.
    pub uid: Uid,
    /// The role that it says they have.
    pub role: Role,
    /// The token that shall prove it.
    pub token: TokenHash,
    /// Where it comes from.
    pub origin: Origin,
    /// Where it is, where there are several nodes.
    pub place: Option<Place>,
}

/// A connection that is on record.
#[derive(Debug)]
pub struct Recorded {
    /// Whose it is.
    pub caller: Caller,
    /// Whether the app on its device is known to acknowledge pushes.
    pub acks: bool,
    /// Which of the account's registrations it came by, where there are several nodes; 0 otherwise.
    pub epoch: i64,
}

/// Records connections and gives their devices to the accounts. `FA_AUTH` where a token is void: nothing would
/// ever release the device; or where it is of somebody else. Of several from one device, or on several nodes of one
/// account, all but the first are left to be recorded by themselves.
pub fn record_all(tx: &mut Tx<'_>, requests: &[Request]) -> Result<Vec<Done<Recorded>>> {
    let tokens: Vec<_> = requests.iter().map(|request| request.token).collect();
    let callers = token::lock_callers(tx, &tokens)?;
    let (mut devices, mut people) = (HashSet::new(), HashSet::new());
    let verdicts: Vec<Result<Option<Caller>>> = requests
        .iter()
        .map(|request| {
            let caller = request.admit(&callers)?;
            let is_first = devices.insert(request.origin.deviceid.as_str())
                && (request.place.is_none() || people.insert(&request.uid));
            Ok(is_first.then_some(caller))
        })
        .collect();
    let let_in = requests.iter().zip(&verdicts).filter(|(_, verdict)| matches!(verdict, Ok(Some(_))));
    let let_in: Vec<_> = let_in.map(|(request, _)| request).collect();
    // The mailboxes are locked before the devices, as whoever is displaced loses theirs.
    let epochs = lock_epochs(tx, &let_in)?;
    let acking = record(tx, &let_in)?;
    enter(tx, &let_in, &epochs, &acking)?;
    let done = |(request, verdict): (&Request, Result<Option<Caller>>)| match verdict {
        Ok(Some(caller)) => {
            let acks = acking.contains(request.origin.deviceid.as_str());
            let epoch = epochs.get(&request.uid).copied().unwrap_or_default();
            Done::Answered(Ok(Recorded { caller, acks, epoch }))
        }
        Ok(None) => Done::Alone,
        Err(refusal) => Done::Answered(Err(refusal)),
    };
    Ok(requests.iter().zip(verdicts).map(done).collect())
}

/// Returns the devices whose apps are known to acknowledge.
fn record(tx: &mut Tx<'_>, requests: &[&Request]) -> Result<HashSet<String>> {
    if requests.is_empty() {
        return Ok(HashSet::new());
    }
    let arrivals: Vec<_> = requests.iter().map(|request| request.arrival()).collect();
    login_history::insert_connections(tx, &arrivals)?;
    device::register(tx, &arrivals)
}

/// Locks the mailboxes of those who register on one of several nodes; returns by which of its registrations each
/// account comes.
fn lock_epochs(tx: &mut Tx<'_>, requests: &[&Request]) -> Result<HashMap<Uid, i64>> {
    let placed = requests.iter().filter(|request| request.place.is_some());
    let uids: BTreeSet<_> = placed.map(|request| &request.uid).collect();
    if uids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(enter::lock(tx, &uids)?.into_iter().map(|(uid, epoch)| (uid, epoch + 1)).collect())
}

/// Gives them their places.
fn enter(
    tx: &mut Tx<'_>,
    requests: &[&Request],
    epochs: &HashMap<Uid, i64>,
    acking: &HashSet<String>,
) -> Result<()> {
    let Some(Place { node, .. }) = requests.first().and_then(|request| request.place) else { return Ok(()) };
    let entered = tx.now;
    let held = |request: &&Request| {
        let Request { uid, token, origin: Origin { deviceid, .. }, place, .. } = *request;
        let connection = Connection { device: deviceid.clone(), session: (*place)?.session };
        let (epoch, acks) = (*epochs.get(uid)?, acking.contains(deviceid.as_str()));
        Some(Held { uid: uid.clone(), connection, epoch, token: *token, acks, entered })
    };
    let held: Vec<_> = requests.iter().filter_map(held).collect();
    places::enter(tx, node, &held)
}

impl Request {
    fn admit(&self, callers: &HashMap<TokenHash, Caller>) -> Result<Caller> {
        let caller = callers.get(&self.token).ok_or(sessions::VOID)?;
        match caller.uid == self.uid && caller.role == self.role {
            true => Ok(caller.clone()),
            false => Err(Error::Auth("the token is not of this uid and type")),
        }
    }

    fn arrival(&self) -> Arrival<'_> {
        Arrival { uid: &self.uid, token: self.token, origin: &self.origin }
    }
}

/// Takes devices from the account whose connections were replaced, so that they get no more mobile
/// notices. Each comes with the time since when its connection had been there; a device that has
/// registered again since keeps its account.
pub fn release_replaced(tx: &mut Tx<'_>, uid: &Uid, replaced: &[(DeviceId, Time)]) -> Result<()> {
    let mut replaced = replaced.iter();
    replaced.try_for_each(|(deviceid, entered)| device::release_replaced(tx, uid, deviceid, *entered))
}

/// A connection that the registry knows of.
#[derive(Debug)]
pub struct Entered {
    /// Whose it is.
    pub uid: Uid,
    /// The token that it registered with.
    pub token: TokenHash,
    /// The last push that its client says to have.
    pub since: Option<i64>,
    /// What it is among those of several nodes.
    pub held: Option<(ConnectionPolicy, Held)>,
}

/// From where on somebody's pushes are sent.
#[derive(Debug)]
pub struct Start {
    /// Their newest push.
    pub seq: i64,
    /// The newest one that is known to have gone out to a device.
    pub sent: i64,
    /// The last push that the client has, where all after it are still held.
    pub since: Option<i64>,
    /// The first of those, as far as they have been read.
    pub missed: Vec<Frame>,
    /// The connection that has taken its place already, on another node.
    pub newer: Option<Newer>,
}

/// Finds from where on pushes are sent; `FA_AUTH` where a token is void. It was good a moment ago, but may have
/// become void before the registry knew of the connection that it would have closed.
pub fn find_starts(store: &mut AnyConnection, entered: &[Entered]) -> Result<Vec<Result<Start>>> {
    let tokens: Vec<_> = entered.iter().map(|entered| entered.token).collect();
    let mailboxes = mailbox::list_by_tokens(store, &tokens)?;
    let mut displaced = find_displaced(store, entered)?;
    let start = |entered: &Entered| match mailboxes.get(&entered.token) {
        Some(mailbox) => {
            let start = find_start(store, entered, mailbox)?;
            let session = entered.held.as_ref().map(|(_, held)| held.connection.session);
            Ok(Ok(Start { newer: session.and_then(|session| displaced.remove(&session)), ..start }))
        }
        None => Ok(Err(sessions::VOID)),
    };
    entered.iter().map(start).collect()
}

fn find_displaced(store: &mut AnyConnection, entered: &[Entered]) -> Result<HashMap<SessionId, Newer>> {
    let placed = entered.iter().filter_map(|entered| entered.held.clone());
    let (policies, held): (Vec<_>, Vec<_>) = placed.unzip();
    // It is the setting of the process.
    policies.first().map_or(Ok(HashMap::new()), |policy| places::find_displaced(store, *policy, &held))
}

fn find_start(store: &mut AnyConnection, entered: &Entered, mailbox: &Mailbox) -> Result<Start> {
    let held = entered.since.filter(|since| mailbox.holds_after(*since));
    let missed = match held {
        Some(since) if since < mailbox.seq => push_log::list_after(store, &entered.uid, since, FIRST_PAGE)?.0,
        Some(_) | None => Vec::new(),
    };
    Ok(Start { seq: mailbox.seq, sent: mailbox.sent, since: held, missed, newer: None })
}
