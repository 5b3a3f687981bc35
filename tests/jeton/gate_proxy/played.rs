//! A database that the test plays, and a client that speaks HTTP by hand.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU8, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

pub use crate::support::polling::WITHIN;

/// Listens on a loopback address of its own: no other test takes the port there after the listener is gone.
pub fn listen_apart() -> std::net::TcpListener {
    static LAST: AtomicU8 = AtomicU8::new(1);
    let number = LAST.fetch_add(1, Ordering::SeqCst);
    std::net::TcpListener::bind(SocketAddr::from(([127, 0, 2, number], 0))).unwrap()
}

/// A database that hands each request to the test. A connection carries one.
pub struct Played {
    pub address: SocketAddr,
    requests: mpsc::UnboundedReceiver<Request>,
}

/// A request that the database received.
pub struct Request {
    /// The head, in lower case.
    pub head: String,
    stream: TcpStream,
}

impl Played {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (send, requests) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let send = send.clone();
                tokio::spawn(async move {
                    let mut stream = stream;
                    if let Some(head) = head(&mut stream).await {
                        drop(send.send(Request { head, stream }));
                    }
                });
            }
        });
        Self { address, requests }
    }

    /// Returns the next request.
    pub async fn next(&mut self) -> Request {
        timeout(WITHIN, self.requests.recv()).await.expect("a request").unwrap()
    }

    /// Returns whether no request waits.
    pub fn is_idle(&mut self) -> bool {
        self.requests.try_recv().is_err()
    }
}

impl Request {
    pub async fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.expect("an open connection");
    }

    /// Returns the next bytes of the body.
    pub async fn body(&mut self, length: usize) -> String {
        let mut bytes = vec![0; length];
        timeout(WITHIN, self.stream.read_exact(&mut bytes)).await.expect("a body").unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// Answers with a status and headers, and ends the connection.
    pub async fn answer(mut self, status: &str, headers: &str, body: &str) {
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n");
        self.say(&format!("{head}{body}")).await;
        drop(self.stream.shutdown().await);
    }

    /// Begins an answer that has no end yet.
    pub async fn begin(&mut self) {
        self.say("HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst\n\r\n").await;
    }

    /// Waits until the gate closes the connection.
    pub async fn closed(mut self) {
        let mut rest = Vec::new();
        drop(timeout(WITHIN, self.stream.read_to_end(&mut rest)).await.expect("the gate closes the connection"));
    }

    /// Returns what comes until the gate closes the connection.
    pub async fn rest(mut self) -> String {
        let mut rest = Vec::new();
        drop(timeout(WITHIN, self.stream.read_to_end(&mut rest)).await.expect("the gate closes the connection"));
        String::from_utf8_lossy(&rest).into_owned()
    }

    /// Sends chunks until the gate closes the connection.
    pub async fn flood(mut self) {
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        while self.stream.write_all(chunk.as_bytes()).await.is_ok() {}
    }
}

/// A connection of a client.
pub struct Raw(TcpStream);

impl Raw {
    pub async fn to(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// Sends the lines of a head, and what follows it.
    pub async fn send(&mut self, lines: &[&str], body: &str) {
        let text = format!("{}\r\n\r\n{body}", lines.join("\r\n"));
        self.0.write_all(text.as_bytes()).await.expect("an open connection");
    }

    pub async fn say(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("an open connection");
    }

    /// Ends what the client sends; it still reads.
    pub async fn finish(&mut self) {
        self.0.shutdown().await.expect("an open connection");
    }

    /// Returns the head of the next answer, in lower case.
    pub async fn head(&mut self) -> String {
        timeout(WITHIN, head(&mut self.0)).await.expect("an answer").expect("the head of an answer")
    }

    /// Returns the next bytes.
    pub async fn next(&mut self, length: usize) -> String {
        let mut bytes = vec![0; length];
        timeout(WITHIN, self.0.read_exact(&mut bytes)).await.expect("bytes").unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// Returns what comes until the gate closes the connection.
    pub async fn rest(mut self) -> String {
        let mut rest = Vec::new();
        drop(timeout(WITHIN, self.0.read_to_end(&mut rest)).await.expect("the gate closes the connection"));
        String::from_utf8_lossy(&rest).into_owned()
    }
}

/// Reads a head; `None` if the connection ends before.
async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(head).unwrap().to_lowercase())
}
