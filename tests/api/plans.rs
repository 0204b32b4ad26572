//! How the databases find what the server asks of them: no statement reads all of a table that grows.
//!
//! All statements of a walk through the whole interface are recorded, and each is explained. What a plan does
//! not show, how many rows an index leads to, is measured elsewhere (`docs/performance.md`).

use crate::app::{Database, TestApp, answer};
use crate::people::Person;
use crate::walk::walk;
use diesel::connection::{
    Instrumentation, InstrumentationEvent, SimpleConnection, set_default_instrumentation,
};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use jiayi::config::Config;
use jiayi::config::secret::Secret;
use jiayi::db::connection::AnyConnection;
use jiayi::model::{DialogId, Time};
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

/// The tables of which an organisation has few rows, as of calls that go on; all others grow.
const SMALL: &[&str] = &[
    "__diesel_schema_migrations",
    "community",
    "node",
    "office_hours",
    "probe",
    "scheduled_announcement",
    "search_mark",
    "tally",
    "team",
    "team_doctor",
    "video_call_party",
];

/// What may read a table from its beginning: a part of the statement without its quotes, and why.
const ALLOWED: &[(&str, &str)] = &[
    ("(1=0)", "nothing is read: a list was empty"),
    ("WHERE 1=0", "nothing is read: it asks whether the table is there"),
    ("DELETE FROM search_words WHERE (search_words.rowid IN", "a virtual table finds its rows by their ids"),
    ("INSERT INTO room (", "only where a foreign key is broken already, which none is"),
    ("SELECT EXISTS (SELECT account.uid FROM account)", "one row is read"),
    ("FROM token ORDER BY token.expires LIMIT", "one row is read"),
    ("ORDER BY push_log.pushid LIMIT", "a page is read, in the order of the key, of a clock that is right"),
    ("FROM json_each(?1) AS place", "a list that the server names, of a page's length"),
    ("FROM chain WHERE", "a page's pushes and less than 64 more, each found by its key"),
    ("ORDER BY duty_roster.rosterid DESC LIMIT", "a page is read, in the order of the key"),
    (
        "WHERE (mailbox.told < mailbox.acked)",
        "once, at the start; an index would be written by every message",
    ),
];

/// The databases that are watched, and what is asked of each.
static WATCHED: Mutex<BTreeMap<String, BTreeSet<String>>> = Mutex::new(BTreeMap::new());

/// Records the statements of one connection, if its database, by its URL, is watched.
struct Recorder(String);

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => {
                url.clone_into(&mut self.0);
            }
            InstrumentationEvent::StartQuery { query, .. } => {
                let mut watched = WATCHED.lock().unwrap();
                let of_this = watched.iter_mut().find(|(url, _)| self.0.contains(url.as_str()));
                let Some((_, asked)) = of_this else { return };
                let text = query.to_string();
                let statement = text.split(" -- binds: ").next().unwrap().to_owned();
                if ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"]
                    .iter()
                    .any(|verb| statement.starts_with(verb))
                {
                    asked.insert(statement);
                }
            }
            _ => {}
        }
    }
}

fn watch(config: &mut Config) {
    // Browsers are told, or would be.
    config.push.vapid_key = Secret(webpush_client::generate_key().unwrap());
    config.push.vapid_subject = "mailto:it@clinic.test".to_owned();
    config.push.web_services = vec!["http://127.0.0.1:9".to_owned()];
    config.push.gather_seconds = 0;
    set_default_instrumentation(|| Some(Box::new(Recorder(String::new())))).unwrap();
    WATCHED.lock().unwrap().insert(watched(config).to_owned(), BTreeSet::new());
}

/// What the URLs of all connections to the database have in common.
fn watched(config: &Config) -> &str {
    config.database_url.trim_start_matches("sqlite://")
}

/// What a server has asked for while all was done that can be done.
async fn asked(database: Database) -> (TestApp, Vec<String>) {
    let app = TestApp::start_with(database, watch).await;
    let stage = walk(&app).await;
    let lists: Value = reqwest::get(app.url("/openapi.json")).await.unwrap().json().await.unwrap();
    let lists: Vec<_> =
        lists["paths"].as_object().unwrap().iter().filter(|(_, path)| path["get"].is_object()).collect();
    for who in ["resident1", "doctor1", "doctor3", "admin"] {
        let who = stage.get(who);
        for (path, _) in lists.iter().filter(|(path, _)| !path.contains('{')) {
            read_two_pages(&app, who, path).await;
        }
        who.get("dialog/search?q=头疼").await;
        for list in ["admin/user/list", "admin/doctor/list", "doctor/signed/list"] {
            who.get(&format!("/{list}?name=x&phone=0001&stid=x&before=x&mine=true")).await;
        }
    }
    let file = Part::text("phone,name\n13800000001,x\n").file_name("people.csv");
    let check = reqwest::Client::new().post(app.url("/admin/user/import/check"));
    answer(check.bearer_auth(&stage.get("admin").token).multipart(Form::new().part("file", file))).await;
    let statements = WATCHED.lock().unwrap().remove(watched(app.app.config())).unwrap();
    assert!(statements.len() > 150, "{} statements are no walk", statements.len());
    (app, statements.into_iter().collect())
}

/// The first page of a list, as far as it is one, and the second.
async fn read_two_pages(app: &TestApp, who: &Person, path: &str) {
    let read = async |query: String| {
        let request = reqwest::Client::new().get(app.url(&format!("{path}?{query}")));
        let answer = request.bearer_auth(&who.token).send().await.unwrap();
        answer.json::<Value>().await.unwrap_or_default()
    };
    let first = read("limit=1".to_owned()).await;
    if let Some(next) = first["next"].as_str() {
        read(format!("limit=1&before={next}")).await;
        read(format!("limit=1&after={next}")).await;
    }
}

/// The tables of a statement, by the names that it gives them.
fn aliases(statement: &str) -> BTreeMap<&str, &str> {
    let words: Vec<_> = statement.split(['`', '"']).collect();
    let named = words.windows(3).filter(|words| words[1] == " AS ");
    named.map(|words| (words[2], words[0])).collect()
}

fn is_allowed(statement: &str) -> bool {
    let plain = statement.replace(['`', '"'], "");
    ALLOWED.iter().any(|(part, _)| plain.contains(part))
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[actix_web::test]
async fn sqlite_reads_no_whole_table() {
    let (app, statements) = asked(Database::Sqlite).await;
    let mut store = app.app.config().database().unwrap().connect().unwrap();
    let partial = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'";
    let partial: Vec<Name> = diesel::sql_query(partial).load(&mut store).unwrap();
    let mut whole = Vec::new();
    for statement in &statements {
        let steps = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load::<Step>(&mut store);
        let names = aliases(statement);
        for Step { detail } in steps.unwrap_or_else(|error| panic!("{statement}: {error}")) {
            let Some(scanned) = detail.strip_prefix("SCAN ") else { continue };
            let table = scanned.split(' ').next().unwrap();
            let table = names.get(table).copied().unwrap_or(table);
            let is_partial = partial.iter().any(|index| scanned.ends_with(&format!(" {}", index.name)));
            if is_table(table) && !SMALL.contains(&table) && !is_partial && !is_allowed(statement) {
                whole.push(format!("{detail}: {statement}"));
            }
        }
    }
    assert!(whole.is_empty(), "{} of {}:\n{}", whole.len(), statements.len(), whole.join("\n"));
}

/// `CONSTANT ROW`, and results of parts of a statement, are no tables.
fn is_table(name: &str) -> bool {
    name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
}

#[derive(QueryableByName)]
struct Index {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    on: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

impl Index {
    /// Whether a condition leads into it, by its first column; one of few rows is read whole.
    fn leads(&self, condition: &str) -> bool {
        let first = self.definition.split(['(', ',', ')']).nth(1).unwrap().trim();
        self.definition.contains(" WHERE ") || condition.contains(first)
    }
}

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    plan: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn postgres_reads_no_whole_table() {
    let (app, statements) = asked(Database::Postgres).await;
    let mut store = app.app.config().database().unwrap().connect().unwrap();
    let indices = "SELECT indexname::text AS name, tablename::text AS on, indexdef AS definition FROM pg_indexes \
         WHERE schemaname = current_schema()";
    let indices: Vec<Index> = diesel::sql_query(indices).load(&mut store).unwrap();
    let indices: BTreeMap<_, _> = indices.iter().map(|index| (index.name.as_str(), index)).collect();
    store.batch_execute(SOME_THOUSAND_ROWS).unwrap();
    for hours in [0, 24, 48] {
        let then = Time::now() + Duration::from_secs(hours * 3600) - Duration::from_secs(86_400);
        store.batch_execute(&pushes_of(then)).unwrap();
    }
    store.batch_execute("ANALYZE").unwrap();
    // What is left when nothing is cheap but to look by an index is what there is no index for.
    let forced = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; \
         SET plan_cache_mode = force_generic_plan";
    store.batch_execute(forced).unwrap();
    let mut whole = Vec::new();
    for statement in &statements {
        let plan = explain(&mut store, statement);
        let mut scans = Vec::new();
        find_scans(&plan[0]["Plan"], &indices, &mut scans);
        scans.retain(|table| !SMALL.contains(&table.as_str()) && !is_allowed(statement));
        whole.extend(scans.iter().map(|table| format!("{table}: {statement}")));
    }
    assert!(whole.is_empty(), "{} of {}:\n{}", whole.len(), statements.len(), whole.join("\n"));
}

/// A store that is large enough for PostgreSQL to tell a good index from a bad one.
const SOME_THOUSAND_ROWS: &str = "
    INSERT INTO account (uid, role, login, password, name, createtime)
        SELECT 'p' || i, CASE i % 20 WHEN 0 THEN 'doctor' ELSE 'user' END, 'p' || i, 'x', 'x', i FROM generate_series(1, 4000) i;
    INSERT INTO mailbox (uid, seq) SELECT 'p' || i, 3 FROM generate_series(1, 4000) i;
    INSERT INTO team (stid, name, communityid, leader, createtime)
        SELECT 't' || i, 'x', (SELECT min(communityid) FROM community), 'p20', i FROM generate_series(1, 200) i;
    INSERT INTO team_doctor (stid, uid) SELECT 't' || i, 'p' || 20 * i FROM generate_series(1, 200) i;
    INSERT INTO social_signed (sid, uid, doctoruid, stid, status, createtime, updatetime)
        SELECT 's' || i, 'p' || i, 'p20', 't' || 1 + i % 200, CASE i % 2 WHEN 0 THEN 'signed' ELSE 'ended' END, i, i
        FROM generate_series(1, 4000) i;
    INSERT INTO room (roomid, kind, pair, open, seq, updatetime, createtime)
        SELECT 'r' || i, 'alonechat', 'x' || i, TRUE, 2, i, i FROM generate_series(1, 4000) i;
    INSERT INTO room_member (roomid, uid, messageid, joined_seq, read_seq)
        SELECT 'r' || i, 'p' || 1 + (i + s) % 4000, 'm' || i || '-' || s, 0, 0
        FROM generate_series(1, 4000) i, generate_series(1, 2) s;
    INSERT INTO social_dialog (roomid, roomseq, dialogid, fromuid, kind, body, createtime)
        SELECT 'r' || i, s, 'd' || i || '-' || s, 'p' || i, 'text', '\"x\"', i
        FROM generate_series(1, 4000) i, generate_series(1, 2) s;
    INSERT INTO platform_topic (topicid, tag, author, title, content, data, createtime, finished)
        SELECT 'o' || i, 'x', 'p20', 'x', 'x', '{}', i, TRUE FROM generate_series(1, 1000) i;
    INSERT INTO topic_recipient (uid, topicid, seq, number)
        SELECT 'p' || i, 'o' || 1 + (i + s) % 1000, 1, 1 FROM generate_series(1, 4000) i, generate_series(1, 2) s;
    INSERT INTO social_message (uid, tag, messageid, topicid, total, updatetime)
        SELECT 'p' || i, 'x', 'n' || i, 'o' || 1 + i % 1000, 1, i FROM generate_series(1, 4000) i;
    INSERT INTO duty_roster (rosterid, uid, begins, ends)
        SELECT 'd' || i, 'p' || 20 * (1 + i % 200), i, i + 1 FROM generate_series(1, 4000) i;
    INSERT INTO connection (uid, deviceid, slot, incarnation, session, epoch, token, acks, entered)
        SELECT uid, 'phone', 0, 1, 1, 1, '', FALSE, 0 FROM account;
    INSERT INTO attempt (key, at) SELECT uid, row_number() OVER () FROM account;
";

/// The pushes of a day, a third of which share their words.
fn pushes_of(then: Time) -> String {
    let least = DialogId::least_from(then);
    let (made, millis) = (&least.as_str()[..10], then.millis());
    format!(
        "INSERT INTO push_body (bodyid, shared) SELECT '{made}' || lpad(i::text, 16, '0'), '{{}}' FROM generate_series(1, 4000) i; \
         INSERT INTO push_log (uid, seq, name, own, bodyid, createtime) \
             SELECT 'p' || i, {millis} + s, 'x', '{{}}', CASE s WHEN 1 THEN '{made}' || lpad(i::text, 16, '0') END, {millis} \
             FROM generate_series(1, 4000) i, generate_series(1, 3) s"
    )
}

/// The plan of a statement for whatever its values are.
fn explain(store: &mut AnyConnection, statement: &str) -> Value {
    let prepare = format!("DEALLOCATE ALL; PREPARE asked AS {statement}");
    store.batch_execute(&prepare).unwrap_or_else(|error| panic!("{statement}: {error}"));
    let count = "SELECT cardinality(parameter_types)::bigint AS count FROM pg_prepared_statements WHERE name = 'asked'";
    let count = diesel::sql_query(count).get_result::<Count>(store).unwrap().count as usize;
    let values = match count {
        0 => String::new(),
        count => format!("({})", vec!["NULL"; count].join(", ")),
    };
    let explained =
        diesel::sql_query(format!("EXPLAIN (FORMAT JSON) EXECUTE asked{values}")).get_result::<Plan>(store);
    serde_json::from_str(&explained.unwrap().plan).unwrap()
}

/// The tables that a plan reads from their beginning, or an index of theirs that has all their rows.
fn find_scans(node: &Value, indices: &BTreeMap<&str, &Index>, scans: &mut Vec<String>) {
    let index = node["Index Name"].as_str().and_then(|name| indices.get(name));
    match (node["Node Type"].as_str().unwrap_or_default(), index) {
        ("Seq Scan", _) => scans.push(node["Relation Name"].as_str().unwrap_or_default().to_owned()),
        (_, Some(index)) if !index.leads(node["Index Cond"].as_str().unwrap_or_default()) => {
            scans.push(index.on.clone());
        }
        _ => {}
    }
    for inner in node["Plans"].as_array().into_iter().flatten() {
        find_scans(inner, indices, scans);
    }
}
