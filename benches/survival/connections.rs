//! Connections that are many, idle or slow.

use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use crate::{
    Outcome,
    common::{
        Result,
        data::{Data, Database},
        load::{Connection, Request},
        process::open_files,
    },
    load::says_unavailable,
    subject::Subject,
};

/// Number of idle connections.
const IDLE: usize = 10_000;
/// Number of files that each side of them needs.
const FILES: u32 = 12_000;
/// Number of files that are fewer than the connections.
const FEW: u32 = 128;
/// Number of slow clients of each kind, and of connections where there are too many.
const SLOW: usize = 200;

fn ping() -> Request {
    Request::get("/ping", &[], 204)
}

/// Idle connections do not slow the others, and stay open.
pub async fn idle() -> Result<Outcome> {
    if open_files()? < u64::from(FILES) {
        return Ok(Outcome::LeftOut("it needs `ulimit -n 12000` or more"));
    }
    let data = Data::new(Database::Sqlite).await?;
    let mut subject = Subject::start(&data.flags(), FILES, &data.path().join("log")).await?;
    let mut open = Vec::new();
    for _ in 0..IDLE {
        let mut connection = Connection::to(subject.process.address).await?;
        connection.send(&ping()).await?;
        open.push(connection);
    }
    subject.create().await?;
    subject.has_lost_nothing().await?;
    for connection in open.iter_mut().step_by(IDLE / 100) {
        connection.send(&ping()).await?;
    }
    Ok(Outcome::Passed)
}

/// Without file descriptors no connection is accepted, and open ones are answered; once some are free, everything works.
pub async fn no_descriptors() -> Result<Outcome> {
    let data = Data::new(Database::Sqlite).await?;
    let mut subject = Subject::start(&data.flags(), FEW, &data.path().join("log")).await?;
    subject.create().await?;
    let mut before = Connection::to(subject.process.address).await?;
    before.send(&subject.first.check()).await?;
    let mut open = Vec::new();
    for _ in 0..SLOW {
        open.push(TcpStream::connect(subject.process.address).await?);
    }
    let answered = before.ask(&subject.first.check()).await?;
    if answered.status != 200 && !says_unavailable(&answered) {
        return Err(format!("an open connection was answered with {}{}", answered.head, answered.body).into());
    }
    drop(open);
    subject.recovers().await?;
    subject.has_lost_nothing().await?;
    Ok(Outcome::Passed)
}

/// Clients that send half a request, or read no response, do not slow the others.
pub async fn slow_clients() -> Result<Outcome> {
    let data = Data::new(Database::Sqlite).await?;
    let mut subject = Subject::start(&data.flags(), 1024, &data.path().join("log")).await?;
    let mut open = Vec::new();
    for _ in 0..SLOW {
        let mut writer = TcpStream::connect(subject.process.address).await?;
        writer.write_all(b"POST /api/v2/signin HTTP/1.1\r\nHost: local").await?;
        let mut reader = TcpStream::connect(subject.process.address).await?;
        let many = b"GET /api/v2/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20);
        reader.write_all(&many).await?;
        open.extend([writer, reader]);
    }
    for _ in 0..20 {
        subject.create().await?;
    }
    subject.has_lost_nothing().await?;
    drop(open);
    subject.recovers().await?;
    Ok(Outcome::Passed)
}
