//! Notifications to the service manager that started the server: systemd (`Type=notify`), or another one with its
//! protocol (sd_notify).

use std::{
    env,
    ffi::{OsStr, OsString},
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    process,
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    sync::watch,
    time::{MissedTickBehavior, interval, timeout},
};

use jeton_http::certificate_health::CertificateHealth;

use super::own_tls;

/// The variable with the socket that receives the notifications; without it, none are sent.
const SOCKET: &str = "NOTIFY_SOCKET";
/// The variable with the watchdog's timeout in microseconds, after which the manager kills a silent server.
const WATCHDOG: &str = "WATCHDOG_USEC";
/// The variable with the id of the process to which the watchdog applies.
const WATCHED_PROCESS: &str = "WATCHDOG_PID";
/// Interval of the readiness checks until the first one succeeds.
const CHECK_EVERY: Duration = Duration::from_millis(100);
/// Maximum time until the server answers a check.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// The request of the check. It needs no database: a restart of the server would not repair one that fails.
const CHECK: &[u8] =
    b"GET /ping HTTP/1.1\r\nHost: localhost\r\nUser-Agent: jeton-watchdog\r\nConnection: close\r\n\r\n";
/// The beginning of every successful response.
const ANSWER: &[u8] = b"HTTP/1.1 2";

/// The states that a service manager is notified of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The server answers, or a reload has ended.
    Ready,
    /// The configuration file is being read again.
    Reloading,
    /// The server finishes running requests and stops.
    Stopping,
    /// The server still answers: resets the watchdog.
    Alive,
}

impl State {
    fn message(self) -> &'static str {
        match self {
            Self::Ready => "READY=1",
            Self::Reloading => "RELOADING=1",
            Self::Stopping => "STOPPING=1",
            Self::Alive => "WATCHDOG=1",
        }
    }
}

/// Notifies the service manager, if there is one. A failure is only logged: the server works without it.
pub fn notify(state: State) {
    let Some(socket) = socket() else { return };
    if let Err(error) = send(&socket, state.message()) {
        tracing::warn!(%error, "could not notify the service manager {}", state.message());
    }
}

/// Tells the service manager as soon as the address answers, and then, for its watchdog, as long as it does. Ends when
/// the sender of `running` is dropped, and at once if there is no service manager.
pub async fn attend(listener: Listener, mut running: watch::Receiver<()>) {
    if socket().is_none() {
        return;
    }
    let checked = Listener { address: reachable(listener.address), ..listener };
    tokio::select! {
        () = follow(&checked) => {}
        _ = running.changed() => {}
    }
}

/// The listener that is checked.
#[derive(Clone, Debug)]
pub struct Listener {
    /// Its address.
    pub address: SocketAddr,
    /// True if it uses TLS.
    pub is_encrypted: bool,
    /// True if it answers only clients with a certificate, which the check has none of.
    pub requires_certificate: bool,
    /// The health of its certificate.
    pub certificate: CertificateHealth,
}

async fn follow(listener: &Listener) {
    let mut check = interval(CHECK_EVERY);
    while !answers(listener, ANSWER_WITHIN).await {
        check.tick().await;
    }
    notify(State::Ready);
    if let Some(limit) = watchdog() {
        feed(listener, (limit / 3).max(CHECK_EVERY)).await;
    }
}

/// Checks the listener at an interval. Without an answer, the watchdog is not reset, and the manager restarts the
/// server.
async fn feed(listener: &Listener, every: Duration) {
    let mut check = interval(every);
    check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        check.tick().await;
        if answers(listener, ANSWER_WITHIN.min(every)).await {
            notify(State::Alive);
        } else {
            let address = listener.address;
            tracing::error!(
                "the server does not answer at {address}; its service manager is not told that it is alive"
            );
        }
    }
}

/// Returns whether the listener answers a request in time.
async fn answers(listener: &Listener, within: Duration) -> bool {
    matches!(timeout(within, ask(listener)).await, Ok(Ok(true)))
}

/// Returns whether a request is answered, or where a certificate is required or the server has none yet, whether the
/// server takes part in the handshake.
async fn ask(listener: &Listener) -> io::Result<bool> {
    let stream = TcpStream::connect(listener.address).await?;
    if !listener.is_encrypted {
        return exchange(stream).await;
    }
    let is_missing = listener.certificate.is_missing();
    let stream = match own_tls::connect(stream, listener.address.ip()).await {
        // A server without a certificate is not restarted: its order of one would begin anew.
        Err(error) if is_missing && own_tls::is_refusal(&error) => return Ok(true),
        connected => connected?,
    };
    if listener.requires_certificate { Ok(true) } else { exchange(stream).await }
}

async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<bool> {
    stream.write_all(CHECK).await?;
    stream.flush().await?;
    let mut beginning = [0; ANSWER.len()];
    stream.read_exact(&mut beginning).await?;
    Ok(beginning == ANSWER)
}

/// Returns the address at which this machine reaches a listener.
fn reachable(listener: SocketAddr) -> SocketAddr {
    let ip: IpAddr = match listener.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listener.port())
}

fn socket() -> Option<OsString> {
    env::var_os(SOCKET).filter(|socket| !socket.is_empty())
}

/// Returns the watchdog's timeout; `None` without a watchdog for this process.
fn watchdog() -> Option<Duration> {
    let text = |name| env::var(name).ok();
    limit(text(WATCHDOG).as_deref(), text(WATCHED_PROCESS).as_deref(), process::id())
}

fn limit(microseconds: Option<&str>, watched: Option<&str>, process: u32) -> Option<Duration> {
    let is_meant = watched.is_none_or(|watched| watched.parse::<u32>() == Ok(process));
    let microseconds = microseconds?.parse::<u64>().ok().filter(|microseconds| *microseconds > 0 && is_meant)?;
    Some(Duration::from_micros(microseconds))
}

/// Sends a message to a socket: a path, or an abstract name after `@`.
#[cfg(target_os = "linux")]
fn send(socket: &OsStr, message: &str) -> io::Result<()> {
    use std::os::{
        linux::net::SocketAddrExt as _,
        unix::{
            ffi::OsStrExt as _,
            net::{SocketAddr, UnixDatagram},
        },
    };
    let address = match socket.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(socket)?,
    };
    let sender = UnixDatagram::unbound()?;
    // Non-blocking: a manager that does not read its socket must not block the server.
    sender.set_nonblocking(true)?;
    sender.send_to_addr(message.as_bytes(), &address).map(drop)
}

/// Does nothing: the protocol exists only on Linux.
#[cfg(not(target_os = "linux"))]
fn send(_: &OsStr, _: &str) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::net::TcpListener;

    use jeton_http::certificate_health::CertificateProblem;

    use crate::server::{acceptor::Acceptor, tls_config::config};

    use super::*;

    fn plain(address: SocketAddr) -> Listener {
        let certificate = CertificateHealth::default();
        Listener { address, is_encrypted: false, requires_certificate: false, certificate }
    }

    #[test]
    fn a_watchdog_of_another_process_is_none() {
        let second = Some(Duration::from_secs(1));
        assert_eq!(limit(Some("1000000"), None, 7), second);
        assert_eq!(limit(Some("1000000"), Some("7"), 7), second);
        for (microseconds, watched) in
            [(Some("1000000"), Some("8")), (Some("0"), None), (Some("soon"), None), (None, None)]
        {
            assert_eq!(limit(microseconds, watched, 7), None, "{microseconds:?} {watched:?}");
        }
    }

    #[test]
    fn a_listener_on_every_interface_is_reached_by_the_loopback_interface() {
        for (listener, reached) in [
            ("0.0.0.0:8086", "127.0.0.1:8086"),
            ("[::]:8086", "[::1]:8086"),
            ("10.0.0.1:80", "10.0.0.1:80"),
            ("[2001:db8::1]:80", "[2001:db8::1]:80"),
        ] {
            assert_eq!(reachable(listener.parse().unwrap()), reached.parse().unwrap(), "{listener}");
        }
    }

    #[tokio::test]
    async fn an_address_that_accepts_and_says_nothing_does_not_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        assert!(!answers(&plain(address), Duration::from_millis(20)).await);
        let nobody = "127.0.0.1:9".parse().unwrap();
        assert!(!answers(&plain(nobody), ANSWER_WITHIN).await, "nobody listens");
    }

    #[tokio::test]
    async fn an_answer_that_is_no_success_does_not_count() {
        for (said, counts) in [("HTTP/1.1 204 No Content\r\n\r\n", true), ("HTTP/1.1 503 Unavailable\r\n\r\n", false)] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let answering = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; CHECK.len()];
                stream.read_exact(&mut request).await.unwrap();
                stream.write_all(said.as_bytes()).await.unwrap();
                request
            };
            let checked = plain(address);
            let (answered, request) = tokio::join!(answers(&checked, ANSWER_WITHIN), answering);
            assert_eq!((answered, &request[..]), (counts, CHECK), "{said}");
        }
    }

    #[tokio::test]
    async fn a_refused_handshake_is_an_answer_only_while_there_is_no_certificate() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let usual = || config(&Arc::default(), None).unwrap();
        // A server without a certificate answers challenges.
        let acceptor = Acceptor::new(usual(), Some(Arc::new(usual())));
        for (problem, counts) in
            [(Some(CertificateProblem::Missing), true), (Some(CertificateProblem::NotRenewed), false), (None, false)]
        {
            let checked = Listener { is_encrypted: true, ..plain(address) };
            checked.certificate.set(problem);
            let refusing = async { acceptor.accept(listener.accept().await.unwrap().0).await.is_err() };
            let (answered, refused) = tokio::join!(answers(&checked, ANSWER_WITHIN), refusing);
            assert_eq!((answered, refused), (counts, true), "{problem:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_message_reaches_a_path_and_an_abstract_name() {
        use std::os::{
            linux::net::SocketAddrExt as _,
            unix::net::{SocketAddr, UnixDatagram},
        };
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("notify");
        // The directory's name is unique, and so is that of the socket.
        let name = directory.path().to_str().unwrap();
        let abstract_name = SocketAddr::from_abstract_name(name).unwrap();
        for (receiver, socket) in [
            (UnixDatagram::bind(&path).unwrap(), path.to_str().unwrap().to_owned()),
            (UnixDatagram::bind_addr(&abstract_name).unwrap(), format!("@{name}")),
        ] {
            send(OsStr::new(&socket), State::Ready.message()).unwrap();
            let mut message = [0; 32];
            let length = receiver.recv(&mut message).unwrap();
            assert_eq!(&message[..length], b"READY=1", "{socket}");
        }
        assert!(send(directory.path().join("none").as_os_str(), "READY=1").is_err());
    }
}
