//! The HTTP interface: this file is the whole table of addresses.
//!
//! `extract` is what handlers take and answer, each other folder holds the handlers of one subject,
//! `docs` describes them. Every address needs a token, except those in `open`.

pub mod account;
pub mod admin;
pub mod call;
pub mod chat;
pub mod contact;
pub mod contract;
pub mod docs;
pub mod duty;
pub mod extract;
pub mod notice;
pub mod ops;

use crate::http::account::{directory, person, register, session, web_push};
use crate::http::admin::{
    accounts, communities, import, import_check, mobile, new_accounts, reports, sessions, stats, teams,
};
use crate::http::chat::{discussion, file, history, inbox, message, quick_reply};
use crate::http::contact::{contacts, friend};
use crate::http::contract::{hours, reservation, signed};
use crate::http::docs::document::Document;
use crate::http::docs::table::{Endpoint, Table};
use crate::http::docs::{asyncapi, openapi};
use crate::http::duty::{desk, roster};
use crate::http::extract::caller::{Everyone, Staff};
use crate::http::notice::{announcement, doctors, history as notice_history, schedule};
use crate::http::ops::{health, metrics, pages, seen, viewer};
use crate::model::Role;
use crate::transport::host::Hosted;
use crate::transport::websocket;
use actix_web::web::{Json, ServiceConfig};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Every address that the server answers, with what it does.
pub fn tables() -> Vec<Table> {
    vec![
        Table::open(open),
        Table::scope("/user", &[Role::User], user),
        Table::scope("/doctor", &[Role::Doctor], doctor),
        Table::scope("/admin/duty", Staff::ROLES, duty),
        Table::scope("/admin", &[Role::Admin], admin),
        Table::scope("/social", &[Role::User], social),
        Table::scope("", Everyone::ROLES, everybody),
    ]
}

/// The paths of all addresses, and that of Socket.IO: what a request is counted and logged by.
pub fn paths() -> HashSet<String> {
    let endpoints = tables().into_iter().flat_map(Table::into_endpoints);
    endpoints.map(|Endpoint { path, .. }| path).chain(["/socket.io/".to_owned()]).collect()
}

/// Answers with the description of this very table.
async fn show_openapi() -> Json<Document> {
    static DOCUMENT: LazyLock<Document> = LazyLock::new(|| Document::new(&openapi::document(&tables())));
    Json(DOCUMENT.clone())
}

/// Registers every address with actix, and what the description leaves out: Socket.IO, the pages, and what `jiayi check` asks.
pub fn routes(config: &mut ServiceConfig, hosted: &Hosted) {
    hosted.mount("/socket.io", config);
    pages::mount(config);
    viewer::mount(config);
    seen::mount(config);
    tables().into_iter().for_each(|table| table.mount(config));
}

/// What is answered without a token.
fn open(table: &mut Table) {
    table
        .post("/user/register", register::register, "Makes a resident's account and logs it in")
        .post("/user/login", session::login_resident, "Logs a resident in")
        .post("/doctor/login", session::login_doctor, "Logs a doctor in")
        .post("/admin/login", session::login_administrator, "Logs an administrator in")
        .get("/healthz", health::healthz, "Whether the process is alive")
        .get("/readyz", health::readyz, "Whether the server can do its work")
        .get("/metrics", metrics::show, "The figures of this node, for Prometheus")
        .get("/openapi.json", show_openapi, "This description")
        .get("/asyncapi.json", asyncapi::show, "The description of what is said on a connection")
        .get("/ws", websocket::connect, "Opens a connection; `/asyncapi.json` describes what is said on it");
}

fn user(table: &mut Table) {
    member(table);
    table
        .post("/reservation/create", reservation::create, "Asks a doctor for an appointment")
        .post("/reservation/cancel", reservation::cancel, "Calls off one's own request that waits")
        .get("/reservation/list", reservation::list_of_resident, "One's own requests for appointments")
        .get("/hours", hours::show, "The hours in which a doctor of one's contract offers appointments")
        .get("/person", person::show_own, "Who one is as a person, as one's doctors see it")
        .post("/person/update", person::update_own, "Writes who one is: age, sex, illnesses, allergies");
    table.get("/signed/list", signed::list_of_resident, "One's contracts, past and present").post(
        "/contacts/remove",
        contacts::remove,
        "Takes a past contact off one's list and leaves that room",
    );
}

fn doctor(table: &mut Table) {
    member(table);
    staff(table);
    table
        .get("/signed/list", signed::list_of_doctor, "The contracts of one's teams")
        .post("/signedprocess", signed::process, "Accepts or refuses an application made to oneself")
        .post(
            "/signedprocess2",
            signed::process_for_team,
            "Accepts or refuses an application made to the team",
        )
        .post("/rejectsigned", signed::end, "Ends a contract in force, as its doctor or the team's leader")
        .post(
            "/removemember",
            discussion::remove_member,
            "Leaves a discussion group, or removes another from one's own",
        )
        .post("/teammatechat/send", message::send_teammatechat, "Writes to the other doctors of one's team")
        .post("/doctorfriendchat/send", message::send_doctorfriendchat, "Writes to a friend")
        .post("/doctorfriend/add", friend::add, "Asks a doctor to be friends, or accepts who has asked")
        .post("/doctorfriend/accept", friend::accept, "Accepts the doctor who has asked")
        .post("/doctorfriend/remove", friend::remove, "Ends a friendship, or takes back or refuses a request")
        .get("/doctorfriend/list", friend::list, "One's friends, or who waits to be one")
        .post(
            "/usermessage/push",
            doctors::push,
            "Sends a notice to a resident under contract with one's team",
        )
        .post("/usermessage/push2", doctors::push_to_several, "Sends a notice to several residents")
        .post("/usermessage/pushall", doctors::push_to_team, "Sends a notice to all residents of a team")
        .post("/reservation/update", reservation::update, "Accepts or refuses a request for an appointment")
        .get("/reservation/list", reservation::list_of_doctor, "The requests made to oneself")
        .get("/hours", hours::show_own, "The hours in which one offers appointments")
        .post("/hours/update", hours::update, "Sets the hours in which one offers appointments")
        .get("/person", person::show, "Who a resident under contract with one's team is")
        .post("/person/update", person::update, "Writes who a resident under contract with one's team is")
        .get("/usermessage/list", doctors::list, "One's own notices")
        .get("/usermessage/report", doctors::report, "How far one of one's own notices has reached")
        .get("/report", doctors::report, "How far one of one's own notices has reached");
}

/// What residents and doctors share.
fn member(table: &mut Table) {
    table
        .post("/logout", session::logout, "Makes the token void and closes its connections")
        .get("/me", session::me, "Who one is")
        .get("/webpush/key", web_push::show_key, "The key that a browser subscribes to web push with")
        .post(
            "/webpush/subscribe",
            web_push::subscribe,
            "Has a browser told of what comes while nobody is connected",
        )
        .post("/webpush/unsubscribe", web_push::unsubscribe, "Has this browser told no more")
        .post("/alonechat/send", message::send_alonechat, "Writes to the other party of a contract in force")
        .get("/message/list", inbox::list_messages, "One's message list")
        .post("/message/read", inbox::read, "Marks a room, or a line of the message list, as read")
        .get("/notice/list", notice_history::list, "The notices that one has been told, older ones too")
        .get("/dialog/list", inbox::list_dialogs, "The messages of a room, between `after` and `before`")
        .get("/dialog/search", history::search, "The messages that hold some words, in one's own rooms")
        .post("/dialog/recall", history::recall, "Withdraws a message of one's own within two minutes")
        .get("/sync", inbox::sync, "The durable pushes after `since`, oldest first")
        .get("/team/list", directory::list_teams, "The teams of one's community, with their doctors")
        .get("/contacts/list", contacts::list, "The people whom one shares a room of two with")
        .post("/discussion/create", discussion::create, "Makes a discussion group with its first members")
        .get("/discussion/list", discussion::list, "The discussion groups that one is in")
        .get("/discussion/members", discussion::list_members, "Who is in a discussion group")
        .post("/send", discussion::send, "Writes in a discussion group")
        .post("/addmember", discussion::add_members, "Takes people into a discussion group")
        .post("/file", file::upload, "Takes a file of at most 20 MiB, for a message to name")
        .post("/videoCall/invite", call::invite, "Calls the other one in a room of two")
        .post("/videoCall/accept", call::accept, "Accepts a call that rings")
        .post("/videoCall/disconnect", call::disconnect, "Hangs up, cancels or refuses a call");
}

/// What doctors and administrators share.
fn staff(table: &mut Table) {
    table
        .get("/quickreply/list", quick_reply::list, "One's own quick replies, and those of one's teams")
        .post("/quickreply/create", quick_reply::create, "Keeps words to write them again")
        .post("/quickreply/update", quick_reply::update, "Changes a quick reply, or moves it")
        .post("/quickreply/remove", quick_reply::remove, "Deletes a quick reply");
}

/// What is for every role.
fn everybody(table: &mut Table) {
    table.get(
        "/file",
        file::download,
        "Reads a file that is one's own, was sent to one, or that a question at the duty desk shows",
    );
    table.post(
        "/file/address",
        file::sign,
        "Signs addresses of files, good for ten minutes without a header",
    );
}

fn social(table: &mut Table) {
    table.post("/signed2", signed::apply, "Applies for a contract with a team, through one doctor of it");
}

/// For administrators, and for doctors while they are on duty.
fn duty(table: &mut Table) {
    table
        .get("/list", desk::list, "The questions that wait, oldest first")
        .get("/history", desk::history, "A question that one may answer, and the 20 messages before it")
        .get("/person", desk::person, "Who the resident is that asks, for who may answer")
        .post("/claim", desk::claim, "Takes a question on: nobody else of the desk answers it for a while")
        .post("/sendmsg", desk::answer, "Answers a question in the place of its doctor, with files")
        .post("/remindmsg", desk::remind, "Reminds a room of a question that waits")
        .get("/roster", roster::list, "Who is on duty when")
        .get("/turns", roster::list_between, "The turns of duty of a span of time, such as a week")
        .post("/roster", roster::change, "Puts a doctor on duty, or changes a turn of duty");
}

fn admin(table: &mut Table) {
    staff(table);
    table.post("/file", file::upload, "Takes a file of at most 20 MiB, for an answer at the duty desk");
    table
        .post("/logout", session::logout, "Makes the token void and closes its connections")
        .post("/community/create", communities::create, "Makes a community")
        .post("/doctor/create", new_accounts::create_doctor, "Makes a doctor's account")
        .post("/team/create", teams::create, "Makes a team; its leader is one of its doctors")
        .post("/user/create", new_accounts::create_resident, "Makes a resident's account")
        .post("/admin/create", new_accounts::create_administrator, "Makes an administrator's account")
        .post("/user/import/check", import_check::check_residents, "Checks a CSV file of residents")
        .post("/user/import", import::import_residents, "Makes the accounts of some residents of a file")
        .post("/doctor/import/check", import_check::check_doctors, "Checks a CSV file of doctors")
        .post("/doctor/import", import::import_doctors, "Makes the accounts of some doctors of a file")
        .get("/push/stats", mobile::show, "How mobile notices fare")
        .post("/platform/push", announcement::push_to_platform, "Announces to everybody of an audience")
        .get("/platform/list", announcement::list_platform, "What was announced to the platform")
        .get("/platform/report", announcement::report, "How far an announcement has reached")
        .post("/socialpush/create", announcement::push_to_community, "Announces to a community")
        .get("/socialpush/list", announcement::list_social, "What was announced to communities")
        .get("/socialpush/report", announcement::report, "How far an announcement has reached")
        .get("/report", announcement::report, "How far an announcement has reached")
        .get("/announcement/audience", schedule::count_audience, "How many an announcement would reach")
        .post("/announcement/schedule", schedule::schedule, "Makes an announcement for later")
        .get("/announcement/scheduled", schedule::list, "The announcements that wait for their time")
        .post("/announcement/cancel", schedule::cancel, "Takes back an announcement that waits")
        .get("/community/list", communities::list, "The communities")
        .post("/community/update", communities::update, "Gives a community another name")
        .post("/community/disable", communities::disable, "Closes a community, or opens it again")
        .get("/team/list", teams::list, "The teams, with their doctors")
        .post("/team/update", teams::update, "Changes a team, who leads it and who is in it")
        .post("/team/disable", teams::disable, "Closes a team, or opens it again")
        .get("/doctor/list", accounts::list_doctors, "The doctors' accounts")
        .post("/doctor/update", accounts::update_doctor, "Changes a doctor's account")
        .post("/doctor/disable", accounts::disable_doctor, "Closes a doctor's account, or opens it again")
        .get("/user/list", accounts::list_residents, "The residents' accounts")
        .post("/user/update", accounts::update_resident, "Changes a resident's account")
        .post("/user/disable", accounts::disable_resident, "Closes a resident's account, or opens it again")
        .get("/admin/list", accounts::list_administrators, "The administrators' accounts")
        .post("/admin/update", accounts::update_administrator, "Changes an administrator's account")
        .post(
            "/admin/disable",
            accounts::disable_administrator,
            "Closes an administrator's account, or opens it again",
        )
        .get("/session/list", sessions::list_sessions, "Who is connected")
        .post("/session/kick", sessions::kick, "Makes somebody's tokens void and closes their connections")
        .get("/stats", stats::show, "Numbers for a dashboard")
        .get("/report/work", reports::show_work, "How soon residents were answered in a period, and by whom")
        .get("/report/contracts", reports::show_contracts, "What became of contracts in a period");
}
