//! A way to a database that can be interrupted.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpSocket, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// Passes connections on to a database, unless it is interrupted.
pub struct Relay {
    pub address: SocketAddr,
    upstream: SocketAddr,
    state: State,
}

enum State {
    Passing(JoinHandle<()>),
    /// The socket has the address, so that nobody else takes it, and does not listen: connections are refused.
    Interrupted(TcpSocket),
    Changing,
}

impl Relay {
    pub async fn to(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { address, upstream, state: State::Passing(tokio::spawn(pass(listener, upstream))) }
    }

    /// Cuts the connections, and refuses new ones.
    pub async fn interrupt(&mut self) {
        if let State::Passing(task) = std::mem::replace(&mut self.state, State::Changing) {
            task.abort();
            drop(task.await);
        }
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(self.address).unwrap();
        self.state = State::Interrupted(socket);
    }

    /// Passes connections on again.
    pub fn mend(&mut self) {
        if let State::Interrupted(socket) = std::mem::replace(&mut self.state, State::Changing) {
            let listener = socket.listen(1024).unwrap();
            self.state = State::Passing(tokio::spawn(pass(listener, self.upstream)));
        }
    }
}

/// Passes connections on. They end with it.
async fn pass(listener: TcpListener, upstream: SocketAddr) {
    let mut connections = JoinSet::new();
    while let Ok((mut client, _)) = listener.accept().await {
        connections.spawn(async move {
            if let Ok(mut server) = TcpStream::connect(upstream).await {
                drop(copy_bidirectional(&mut client, &mut server).await);
            }
        });
    }
}
