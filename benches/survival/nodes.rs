//! Two nodes of one PostgreSQL database: revocations, and the death of one of them behind nginx.

use std::{collections::VecDeque, fs, net::SocketAddr, process::Command, time::Duration};

use tempfile::TempDir;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::{
    Outcome,
    common::{
        Result,
        load::{Connection, Request},
        process::{Process, find, free_address},
        server::{First, text},
    },
    load::{Before, Load},
    node::{Node, audit_log_is_whole},
    postgres::{self, Postgres},
};

/// Number of tokens that are revoked.
const REVOCATIONS: usize = 10_000;
/// Number of clients that revoke them.
const CLIENTS: usize = 16;
/// Time after which a revocation holds on every node.
const HOLDS_AFTER: Duration = Duration::from_secs(1);
/// Number of times that a node is killed.
const KILLS: usize = 6;
/// Number of acknowledged changes between two events.
const CHANGES: usize = 200;
/// Maximum time until nginx passes on the first request.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// No token is usable on any node one second after its revocation was acknowledged on one.
pub async fn revocations() -> Result<Outcome> {
    let Some(database) = Postgres::start()? else { return Ok(postgres::LEFT_OUT) };
    let (one, other) = (Node::start(&database.url())?, Node::start(&database.url())?);
    let first = First::set_up(one.address).await?;
    let nodes = [one.address, other.address];
    let mut clients: JoinSet<Result<()>> =
        (0..CLIENTS).map(|_| revoke(nodes, first.clone(), REVOCATIONS / CLIENTS)).collect();
    while let Some(ended) = clients.join_next().await {
        ended??;
    }
    audit_log_is_whole(&database.url(), 2 * REVOCATIONS).await?;
    Ok(Outcome::Passed)
}

/// Revokes tokens on either node in turn; each is in the memory of both.
async fn revoke(nodes: [SocketAddr; 2], first: First, count: usize) -> Result<()> {
    let mut open = [Connection::to(nodes[0]).await?, Connection::to(nodes[1]).await?];
    let creation = first.creation(&first.usual());
    let mut due = VecDeque::new();
    for number in 0..count {
        let (here, there) = (number % 2, (number + 1) % 2);
        let made = open[here].send(&creation).await?.json()?;
        let token = text(&made["token"])?;
        open[here].send(&first.usage(&token, 200)).await?;
        open[there].send(&first.usage(&token, 200)).await?;
        open[here].send(&first.deletion(&text(&made["id"])?)).await?;
        due.push_back((Instant::now() + HOLDS_AFTER, token));
        // A read that races with the news must not bring the token back.
        if let Some((_, token)) = due.back() {
            open[there].ask(&first.usage(token, 401)).await?;
        }
        while due.front().is_some_and(|(at, _)| *at <= Instant::now()) {
            is_refused(&first, &mut open, due.pop_front()).await?;
        }
    }
    while let Some(next) = due.pop_front() {
        is_refused(&first, &mut open, Some(next)).await?;
    }
    Ok(())
}

/// Checks on both nodes, from then on, that a token is refused.
async fn is_refused(first: &First, open: &mut [Connection; 2], revoked: Option<(Instant, String)>) -> Result<()> {
    let Some((at, token)) = revoked else { return Ok(()) };
    sleep_until(at).await;
    for node in open {
        node.send(&first.usage(&token, 401)).await?;
    }
    Ok(())
}

/// While one of two nodes is killed and started again, and PostgreSQL too, nothing acknowledged is lost.
pub async fn killed() -> Result<Outcome> {
    let Some(database) = Postgres::start()? else { return Ok(postgres::LEFT_OUT) };
    let mut nodes = [Node::start(&database.url())?, Node::start(&database.url())?];
    let first = First::set_up(nodes[0].address).await?;
    let Some(proxy) = Nginx::before(nodes.each_ref().map(|node| node.address)).await? else {
        return Ok(Outcome::LeftOut("nginx is not installed"));
    };
    let mut load = Load::start(proxy.address, &first, Before::Nginx);
    for round in 0..KILLS {
        load.acknowledges(CHANGES).await?;
        nodes[round % 2].kill();
        // The other one goes on, also after its database was away.
        load.acknowledges(CHANGES).await?;
        if round >= KILLS / 2 {
            database.stop("immediate")?;
            load.is_refused().await?;
            database.resume()?;
            load.acknowledges(CHANGES).await?;
        }
        nodes[round % 2].resume()?;
    }
    let acknowledged = load.stop().await?;
    for node in &nodes {
        acknowledged.holds_at(node.address, &first).await?;
    }
    audit_log_is_whole(&database.url(), acknowledged.changes()).await?;
    Ok(Outcome::Passed)
}

/// nginx before two nodes, stopped when dropped.
struct Nginx {
    address: SocketAddr,
    /// Taken when it is stopped.
    process: Option<Process>,
    _directory: TempDir,
}

impl Nginx {
    /// Starts it; `None` if it is not installed.
    async fn before(nodes: [SocketAddr; 2]) -> Result<Option<Self>> {
        let Some(program) = find("nginx") else { return Ok(None) };
        let (address, directory) = (free_address()?, TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?);
        let file = directory.path().join("configuration");
        fs::write(&file, configuration(address, nodes, &directory.path().display().to_string()))?;
        let mut command = Command::new(program);
        command.arg("-p").arg(directory.path()).arg("-c").arg(file);
        let process = Process::other(command, address)?;
        process.first_answer(&Request::get("/ping", &[], 204), ANSWER_WITHIN).await?;
        Ok(Some(Self { address, process: Some(process), _directory: directory }))
    }
}

/// A signal that nginx passes on to its workers: they would outlive a killed process.
impl Drop for Nginx {
    fn drop(&mut self) {
        drop(self.process.take().map(|process| process.end("-TERM")));
    }
}

/// A node that does not answer is left out for a second.
fn configuration(address: SocketAddr, [one, other]: [SocketAddr; 2], directory: &str) -> String {
    format!(
        "daemon off; user root; worker_processes 1; pid {directory}/pid; error_log {directory}/errors;
        events {{ worker_connections 1024; }}
        http {{
            access_log off;
            client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
            fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
            upstream jeton {{ server {one} fail_timeout=1s; server {other} fail_timeout=1s; }}
            server {{ listen {address}; location / {{ proxy_pass http://jeton; }} }}
        }}"
    )
}
