//! Two nodes of one PostgreSQL database: revocations, and the death of one of them behind nginx.

use std::{
    collections::VecDeque,
    fs,
    net::{Ipv4Addr, SocketAddr},
    ops::Range,
    process::Command,
    time::Duration,
};

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
/// The first of the addresses that tokens are used from.
const FIRST_ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 0);
/// Maximum time until nginx passes on the first request.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// No token is usable on any node one second after its revocation was acknowledged on one. Each token is used from an
/// address of its own, as a proxy reports it: one with so many refused tokens would be refused itself.
pub async fn revocations() -> Result<Outcome> {
    let Some(database) = Postgres::start()? else { return Ok(postgres::LEFT_OUT) };
    let behind_proxy = ["--trusted-proxies=127.0.0.1/32"];
    let start = || Node::start_with(&database.url(), &behind_proxy);
    let (one, other) = (start()?, start()?);
    let first = First::set_up(one.address).await?;
    let nodes = [one.address, other.address];
    let mut clients: JoinSet<Result<()>> = JoinSet::new();
    for client in 0..CLIENTS {
        let numbers = client * REVOCATIONS / CLIENTS..(client + 1) * REVOCATIONS / CLIENTS;
        clients.spawn(revoke(nodes, first.clone(), numbers));
    }
    while let Some(ended) = clients.join_next().await {
        ended??;
    }
    audit_log_is_whole(&database.url(), 2 * REVOCATIONS).await?;
    Ok(Outcome::Passed)
}

/// A token and the address that it is used from.
struct Used {
    token: String,
    address: Ipv4Addr,
}

impl Used {
    fn request(&self, first: &First, status: u16) -> Request {
        first.usage_from(&self.token, self.address, status)
    }
}

/// Revokes tokens on either node in turn; each is in the memory of both.
async fn revoke(nodes: [SocketAddr; 2], first: First, numbers: Range<usize>) -> Result<()> {
    let mut open = [Connection::to(nodes[0]).await?, Connection::to(nodes[1]).await?];
    let creation = first.creation(&first.usual());
    let mut due = VecDeque::new();
    for number in numbers {
        let (here, there) = (number % 2, (number + 1) % 2);
        let made = open[here].send(&creation).await?.json()?;
        let address = Ipv4Addr::from(u32::from(FIRST_ADDRESS) + u32::try_from(number)?);
        let used = Used { token: text(&made["token"])?, address };
        open[here].send(&used.request(&first, 200)).await?;
        open[there].send(&used.request(&first, 200)).await?;
        open[here].send(&first.deletion(&text(&made["id"])?)).await?;
        let at = Instant::now() + HOLDS_AFTER;
        // A read that races with the news must not bring the token back.
        open[there].ask(&used.request(&first, 401)).await?;
        due.push_back((at, used));
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
async fn is_refused(first: &First, open: &mut [Connection; 2], revoked: Option<(Instant, Used)>) -> Result<()> {
    let Some((at, used)) = revoked else { return Ok(()) };
    sleep_until(at).await;
    for node in open {
        node.send(&used.request(first, 401)).await?;
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
