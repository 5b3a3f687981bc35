//! Three PostgreSQL that Patroni replicates synchronously, with etcd, behind HAProxy, which asks Patroni for the primary.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, sleep, timeout},
};

use crate::{
    common::{
        Result,
        process::{Process, find, free_address},
    },
    postgres::{as_postgres, directory, programs},
};

/// Number of PostgreSQL: while one is away, there is still a synchronous standby of the other.
const MEMBERS: usize = 3;
/// Maximum time until there is a primary with a synchronous standby: the others copy the first one.
const READY_WITHIN: Duration = Duration::from_secs(180);
/// Maximum time of a response of Patroni.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// Time between two questions.
const PAUSE: Duration = Duration::from_millis(500);
/// The programs beside those of PostgreSQL.
const PROGRAMS: [&str; 3] = ["patroni", "etcd", "haproxy"];

/// A running cluster, stopped and removed when dropped.
pub struct Cluster {
    members: Vec<Member>,
    proxy: SocketAddr,
    _etcd: Process,
    _haproxy: Process,
    _directory: TempDir,
}

/// A PostgreSQL with its Patroni.
struct Member {
    configuration: PathBuf,
    data: PathBuf,
    /// The address of Patroni's API.
    rest: SocketAddr,
    postgres: SocketAddr,
    /// `None` while it is killed.
    patroni: Option<Process>,
}

impl Cluster {
    /// Starts a cluster, and waits until it replicates; `None` if a program is not installed.
    pub async fn start() -> Result<Option<Self>> {
        let (Some(programs), [Some(patroni), Some(etcd), Some(haproxy)]) = (programs(), PROGRAMS.map(find)) else {
            return Ok(None);
        };
        let directory = directory()?;
        let (etcd, store) = start_etcd(&etcd, directory.path())?;
        let mut members = Vec::new();
        for number in 1..=MEMBERS {
            let mut member = Member::new(number, directory.path(), &programs, store)?;
            member.resume(&patroni)?;
            members.push(member);
        }
        let (proxy, file) = (free_address()?, directory.path().join("haproxy.cfg"));
        fs::write(&file, proxy_configuration(proxy, &members))?;
        let mut command = Command::new(haproxy);
        command.arg("-db").arg("-f").arg(file);
        let haproxy = Process::other(command, proxy)?;
        let cluster = Self { members, proxy, _etcd: etcd, _haproxy: haproxy, _directory: directory };
        cluster.is_ready().await?;
        Ok(Some(cluster))
    }

    /// Returns the URL of the primary's database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@{}/postgres", self.proxy)
    }

    /// Waits until there are a primary and a synchronous standby.
    pub async fn is_ready(&self) -> Result<()> {
        let until = Instant::now() + READY_WITHIN;
        while self.with_role("primary").await.is_none() || self.with_role("sync").await.is_none() {
            if Instant::now() > until {
                return Err("Patroni has no primary with a synchronous standby".into());
            }
            sleep(PAUSE).await;
        }
        // HAProxy asks once per second.
        sleep(ANSWER_WITHIN).await;
        Ok(())
    }

    /// Kills the primary and its Patroni as `kill -9` does; returns its index.
    pub async fn kill_primary(&mut self) -> Result<usize> {
        let primary = self.with_role("primary").await.ok_or("there is no primary")?;
        self.members[primary].kill("-KILL")?;
        Ok(primary)
    }

    /// Starts a killed member again: it follows the new primary.
    pub fn resume(&mut self, member: usize) -> Result<()> {
        let patroni = find(PROGRAMS[0]).ok_or("Patroni is gone")?;
        self.members[member].resume(&patroni)
    }

    async fn with_role(&self, role: &str) -> Option<usize> {
        for (index, member) in self.members.iter().enumerate() {
            if member.patroni.is_some() && member.has_role(role).await.unwrap_or(false) {
                return Some(index);
            }
        }
        None
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for member in &mut self.members {
            // At once: a signal of its own would let each wait for the others.
            drop(member.kill("-QUIT"));
        }
    }
}

impl Member {
    fn new(number: usize, directory: &Path, programs: &Path, store: SocketAddr) -> Result<Self> {
        let configuration = directory.join(format!("patroni{number}.yml"));
        let data = directory.join(format!("data{number}"));
        let (rest, postgres) = (free_address()?, free_address()?);
        let member = Self { configuration, data, rest, postgres, patroni: None };
        fs::write(&member.configuration, member.text(number, directory, programs, store))?;
        Ok(member)
    }

    /// Trusted are all who reach the loopback interface, as in the other clusters of tests.
    fn text(&self, number: usize, directory: &Path, programs: &Path, store: SocketAddr) -> String {
        let Self { data, rest, postgres, .. } = self;
        let (directory, data, programs) = (directory.display(), data.display(), programs.display());
        format!(
            "scope: jeton
name: node{number}
restapi: {{ listen: \"{rest}\", connect_address: \"{rest}\" }}
etcd3: {{ host: \"{store}\" }}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 5
    synchronous_mode: true
    postgresql: {{ use_pg_rewind: true }}
  initdb: [ {{ encoding: UTF8 }}, {{ locale: C }}, {{ auth: trust }} ]
  pg_hba: [ \"host all all 127.0.0.1/32 trust\", \"host replication all 127.0.0.1/32 trust\" ]
postgresql:
  listen: \"{postgres}\"
  connect_address: \"{postgres}\"
  data_dir: \"{data}\"
  bin_dir: \"{programs}\"
  pgpass: \"{directory}/pgpass{number}\"
  authentication:
    superuser: {{ username: postgres }}
    replication: {{ username: replicator }}
    rewind: {{ username: rewinder }}
  parameters: {{ unix_socket_directories: \"{directory}\", max_connections: 100 }}
"
        )
    }

    fn resume(&mut self, patroni: &Path) -> Result<()> {
        let mut command = as_postgres(patroni);
        command.arg(&self.configuration);
        self.patroni = Some(Process::other(command, self.rest)?);
        Ok(())
    }

    /// Kills Patroni, which would start PostgreSQL again, and sends a signal to PostgreSQL.
    fn kill(&mut self, signal: &str) -> Result<()> {
        drop(self.patroni.take());
        let file = fs::read_to_string(self.data.join("postmaster.pid"))?;
        let id = file.lines().next().ok_or("no process in postmaster.pid")?;
        Command::new("kill").args([signal, id]).status()?;
        Ok(())
    }

    /// Returns whether Patroni says that PostgreSQL has this role.
    async fn has_role(&self, role: &str) -> Result<bool> {
        timeout(ANSWER_WITHIN, self.asked_for(role)).await.map_err(|_| "Patroni does not answer")?
    }

    async fn asked_for(&self, role: &str) -> Result<bool> {
        let mut stream = TcpStream::connect(self.rest).await?;
        stream.write_all(format!("GET /{role} HTTP/1.0\r\n\r\n").as_bytes()).await?;
        let mut status = [0_u8; "HTTP/1.0 200".len()];
        stream.read_exact(&mut status).await?;
        Ok(status.ends_with(b"200"))
    }
}

/// Starts etcd; returns the address for its clients too.
fn start_etcd(program: &Path, directory: &Path) -> Result<(Process, SocketAddr)> {
    let (clients, peers) = (free_address()?, free_address()?);
    let mut command = as_postgres(program);
    command.args(["--name=etcd", "--data-dir"]).arg(directory.join("etcd"));
    command
        .arg(format!("--listen-client-urls=http://{clients}"))
        .arg(format!("--advertise-client-urls=http://{clients}"));
    command.arg(format!("--listen-peer-urls=http://{peers}"));
    command.arg(format!("--initial-advertise-peer-urls=http://{peers}"));
    command.arg(format!("--initial-cluster=etcd=http://{peers}"));
    Ok((Process::other(command, clients)?, clients))
}

/// Connections go to the primary, and end when it is none any more.
fn proxy_configuration(address: SocketAddr, members: &[Member]) -> String {
    let mut text = format!(
        "global
    maxconn 500
defaults
    mode tcp
    timeout connect 2s
    timeout client 1h
    timeout server 1h
listen postgresql
    bind {address}
    option httpchk OPTIONS /primary
    http-check expect status 200
    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
"
    );
    for (index, Member { rest, postgres, .. }) in members.iter().enumerate() {
        text.push_str(&format!("    server node{index} {postgres} check port {}\n", rest.port()));
    }
    text
}
