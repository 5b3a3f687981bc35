//! The notifications of `jeton serve` to a service manager such as systemd.

use std::{
    fs,
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    binary::Program,
    home::Home,
    support::{command::PROGRAM, server::client},
};

/// Maximum time until a message arrives.
const TOLD_WITHIN: Duration = Duration::from_secs(60);

/// The socket of a service manager.
struct Manager {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Manager {
    fn new(home: &Home) -> Self {
        let path = home.path().join("notify");
        let socket = UnixDatagram::bind(&path).expect("a socket");
        socket.set_read_timeout(Some(TOLD_WITHIN)).expect("a timeout");
        Self { socket, path }
    }

    /// Returns a command that runs the program as this manager does.
    fn command(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command.env("NOTIFY_SOCKET", &self.path);
        command
    }

    fn start(&self, home: &Home, flags: &[&str]) -> Program {
        Program::start_as(self.command(), home, flags, &home.path().join("log"))
    }

    fn next(&self) -> String {
        let mut message = [0; 256];
        let length = self.socket.recv(&mut message).expect("a message in time");
        String::from_utf8_lossy(&message[..length]).into_owned()
    }
}

fn configured(path: &Path, text: &str) -> String {
    fs::write(path, text).expect("a file");
    format!("--config={}", path.display())
}

#[tokio::test]
async fn a_service_manager_is_told_once_the_address_answers_and_when_the_server_stops() {
    let home = Home::sqlite();
    let manager = Manager::new(&home);
    let program = manager.start(&home, &[]);
    assert_eq!(manager.next(), "READY=1");
    let health = client().get(format!("http://{}/health", program.address)).send().await.expect("an answer");
    assert_eq!(health.status(), 200);
    program.send("TERM");
    assert_eq!(manager.next(), "STOPPING=1");
}

#[test]
fn a_reload_is_announced_and_ends_also_with_a_file_that_has_a_mistake() {
    let home = Home::sqlite();
    let manager = Manager::new(&home);
    let path = home.path().join("jeton.toml");
    let flag = configured(&path, "backup-keep = 3\n");
    let program = manager.start(&home, &[&flag]);
    assert_eq!(manager.next(), "READY=1");
    for text in ["backup-keep = 4\n", "nonsense\n"] {
        configured(&path, text);
        program.send("HUP");
        assert_eq!((manager.next(), manager.next()), ("RELOADING=1".into(), "READY=1".into()), "{text}");
    }
}

#[test]
fn a_watchdog_hears_from_a_server_that_answers_until_it_is_told_to_stop() {
    let home = Home::sqlite();
    let manager = Manager::new(&home);
    let mut command = manager.command();
    command.env("WATCHDOG_USEC", "600000").env_remove("WATCHDOG_PID");
    let program = Program::start_as(command, &home, &[], &home.path().join("log"));
    assert_eq!(manager.next(), "READY=1");
    for _ in 0..3 {
        assert_eq!(manager.next(), "WATCHDOG=1");
    }
    program.send("TERM");
    let last = std::iter::repeat_with(|| manager.next()).find(|message| message != "WATCHDOG=1");
    assert_eq!(last.as_deref(), Some("STOPPING=1"));
}

/// The watchdog's check ignores the certificate: an expired one does not prevent readiness.
#[test]
fn a_server_with_tls_is_checked_by_https() {
    let home = Home::sqlite();
    let manager = Manager::new(&home);
    let fixture =
        |flag: &str, name: &str| format!("--tls-{flag}={}/tests/jeton/tls/{name}", env!("CARGO_MANIFEST_DIR"));
    let (cert, key) = (fixture("cert", "expired.crt"), fixture("key", "first.key"));
    let mut command = manager.command();
    command.env("WATCHDOG_USEC", "600000").env_remove("WATCHDOG_PID");
    let log = home.path().join("log");
    let _program = Program::start_as(command, &home, &[&cert, &key], &log);
    let said = fs::read_to_string(&log).expect("a log");
    assert!(said.contains("the certificate of --tls-cert expired on "), "{said}");
    assert_eq!(manager.next(), "READY=1");
    assert_eq!(manager.next(), "WATCHDOG=1");
}

#[tokio::test]
async fn a_service_manager_that_cannot_be_told_keeps_no_server_from_starting() {
    let home = Home::sqlite();
    let mut command = Command::new(PROGRAM);
    command.env("NOTIFY_SOCKET", home.path().join("nobody"));
    let program = Program::start_as(command, &home, &[], &home.path().join("log"));
    let health = client().get(format!("http://{}/health", program.address)).send().await.expect("an answer");
    assert_eq!(health.status(), 200);
}
