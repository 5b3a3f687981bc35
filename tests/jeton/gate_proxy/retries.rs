//! Failures that pass: clients that repeat what was answered with 502 or 503 lose no row.

use std::{
    env, fs,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};

use crate::{
    home::{Home, on_each_database},
    support::server::{client, with_token},
};

use super::{api::influxdb1, configured::Scene, influxdb1_program::Influxd, played::WITHIN, relay::Relay};

/// Number of clients that write at the same time.
const CLIENTS: u64 = 4;
/// Minimum interval between two repetitions of a client.
const REPEAT_EVERY: Duration = Duration::from_millis(20);
/// Number of times that each thing fails, unless this variable says otherwise.
const ROUNDS: usize = 1;
const ROUNDS_VARIABLE: &str = "JETON_FAILURE_ROUNDS";
/// Minimum number of seconds that each failure lasts; without this variable, it ends as soon as clients noticed it.
const SECONDS_VARIABLE: &str = "JETON_FAILURE_SECONDS";

/// Lets neither the owners of tokens nor bindings be read from Jeton's database, as if it failed.
const HIDE: &str = "ALTER TABLE users RENAME TO hidden_users; ALTER TABLE gate_bindings RENAME TO hidden_bindings";
const SHOW: &str = "ALTER TABLE hidden_users RENAME TO users; ALTER TABLE hidden_bindings RENAME TO gate_bindings";

fn rounds() -> usize {
    env::var(ROUNDS_VARIABLE).map_or(ROUNDS, |rounds| rounds.parse().expect("a number of rounds"))
}

fn shortest() -> Duration {
    env::var(SECONDS_VARIABLE)
        .map_or(Duration::ZERO, |seconds| Duration::from_secs(seconds.parse().expect("a number of seconds")))
}

/// The numbers of answers so far.
#[derive(Default)]
struct Answers {
    accepted: watch::Sender<u64>,
    unavailable: watch::Sender<u64>,
}

/// Waits for more answers of a kind than were on their way already.
async fn grows(count: &watch::Sender<u64>, when: &str) {
    let mut counted = count.subscribe();
    let enough = *counted.borrow() + CLIENTS;
    let grown = counted.wait_for(|now| *now > enough);
    drop(timeout(WITHIN, grown).await.unwrap_or_else(|_| panic!("no such answers {when}")).unwrap());
}

/// Waits until clients noticed a failure, and until it has lasted as long as it should.
async fn notice(answers: &Answers, when: &str) {
    let begun = Instant::now();
    grows(&answers.unavailable, when).await;
    while begun.elapsed() < shortest() {
        grows(&answers.unavailable, when).await;
    }
}

/// A client that writes rows through a gate.
struct Writer {
    http: reqwest::Client,
    url: String,
    token: String,
    number: u64,
    answers: Arc<Answers>,
}

impl Writer {
    /// Writes rows, each until it is accepted, and stops when it is told to; returns how many.
    async fn run(self, stop: watch::Receiver<bool>) -> u64 {
        let mut repetitions = interval(REPEAT_EVERY);
        repetitions.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut rows = 0;
        while !*stop.borrow() {
            rows += 1;
            let row = format!("m,client=c{} n={rows}i {rows}", self.number);
            while !self.is_accepted(&row).await {
                repetitions.tick().await;
            }
        }
        rows
    }

    /// Sends a row. Any answer but 204, 502 and 503 would let clients drop it.
    async fn is_accepted(&self, row: &str) -> bool {
        let sent = with_token(self.http.post(&self.url), &self.token).body(row.to_owned()).send().await;
        // The connection ended without an answer, after which clients repeat, too.
        let Ok(answered) = sent else { return false };
        match answered.status().as_u16() {
            204 => self.answers.accepted.send_modify(|count| *count += 1),
            502 => return false,
            503 => {
                assert!(answered.headers().contains_key("retry-after"));
                self.answers.unavailable.send_modify(|count| *count += 1);
                return false;
            }
            status => {
                let body = answered.text().await.unwrap_or_default();
                panic!("{status}: {body}");
            }
        }
        true
    }
}

/// Returns the number of rows of each client, which the database is asked past the gate.
async fn rows(database: &Influxd) -> Vec<u64> {
    let counted = database.execute("SELECT COUNT(n) FROM a.autogen.m GROUP BY client").await;
    let counted: Value = serde_json::from_str(&counted).unwrap();
    let series = counted["results"][0]["series"].as_array().expect("rows");
    series.iter().map(|one| one["values"][0][1].as_u64().expect("a number")).collect()
}

/// Lets one thing after the other fail, until clients noticed it, and work again.
async fn fail(home: &Home, database: &Influxd, relay: &mut Relay, answers: &Answers) {
    relay.interrupt().await;
    notice(answers, "without the database").await;
    relay.mend();
    grows(&answers.accepted, "with the database again").await;

    database.execute("SET PASSWORD FOR gate = 'another'").await;
    notice(answers, "with a wrong credential").await;
    database.execute("SET PASSWORD FOR gate = 'right'").await;
    grows(&answers.accepted, "with the right credential again").await;

    home.sql(HIDE).await;
    notice(answers, "without Jeton's database").await;
    home.sql(SHOW).await;
    grows(&answers.accepted, "with Jeton's database again").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_repeat_what_was_unavailable_lose_no_row() {
    on_each_database(async |home: Home| {
        let Some(database) = Influxd::start_guarded().await else { return };
        for statement in ["CREATE DATABASE a", "CREATE USER gate WITH PASSWORD 'right' WITH ALL PRIVILEGES"] {
            database.execute(statement).await;
        }
        let mut relay = Relay::to(database.address()).await;
        let credential = home.path().join("plant.credential");
        fs::write(&credential, "gate:right\n").unwrap();
        let section = influxdb1(relay.address, "*") + &format!("credential-file = \"{}\"\n", credential.display());
        let scene = Scene::new(&home, &section).await;
        let body = json!({"bucketID": scene.first.bucket, "database": "a"});
        scene.server.post("/api/v2/gates/plant/bindings", &scene.first.token, body).await.expect(201);
        let (token, url) = (scene.writer().await, format!("http://{}/write?db=a", scene.address("plant").await));

        let (answers, stop) = (Arc::new(Answers::default()), watch::Sender::new(false));
        let mut writers = JoinSet::new();
        for number in 0..CLIENTS {
            let (url, token, answers) = (url.clone(), token.clone(), Arc::clone(&answers));
            let writer = Writer { http: client(), url, token, number, answers };
            let stop = stop.subscribe();
            writers.spawn(async move { (number, writer.run(stop).await) });
        }
        grows(&answers.accepted, "at first").await;
        for _ in 0..rounds() {
            fail(&home, &database, &mut relay, &answers).await;
        }
        stop.send_replace(true);
        let mut accepted = writers.join_all().await;
        accepted.sort_unstable();
        let accepted: Vec<u64> = accepted.into_iter().map(|(_, rows)| rows).collect();
        assert_eq!(rows(&database).await, accepted);
    })
    .await;
}
