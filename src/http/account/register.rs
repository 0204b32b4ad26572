//! Signing up. The answer does not tell whether the phone has an account: who does not know its password
//! reads the same as after signing up, with a token that is void.

use crate::app::App;
use crate::auth::password::Lane;
use crate::auth::token;
use crate::error::{Error, Result};
use crate::http::account::session::{LoggedIn, Owner, admit, answer, earlier_token};
use crate::http::extract::body::Body;
use crate::http::extract::client_address::client_address;
use crate::http::extract::response::WithCookie;
use crate::limits::login::LoginAttempt;
use crate::limits::network::Network;
use crate::model::{CommunityId, Login, Name, Password, Phone, Role, Uid};
use crate::service::accounts;
use crate::service::sessions::{self, Candidate};
use crate::store::account::NewAccount;
use crate::store::web_subscription;
use actix_web::HttpRequest;
use actix_web::web::Data;
use schemars::JsonSchema;
use serde::Deserialize;

/// The body of `/user/register`.
#[derive(Clone, Deserialize, JsonSchema)]
#[schemars(rename = "RegisterRequest")]
pub struct Registration {
    phone: Phone,
    password: Password,
    name: Name,
    communityid: Option<CommunityId>,
}

/// Creates a resident's account and logs it in. Where the phone has an account with this password, as after
/// an answer that got lost, that one is logged in.
pub async fn register(
    request: HttpRequest,
    app: Data<App>,
    Body(body): Body<Registration>,
) -> Result<WithCookie<LoggedIn>> {
    let network = Network::from(client_address(&request, app.config()));
    app.admit_registration(network).await?;
    let name = body.name.as_str().to_owned();
    match find_or_create(&app, network, body).await? {
        Some((owner, password)) => admit(&request, &app, network, owner, password).await,
        None => {
            let nobody = Owner { uid: Uid::new(), role: Role::User, name };
            // Its cookie, too, takes the place of an earlier one.
            if let Some(earlier) = earlier_token(&request, Role::User) {
                app.write(move |tx| web_subscription::end_of_token(tx, earlier)).await?;
            }
            Ok(answer(&app, nobody, token::mint()?))
        }
    }
}

/// The owner of the account with this phone and their password's hash; `None` where it has another password.
async fn find_or_create(app: &App, network: Network, body: Registration) -> Result<Option<(Owner, String)>> {
    let login = Login::from(body.phone.clone());
    loop {
        if let Some(candidate) = find(app, network, &login, body.communityid.clone()).await? {
            return prove(app, network, &login, &body.password, candidate).await;
        }
        match create(app, &login, &body).await {
            Ok(created) => return Ok(Some(created)),
            // Somebody was quicker; the second look finds their account.
            Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
}

async fn find(
    app: &App,
    network: Network,
    login: &Login,
    communityid: Option<CommunityId>,
) -> Result<Option<Candidate>> {
    let login = login.clone();
    let found = app.read(move |store| {
        accounts::require_community(store, communityid.as_ref())?;
        sessions::find_candidate(store, Role::User, &login, network)
    });
    found.await
}

/// Signing up is no second way of guessing passwords: it counts as an attempt to log in.
async fn prove(
    app: &App,
    network: Network,
    login: &Login,
    password: &Password,
    Candidate { account, password: kept, known_network }: Candidate,
) -> Result<Option<(Owner, String)>> {
    let attempt = match known_network {
        true => LoginAttempt::known(Role::User, login, network),
        false => LoginAttempt::unknown(Role::User, login, network),
    };
    let admitted = match app.admit_login(&attempt).await {
        Ok(()) => true,
        Err(Error::Limit { .. }) => false,
        Err(error) => return Err(error),
    };
    let right =
        app.passwords().matches(Lane::Registration, password.secret().to_owned(), Some(kept.clone())).await?;
    match admitted && right && !account.disabled {
        true => {
            app.login_succeeded(&attempt).await?;
            Ok(Some((Owner { uid: account.uid, role: Role::User, name: account.name }, kept)))
        }
        false => Ok(None),
    }
}

async fn create(app: &App, login: &Login, body: &Registration) -> Result<(Owner, String)> {
    let password = app.passwords().hash_in(Lane::Registration, body.password.clone()).await?;
    let Registration { name, communityid, .. } = body.clone();
    let (role, kept, login) = (Role::User, password.clone(), login.clone());
    let new = NewAccount { role, login, password, name: name.clone(), communityid, title: None };
    let uid = app.write(move |tx| accounts::create(tx, &new)).await?;
    Ok((Owner { uid, role, name: name.as_str().to_owned() }, kept))
}
