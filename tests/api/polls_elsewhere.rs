//! Polls and posts of Socket.IO that come to another node than the one that has the connection: it is asked, and whatever is
//! lost on the way ends the connection, so that its client comes back for it.

use crate::across::hear_each_other;
use crate::app::TestApp;
use crate::metrics::Scrape;
use crate::people::Person;
use crate::slots::{open, start_with};
use crate::socketio::{Client, Line};
use jiayi::cluster::memory::{Faults, Network};
use jiayi::config::Config;
use jiayi::limits::network::Network as IpNetwork;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// How long a test waits.
const PATIENCE: Duration = Duration::from_secs(20);

/// Two nodes, of which the second one gets the polls.
struct Misled {
    network: Network,
    owner: TestApp,
    other: TestApp,
}

impl Misled {
    async fn start(settle: impl Fn(&mut Config)) -> Self {
        let network = Network::new(11, Faults::default());
        let owner = start_with(&network, 5, None, &settle).await;
        let other = start_with(&network, 42, Some(&owner), &settle).await;
        hear_each_other(&[&owner.app, &other.app]).await;
        Self { network, owner, other }
    }

    /// Leads a client's next requests to the other one of the nodes than until now.
    fn turn(&self, client: &mut Client) {
        let Line::Polling { url, .. } = &mut client.line else { panic!("it is upgraded") };
        let (owner, other) = (self.owner.url("/"), self.other.url("/"));
        *url = match url.starts_with(&owner) {
            true => url.replacen(&owner, &other, 1),
            false => url.replacen(&other, &owner, 1),
        };
    }

    /// A client that the owner has, whose every request comes to the other node.
    async fn client(&self, version: u8, who: &Person, since: Option<i64>) -> (Client, Value) {
        let line = Line::polling(&self.owner.engine(version, "polling"), version, &[]).await;
        let mut client = Client { line, acks: 0 };
        self.turn(&mut client);
        let mut client = Client::join(client.line, version, "").await;
        client.say("C2S_REGISTER_REQ", who.registration("phone", since)).await;
        let answer = client.hear("S2C_REGISTER_RES").await["data"].clone();
        (client, answer)
    }

    /// Waits until the owner has so many connections of Socket.IO.
    async fn has(&self, connections: usize) {
        let until = async {
            while self.owner.socketio.connections() != connections {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, until).await.expect("the owner has other connections");
    }
}

/// A poll or a post of a connection that is not there: its status and its error's code.
async fn asks(url: String, posted: Option<String>) -> (u16, Value) {
    let client = reqwest::Client::new();
    let request = match posted {
        Some(body) => client.post(url).body(body),
        None => client.get(url),
    };
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json::<Value>().await.map_or(Value::Null, |error| error["code"].clone()))
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn whichever_node_is_asked_all_is_heard_once_and_in_order() {
    let nodes = Misled::start(|config| config.budgets.enabled = false).await;
    let (doctor, resident) = (nodes.owner.login("doctor1").await, nodes.owner.login("resident1").await);
    for version in [3, 4] {
        let (mut phone, _) = nodes.client(version, &resident, None).await;
        for number in 0..30 {
            let text = format!("{version}: {number} \" \\ 头疼");
            doctor.writes(&resident, &text).await;
            let heard = phone.hear("S2C_ALONECHAT_PUSH").await;
            assert_eq!(heard["data"]["data"]["body"], text);
            if number % 3 == 0 {
                nodes.turn(&mut phone);
            }
            phone.say("C2S_ACK", json!({ "seq": heard["seq"] })).await;
        }
        // Many that wait come in several answers.
        let long = "长".repeat(5_000);
        for number in 0..40 {
            doctor.writes(&resident, &format!("{number}{long}")).await;
        }
        for number in 0..40 {
            let heard = phone.hear("S2C_ALONECHAT_PUSH").await;
            assert_eq!(heard["data"]["data"]["body"], format!("{number}{long}"));
            if number % 7 == 0 {
                nodes.turn(&mut phone);
            }
        }
        nodes.turn(&mut phone);
        phone.packet("1").await;
        nodes.has(0).await;
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_client_that_hangs_up_a_poll_elsewhere_is_gone() {
    let nodes = Misled::start(|_| ()).await;
    let resident = nodes.owner.login("resident1").await;
    let (phone, _) = nodes.client(4, &resident, None).await;
    let Line::Polling { url, .. } = &phone.line else { unreachable!() };
    let path = url.strip_prefix(&nodes.other.url("")).unwrap();
    let answered = nodes.other.scrape().await.get("jiayi_cluster_questions_total{outcome=\"answered\"}");
    let mut stream = TcpStream::connect(nodes.other.address).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: here\r\n\r\n").as_bytes()).await.unwrap();
    let polls = |now: &Scrape| {
        now.get("jiayi_cluster_questions_total{outcome=\"answered\"}") > answered
            && now.get("jiayi_cluster_questions_waiting") == 1.0
    };
    nodes.other.scrape_until(polls).await;
    drop(stream);
    nodes.has(0).await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_is_lost_on_the_way_is_there_when_the_client_comes_back() {
    let nodes = Misled::start(|config| {
        (config.presence_grace_seconds, config.ping_timeout_seconds) = (1, 1);
        config.ping_seconds = 2;
    })
    .await;
    let (doctor, resident) = (nodes.owner.login("doctor1").await, nodes.owner.login("resident1").await);
    let (mut phone, answer) = nodes.client(4, &resident, None).await;
    let since = answer["seq"].as_i64().unwrap();
    nodes.network.set_faults(Faults { lost: 100, ..Faults::default() });
    doctor.writes(&resident, "您好").await;
    assert_eq!(phone.next().await, "400", "the client is to open another connection");
    nodes.network.set_faults(Faults::default());
    hear_each_other(&[&nodes.owner.app, &nodes.other.app]).await;
    let (mut phone, _) = nodes.client(4, &resident, Some(since)).await;
    assert_eq!(phone.hear("S2C_ALONECHAT_PUSH").await["data"]["data"]["body"], "您好");
    nodes.has(1).await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_poll_ends_once_its_node_is_not_heard() {
    let nodes = Misled::start(|_| ()).await;
    let resident = nodes.owner.login("resident1").await;
    let (phone, _) = nodes.client(4, &resident, None).await;
    let Line::Polling { url, .. } = &phone.line else { unreachable!() };
    let poll = tokio::spawn(asks(url.clone(), None));
    nodes.other.scrape_until(|now| now.get("jiayi_cluster_questions_waiting") == 1.0).await;
    nodes.network.set_faults(Faults { lost: 100, ..Faults::default() });
    // Else it would wait for 45 s.
    let answer = tokio::time::timeout(PATIENCE, poll).await.expect("it still waits").unwrap();
    assert_eq!(answer, (400, json!(1)));
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_is_no_poll_of_somebodys_is_refused_where_it_comes() {
    let nodes = Misled::start(|_| ()).await;
    let sid = open(&nodes.owner).await;
    let there = |sid: &str, transport: &str| format!("{}&sid={sid}", nodes.other.engine(4, transport));
    let strange = format!("05{}", "x".repeat(sid.len() - 2));
    for (sid, transport) in
        [(&*strange, "polling"), ("07abc", "polling"), ("头", "polling"), (&*sid, "websocket")]
    {
        assert_eq!(asks(there(sid, transport), None).await, (400, json!(1)), "{sid} {transport}");
    }
    assert_eq!(asks(there(&strange, "polling"), Some("40".to_owned())).await, (400, json!(1)));
    assert_eq!(asks(there(&sid, "polling"), Some("no packet".to_owned())).await, (400, json!(3)));
    nodes.has(0).await;
    let sid = open(&nodes.owner).await;
    let large = "4".repeat(nodes.owner.app.config().socketio.max_payload + 1);
    assert_eq!(asks(there(&sid, "polling"), Some(large)).await.0, 413);
    nodes.has(0).await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_poll_that_waits_elsewhere_is_no_stranger() {
    let nodes = Misled::start(|config| config.connections_before_login = 3).await;
    let people = ["resident1", "resident2", "doctor1", "doctor2", "admin"];
    let mut phones = Vec::new();
    for account in people {
        let person = nodes.owner.login(account).await;
        phones.push(nodes.client(4, &person, None).await.0);
    }
    let network: IpNetwork = IpAddr::from([127, 0, 0, 1]).into();
    let shares = nodes.other.app.connections_before_login();
    let mut polls = Vec::new();
    for phone in &phones {
        let Line::Polling { url, .. } = &phone.line else { unreachable!() };
        polls.push(tokio::spawn(reqwest::get(url.clone())));
        // While they wait, none of them has a share of those that strangers have.
        let all_are_free = async {
            while (0..3).map_while(|_| shares.take(network)).collect::<Vec<_>>().len() < 3 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, all_are_free).await.expect("a poll is taken for a stranger's");
    }
    assert!(polls.iter().all(|poll| !poll.is_finished()), "all of them wait");
}
