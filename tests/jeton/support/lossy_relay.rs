//! A way to PostgreSQL on which answers are lost.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// Passes connections on to a server, until it is told to lose answers.
pub struct LossyRelay {
    /// URL of the database through the relay.
    pub url: String,
    faults: Arc<Mutex<Faults>>,
    passing: JoinHandle<()>,
}

#[derive(Default)]
struct Faults {
    /// A connection is closed instead of the answer to a message with this text.
    lost: Option<&'static str>,
    /// Number of connections that were accepted.
    accepted: usize,
    /// Number of connections, the first ones, that pass nothing on any more.
    silent: usize,
}

impl LossyRelay {
    /// Returns a relay to the server of a URL, such as `postgres://user@host:port/name`.
    pub async fn before(url: &str) -> Self {
        let (user, place) = url.rsplit_once('@').expect("a URL with a user");
        let (server, name) = place.rsplit_once('/').expect("a URL with a database");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
        let address = listener.local_addr().expect("an address");
        let faults: Arc<Mutex<Faults>> = Arc::default();
        let passing = tokio::spawn(accept(listener, server.to_owned(), Arc::clone(&faults)));
        Self { url: format!("{user}@{address}/{name}"), faults, passing }
    }

    /// Closes connections instead of passing on the answer to a message with this text.
    pub fn lose_answers_to(&self, text: &'static str) {
        locked(&self.faults).lost = Some(text);
    }

    /// Passes all answers on again.
    pub fn lose_nothing(&self) {
        locked(&self.faults).lost = None;
    }

    /// Passes nothing on any more for present connections, which stay open, as a firewall does that has forgotten them.
    pub fn silence(&self) {
        let mut faults = locked(&self.faults);
        faults.silent = faults.accepted;
    }
}

impl Drop for LossyRelay {
    fn drop(&mut self) {
        self.passing.abort();
    }
}

fn locked(faults: &Mutex<Faults>) -> MutexGuard<'_, Faults> {
    faults.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Accepts connections. They end with it.
async fn accept(listener: TcpListener, server: String, faults: Arc<Mutex<Faults>>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let number = {
            let mut faults = locked(&faults);
            faults.accepted += 1;
            faults.accepted
        };
        connections.spawn(pass(client, server.clone(), number, Arc::clone(&faults)));
    }
}

async fn pass(mut client: TcpStream, server: String, number: usize, faults: Arc<Mutex<Faults>>) -> io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    let (mut asked, mut answered) = ([0_u8; 8192], [0_u8; 8192]);
    let mut is_lost = false;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let message = &asked[..read?];
                if message.is_empty() {
                    return Ok(());
                }
                let (is_silent, lost) = {
                    let faults = locked(&faults);
                    (number <= faults.silent, faults.lost)
                };
                if !is_silent {
                    is_lost = lost.is_some_and(|text| message.windows(text.len()).any(|part| part == text.as_bytes()));
                    server.write_all(message).await?;
                }
            }
            read = server.read(&mut answered) => {
                let answer = &answered[..read?];
                if answer.is_empty() || is_lost {
                    return Ok(());
                }
                client.write_all(answer).await?;
            }
        }
    }
}
