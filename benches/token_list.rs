//! Benchmark of the API Tokens page of an organization with 100,000 tokens, through the whole server. For comparison it
//! also measures a bare query of 25 rows and an empty handler.
//!
//! `JETON_BENCH_TOKENS` sets another number of tokens.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use clap::Parser;
use jeton::{config::Config, server};
use jeton_model::console::tokens::Sort;
use jeton_service::Clock;
use reqwest::{Client, redirect::Policy};
use serde_json::{Value, json};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use tempfile::TempDir;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Maximum duration of a page.
const LIMIT: Duration = Duration::from_millis(150);
/// Number of requests per page; the median counts.
const TIMES: usize = 9;
/// Number of tokens that are created through the API; the others are copies of them.
const TEMPLATES: u64 = 20;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    config: Config,
}

#[tokio::main]
async fn main() -> Result<()> {
    let tokens = std::env::var("JETON_BENCH_TOKENS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let data = TempDir::new()?;
    let flag = format!("--data={}", data.path().display());
    let config = Line::try_parse_from(["jeton", "--addr=127.0.0.1:0", &flag])?.config;
    let running = server::start(config, Clock::System, std::future::pending()).await?;
    let console = Console::set_up(running.address).await?;
    let file = format!("sqlite://{}", data.path().join("jeton.db").display());
    sqlx::any::install_default_drivers();
    let mut database = AnyConnection::connect(&file).await?;
    fill(&mut database, tokens / TEMPLATES).await?;

    let bare = bare_select(&mut database).await?;
    let empty = empty_answer().await?;
    println!("{tokens} tokens; the middle of {TIMES} times, in milliseconds");
    println!("{:<44} {:>8}", "a bare SELECT of 25 rows", millis(bare));
    println!("{:<44} {:>8}", "an answer of nothing", millis(empty));
    println!("{:<44} {:>8} {:>8} {:>8}", "", "time", "longest", "ratio");
    let mut slow = 0;
    for (name, address) in console.pages(tokens) {
        let (middle, longest) = measure(async || console.open(&address).await).await?;
        let ratio = middle.as_secs_f64() / (bare + empty).as_secs_f64();
        let mark = if middle > LIMIT { "  over the limit" } else { "" };
        slow += usize::from(middle > LIMIT);
        println!("{name:<44} {:>8} {:>8} {ratio:>8.1}{mark}", millis(middle), millis(longest));
    }
    println!("{slow} over {} ms", LIMIT.as_millis());
    Ok(())
}

fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

/// Returns the median and the longest of several durations.
async fn measure(run: impl AsyncFn() -> Result<()>) -> Result<(Duration, Duration)> {
    // The first run warms caches.
    run().await?;
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let start = Instant::now();
        run().await?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok((times[TIMES / 2], times[TIMES - 1]))
}

/// A signed-in user in an organization with a token of each kind.
struct Console {
    http: Client,
    at: SocketAddr,
    org: String,
    cookie: String,
}

impl Console {
    async fn set_up(at: SocketAddr) -> Result<Self> {
        jeton_client::http::use_ring();
        let http = Client::builder().no_proxy().redirect(Policy::none()).build()?;
        let body = json!({"username": "alice", "password": "password1", "org": "acme", "bucket": "iot"});
        let done = http.post(format!("http://{at}/api/v2/setup")).json(&body).send().await?;
        let done: Value = done.error_for_status()?.json().await?;
        let (org, token) = (text(&done["org"]["id"])?, text(&done["auth"]["token"])?);
        let bucket = text(&done["bucket"]["id"])?;
        for number in 1..TEMPLATES {
            let permissions = permissions(number, &org, &bucket);
            let body = json!({"orgID": org, "description": format!("kind {number}"), "permissions": permissions,
                "status": if number.is_multiple_of(5) { "inactive" } else { "active" }});
            let request = http.post(format!("http://{at}/api/v2/authorizations")).json(&body);
            request.header("authorization", format!("Token {token}")).send().await?.error_for_status()?;
        }
        let form = http.post(format!("http://{at}/sign-in")).body("username=alice&password=password1");
        let signed_in = form.header("content-type", "application/x-www-form-urlencoded").send().await?;
        let cookie = signed_in.headers().get("set-cookie").ok_or("no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { http, at, org, cookie })
    }

    async fn open(&self, address: &str) -> Result<()> {
        let answer =
            self.http.get(format!("http://{}{address}", self.at)).header("cookie", &self.cookie).send().await?;
        let body = answer.error_for_status()?.text().await?;
        if body.contains("token-card ") { Ok(()) } else { Err("a page without rows".into()) }
    }

    /// Returns the label and the address of each measured page.
    fn pages(&self, tokens: u64) -> Vec<(String, String)> {
        let list = format!("/orgs/{}/load-data/tokens", self.org);
        let last = tokens / 25;
        let mut pages =
            vec![("first page".to_owned(), list.clone()), ("last page".to_owned(), format!("{list}?page={last}"))];
        for sort in Sort::ALL {
            let order = format!("sortKey={}&sortDirection={}", sort.key.name(), sort.direction());
            pages.push((format!("{}, first page", sort.label()), format!("{list}?{order}")));
            pages.push((format!("{}, last page", sort.label()), format!("{list}?{order}&page={last}")));
        }
        // The last value: how many of a hundred tokens match, to compute a page near the end.
        for (name, query, share) in [
            ("text, many found", "searchTerm=gateway", 100),
            ("text, few found", "searchTerm=gateway+4321", 0),
            ("text, a bucket's name", "searchTerm=iot", 60),
            ("active", "status=active", 84),
            ("live", "status=live", 84),
            ("type custom", "kind=custom", 90),
            ("owner", "owner=alice", 100),
            ("created by", "createdBy=alice", 100),
            ("writes a bucket", "bucket=iot&action=write", 65),
            ("needs attention", "attention=any", 15),
            ("unused", "attention=unused", 13),
            ("never expires", "attention=no-expiry", 42),
            ("everything at once", "bucket=iot&status=live&kind=custom&owner=alice&searchTerm=gateway", 50),
        ] {
            pages.push((name.to_owned(), format!("{list}?{query}")));
            let late = last * share / 100;
            if late > 1 {
                pages.push((format!("{name}, page {late}"), format!("{list}?{query}&page={late}")));
            }
        }
        pages
    }
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().ok_or("a text is missing")?.to_owned())
}

/// Returns the permissions of a token. One in twenty has all access to the organization, the others one or two buckets
/// and some types.
fn permissions(number: u64, org: &str, bucket: &str) -> Vec<Value> {
    let all = |action: &str, kind: &str| json!({"action": action, "resource": {"type": kind, "orgID": org}});
    let one = |action: &str| json!({"action": action, "resource": {"type": "buckets", "id": bucket, "orgID": org}});
    match number {
        1 => jeton_model::ResourceType::grantable()
            .filter(|kind| !matches!(kind.name(), "orgs" | "users"))
            .flat_map(|kind| ["read", "write"].map(|action| all(action, kind.name())))
            .collect(),
        _ if number.is_multiple_of(3) => vec![one("read"), one("write")],
        _ if number % 3 == 1 => vec![one("write"), all("read", "telegrafs")],
        _ => vec![all("read", "buckets"), all("read", "tasks"), all("read", "orgs"), all("write", "checks")],
    }
}

/// Copies every token `copies` times, each with its own id, description and hash.
async fn fill(database: &mut AnyConnection, copies: u64) -> Result<()> {
    let numbers = format!("n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies})");
    let kinds = "k AS (SELECT *, ROW_NUMBER() OVER (ORDER BY id) AS kind_number FROM authorizations)";
    let id = "-9000000000000000000 + n.i * 32 + k.kind_number";
    let statements = [
        format!(
            "WITH RECURSIVE {numbers}, {kinds} INSERT INTO grants (authorization_id, action, resource_type, resource_id, org_id) \
             SELECT {id}, g.action, g.resource_type, g.resource_id, g.org_id FROM k JOIN grants g ON g.authorization_id = k.id, n"
        ),
        format!(
            "WITH RECURSIVE {numbers}, {kinds} INSERT INTO authorizations (id, org_id, user_id, created_by, kind, status, description, \
             description_key, search_text, permissions, token_hash, token_prefix, created_at, updated_at, expires_at, last_used_at, breadth) \
             SELECT {id}, org_id, user_id, created_by, kind, status, 'Gateway ' || n.i || ' of ' || description, \
             'gateway ' || printf('%04d%d', length(n.i), n.i) || ' of ' || description_key, \
             'gateway ' || n.i || ' of ' || search_text, permissions, 'hash ' || ({id}), token_prefix, created_at, updated_at, \
             CASE WHEN n.i % 2 = 0 THEN NULL ELSE created_at + n.i % 300 * 86400000000 END, \
             CASE WHEN n.i % 3 = 0 THEN NULL ELSE created_at - n.i % 120 * 86400000000 END, breadth \
             FROM k, n"
        ),
    ];
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *database).await?;
    }
    Ok(())
}

async fn bare_select(database: &mut AnyConnection) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let start = Instant::now();
        sqlx::query("SELECT * FROM authorizations ORDER BY id LIMIT 25").fetch_all(&mut *database).await?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times[TIMES / 2])
}

async fn empty_answer() -> Result<Duration> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let at = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(async || ""))).await });
    jeton_client::http::use_ring();
    let http = Client::builder().no_proxy().build()?;
    let url = format!("http://{at}/");
    let (middle, _) = measure(async || {
        http.get(&url).send().await?.text().await?;
        Ok(())
    })
    .await?;
    Ok(middle)
}
