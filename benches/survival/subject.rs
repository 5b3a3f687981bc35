//! A program under stress, and what it has acknowledged.

use std::{net::SocketAddr, path::Path, process::Command, time::Duration};

use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

use crate::common::{
    Result,
    load::{Connection, Request},
    process::Process,
    server::{First, text},
};

/// Maximum time of a response, and of the return to normal.
const WITHIN: Duration = Duration::from_secs(60);

/// A running program that is set up.
pub struct Subject {
    pub process: Process,
    pub first: First,
    /// The tokens whose creation was acknowledged.
    pub tokens: Vec<String>,
}

impl Subject {
    /// Starts a program with these flags, which may open this number of files.
    pub async fn start(flags: &[String], files: u32, log: &Path) -> Result<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -n {files} && exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_jeton")]);
        let process = Process::jeton_by(command, flags, log)?;
        let first = First::set_up(process.address).await?;
        Ok(Self { process, first, tokens: Vec::new() })
    }

    /// Creates a token on a connection of its own; its acknowledgement is remembered.
    pub async fn create(&mut self) -> Result<()> {
        let request = self.first.creation(&self.first.usual());
        let made = self.send(&request).await?;
        let made: Value = serde_json::from_str(&made)?;
        self.tokens.push(text(&made["token"])?);
        Ok(())
    }

    /// Sends a request on a connection of its own; returns the body.
    pub async fn send(&self, request: &Request) -> Result<String> {
        let answered = answer(self.process.address, request);
        timeout(WITHIN, answered).await.map_err(|_| "no answer within a minute")?
    }

    /// Stops the program gracefully; returns what was set up and the acknowledged tokens.
    pub fn stop(self) -> Result<(First, Vec<String>)> {
        if self.process.end("-TERM")? { Ok((self.first, self.tokens)) } else { Err("it did not stop well".into()) }
    }

    /// Waits until tokens can be created again.
    pub async fn recovers(&mut self) -> Result<()> {
        let until = Instant::now() + WITHIN;
        loop {
            match self.create().await {
                Err(error) if Instant::now() > until => return Err(error),
                Err(_) => sleep(Duration::from_millis(100)).await,
                Ok(()) => return Ok(()),
            }
        }
    }

    /// Checks that every acknowledged token works.
    pub async fn has_lost_nothing(&self) -> Result<()> {
        for token in &self.tokens {
            self.send(&self.first.usage(token, 200)).await?;
        }
        Ok(())
    }
}

async fn answer(address: SocketAddr, request: &Request) -> Result<String> {
    let mut connection = Connection::to(address).await?;
    Ok(connection.send(request).await?.body)
}
