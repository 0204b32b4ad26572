//! The HTTP interface: this file is the whole table of addresses.
//!
//! `gate` keeps out who has no business here, `body` reads and answers; each other file holds the
//! handlers of one subject. Everything not named as open below needs a token.

pub mod account;
pub mod admin;
pub mod body;
pub mod chat;
pub mod contacts;
pub mod contract;
pub mod directory;
pub mod discussion;
pub mod gate;
pub mod inbox;
pub mod ops;
pub mod peer;

use crate::model::Role;
use crate::transport::websocket;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig, get, post};

const EVERYBODY: &[Role] = &[Role::User, Role::Doctor, Role::Admin];

/// Every address that the server answers.
pub fn routes(config: &mut ServiceConfig) {
    open(config);
    config
        .service(web::scope("/user").wrap(from_fn(|r, n| gate::gate(&[Role::User], r, n))).configure(user))
        .service(
            web::scope("/doctor").wrap(from_fn(|r, n| gate::gate(&[Role::Doctor], r, n))).configure(doctor),
        )
        .service(web::scope("/admin").wrap(from_fn(|r, n| gate::gate(&[Role::Admin], r, n))).configure(admin))
        .service(
            web::scope("/social").wrap(from_fn(|r, n| gate::gate(&[Role::User], r, n))).configure(social),
        )
        .service(
            web::scope("")
                .wrap(from_fn(|r, n| gate::gate(EVERYBODY, r, n)))
                .default_service(web::to(ops::nothing_here)),
        );
}

/// What is answered without a token.
fn open(config: &mut ServiceConfig) {
    config
        .route("/user/register", post().to(account::register))
        .route("/user/login", post().to(account::login_resident))
        .route("/doctor/login", post().to(account::login_doctor))
        .route("/admin/login", post().to(account::login_administrator))
        .route("/healthz", get().to(ops::healthz))
        .route("/readyz", get().to(ops::readyz))
        .route("/ws", get().to(websocket::connect));
}

fn user(config: &mut ServiceConfig) {
    member(config);
    config
        .route("/signed/list", get().to(contract::list_of_resident))
        .route("/contacts/remove", post().to(contacts::remove));
}

fn doctor(config: &mut ServiceConfig) {
    member(config);
    config
        .route("/signed/list", get().to(contract::list_of_doctor))
        .route("/signedprocess", post().to(contract::process))
        .route("/signedprocess2", post().to(contract::process_for_team))
        .route("/rejectsigned", post().to(contract::end))
        .route("/removemember", post().to(discussion::remove_member));
}

/// What residents and doctors share.
fn member(config: &mut ServiceConfig) {
    config
        .route("/logout", post().to(account::logout))
        .route("/me", get().to(account::me))
        .route("/alonechat/send", post().to(chat::send_alonechat))
        .route("/message/list", get().to(inbox::list_messages))
        .route("/message/read", post().to(inbox::read))
        .route("/dialog/list", get().to(inbox::list_dialogs))
        .route("/sync", get().to(inbox::sync))
        .route("/team/list", get().to(directory::list_teams))
        .route("/contacts/list", get().to(contacts::list))
        .route("/discussion/create", post().to(discussion::create))
        .route("/discussion/list", get().to(discussion::list))
        .route("/discussion/members", get().to(discussion::list_members))
        .route("/send", post().to(discussion::send))
        .route("/addmember", post().to(discussion::add_members))
        .default_service(web::to(ops::nothing_here));
}

fn social(config: &mut ServiceConfig) {
    config.route("/signed2", post().to(contract::apply)).default_service(web::to(ops::nothing_here));
}

fn admin(config: &mut ServiceConfig) {
    config
        .route("/logout", post().to(account::logout))
        .route("/community/create", post().to(admin::create_community))
        .route("/doctor/create", post().to(admin::create_doctor))
        .route("/team/create", post().to(admin::create_team))
        .route("/user/create", post().to(admin::create_user))
        .route("/admin/create", post().to(admin::create_administrator))
        .default_service(web::to(ops::nothing_here));
}
