//! Clients that create and revoke tokens, and remember what was acknowledged.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::common::{
    Result,
    load::{Connection, Request, Response},
    server::{First, text},
};

/// Number of clients.
const CLIENTS: usize = 8;
/// Pause of a client after each turn: the rate of unknown tokens is limited per hour.
const PAUSE: Duration = Duration::from_millis(20);
/// Maximum time of a response, and of the return to normal.
pub const WITHIN: Duration = Duration::from_secs(60);
/// Maximum number of revoked tokens that are checked at a node, below its limit of unknown tokens per hour.
const CHECKED_REVOKED: usize = 5_000;

/// The program that answers the clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// A node, which never fails itself: it may only say that the database does.
    Nothing,
    /// nginx, whose nodes may be killed: it may say that it got no answer, and repeats deletions.
    Nginx,
}

/// Tokens whose creation, and whose revocation, was acknowledged.
#[derive(Default)]
pub struct Acknowledged {
    live: Vec<String>,
    revoked: Vec<String>,
}

/// Running clients.
pub struct Load {
    clients: JoinSet<Result<Acknowledged>>,
    progress: Arc<Progress>,
}

/// The progress of the clients.
#[derive(Default)]
struct Progress {
    is_over: AtomicBool,
    acknowledged: AtomicUsize,
    refused: AtomicUsize,
}

impl Load {
    /// Starts clients that send to an address.
    pub fn start(address: SocketAddr, first: &First, before: Before) -> Self {
        let progress = Arc::<Progress>::default();
        let client = || Client { address, first: first.clone(), before, progress: Arc::clone(&progress) };
        let clients = (0..CLIENTS).map(|_| client().run()).collect();
        Self { clients, progress }
    }

    /// Waits until this number of changes more are acknowledged.
    pub async fn acknowledges(&mut self, changes: usize) -> Result<()> {
        let before = self.progress.acknowledged.load(Ordering::SeqCst);
        let done = |progress: &Progress| progress.acknowledged.load(Ordering::SeqCst) >= before + changes;
        self.wait(done, "changes are not acknowledged").await
    }

    /// Waits until every client can have been refused once more.
    pub async fn is_refused(&mut self) -> Result<()> {
        let before = self.progress.refused.load(Ordering::SeqCst);
        let done = |progress: &Progress| progress.refused.load(Ordering::SeqCst) >= before + CLIENTS;
        self.wait(done, "changes are not refused").await
    }

    async fn wait(&mut self, is_done: impl Fn(&Progress) -> bool, otherwise: &str) -> Result<()> {
        let until = Instant::now() + WITHIN;
        while !is_done(&self.progress) {
            // No client ends by itself, but with a fault.
            if let Some(ended) = self.clients.try_join_next() {
                ended??;
                return Err("a client ended early".into());
            }
            if Instant::now() > until {
                return Err(format!("within a minute, {otherwise}").into());
            }
            sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Stops the clients; returns what was acknowledged.
    pub async fn stop(mut self) -> Result<Acknowledged> {
        self.progress.is_over.store(true, Ordering::SeqCst);
        let mut all = Acknowledged::default();
        while let Some(ended) = self.clients.join_next().await {
            let one = ended??;
            all.live.extend(one.live);
            all.revoked.extend(one.revoked);
        }
        Ok(all)
    }
}

impl Acknowledged {
    /// Checks at a node that created tokens work, and that revoked ones do not.
    pub async fn holds_at(&self, address: SocketAddr, first: &First) -> Result<()> {
        let mut connection = Connection::to(address).await?;
        for token in &self.live {
            connection.send(&first.usage(token, 200)).await?;
        }
        for token in self.revoked.iter().take(CHECKED_REVOKED) {
            connection.send(&first.usage(token, 401)).await?;
        }
        Ok(())
    }

    /// Returns the number of acknowledged changes: a revoked token was created before.
    pub fn changes(&self) -> usize {
        self.live.len() + 2 * self.revoked.len()
    }
}

/// Sends a request on a connection of its own; returns the response, whatever its status is.
pub async fn ask(address: SocketAddr, request: &Request) -> Result<Response> {
    let answered = async { Connection::to(address).await?.ask(request).await };
    timeout(WITHIN, answered).await.map_err(|_| "no answer within a minute")?
}

/// Returns whether a response says that the database is unavailable, and either when to try again or that a change may
/// have been made.
pub fn says_unavailable(response: &Response) -> bool {
    let has_time = response.head.lines().any(|line| line.to_ascii_lowercase().starts_with("retry-after:"));
    let is_unknown = response.body.contains("it is unknown whether the change was made");
    response.status == 503 && has_time != is_unknown && response.body.contains("\"unavailable\"")
}

struct Client {
    address: SocketAddr,
    first: First,
    before: Before,
    progress: Arc<Progress>,
}

impl Client {
    /// Creates tokens and deletes every third. A response that is neither a success nor an announced failure is a fault.
    async fn run(self) -> Result<Acknowledged> {
        let creation = self.first.creation(&self.first.usual());
        let mut all = Acknowledged::default();
        let mut number = 0_usize;
        while !self.progress.is_over.load(Ordering::SeqCst) {
            number += 1;
            sleep(PAUSE).await;
            let Some(created) = self.change(&creation, 201).await? else { continue };
            let created = created.json()?;
            let token = text(&created["token"])?;
            if !number.is_multiple_of(3) {
                all.live.push(token);
                continue;
            }
            // Without an acknowledgement, the token may be deleted or not.
            if self.change(&self.first.deletion(&text(&created["id"])?), 204).await?.is_some() {
                all.revoked.push(token);
            }
        }
        Ok(all)
    }

    /// Makes a change; `None` if it was not acknowledged.
    async fn change(&self, request: &Request, status: u16) -> Result<Option<Response>> {
        let response = ask(self.address, request).await?;
        if response.status == status {
            self.progress.acknowledged.fetch_add(1, Ordering::SeqCst);
            return Ok(Some(response));
        }
        self.progress.refused.fetch_add(1, Ordering::SeqCst);
        let is_of_nginx = self.before == Before::Nginx && matches!(response.status, 404 | 502 | 504);
        if is_of_nginx || says_unavailable(&response) {
            return Ok(None);
        }
        Err(format!("a change was answered with {}{}", response.head, response.body).into())
    }
}
