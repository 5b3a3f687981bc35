//! A reverse proxy with its shipped configuration, in which only addresses, the key and paths are replaced.

use std::{
    env, fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
};

use reqwest::RequestBuilder;
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::{
    left_out,
    support::{
        process::{Process, find},
        server::{client, with_token},
    },
};

use super::scene::KEY;

const NGINX: &str = include_str!("../../../deploy/nginx.conf");
const CADDY: &str = include_str!("../../../deploy/Caddyfile");
const HAPROXY: &str = include_str!("../../../deploy/haproxy.cfg");
const HAPROXY_GATE: &str = include_str!("../../../deploy/haproxy-gate.lua");
const TRAEFIK: &str = include_str!("../../../deploy/traefik.yml");
/// Name of the variable with the path of Traefik, which Debian does not have: `make nightly` installs it and sets this.
const TRAEFIK_VARIABLE: &str = "JETON_TRAEFIK";

/// The reverse proxies that are tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    Nginx,
    Caddy,
    Haproxy,
    Traefik,
}

/// A reverse proxy that listens on a free port, stopped at the end of the test.
pub struct ReverseProxy {
    pub address: SocketAddr,
    http: reqwest::Client,
    process: Process,
    _directory: TempDir,
}

/// The addresses that a configuration names.
#[derive(Clone, Copy)]
struct Addresses {
    own: SocketAddr,
    jeton: SocketAddr,
    database: SocketAddr,
}

impl ReverseProxy {
    /// Starts it; `None` if it is not installed. `scripts/setup` installs those of Debian.
    pub async fn start(program: Program, jeton: SocketAddr, database: SocketAddr) -> Option<Self> {
        let name = program.name();
        let Some(path) = program.path() else {
            left_out::without(name);
            return None;
        };
        // Another program may take the port between finding and using it.
        for _ in 0..5 {
            let mut started = Self::spawn(program, &path, jeton, database);
            if started.listens().await && (program != Program::Traefik || started.routes().await) {
                return Some(started);
            }
        }
        panic!("{name} does not start");
    }

    fn spawn(program: Program, path: &Path, jeton: SocketAddr, database: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap();
        drop(listener);
        let directory = TempDir::new().unwrap();
        let mut command = Command::new(path);
        program.configure(&mut command, Addresses { own, jeton, database }, directory.path());
        command.env("JETON_GATE_KEY", KEY);
        Self { address: own, http: client(), process: Process::start(&mut command), _directory: directory }
    }

    /// Waits until it listens; returns false if it ended before.
    async fn listens(&mut self) -> bool {
        let address = self.address;
        self.process.becomes_ready(async || TcpStream::connect(address).await.is_ok()).await
    }

    /// Waits until it has read its routes: Traefik listens before, and answers 404. Returns false if it ended before.
    async fn routes(&mut self) -> bool {
        let (http, url) = (&self.http, format!("http://{}/", self.address));
        let routed = async || http.get(&url).send().await.is_ok_and(|answer| answer.status() != 404);
        self.process.becomes_ready(routed).await
    }

    /// Returns a request such as `GET /api/v1/labels`.
    pub fn request(&self, line: &str, token: &str) -> RequestBuilder {
        let (method, target) = line.split_once(' ').unwrap();
        let url = format!("http://{}{target}", self.address);
        with_token(self.http.request(method.parse().unwrap(), url), token)
    }
}

impl Program {
    const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
            Self::Haproxy => "haproxy",
            Self::Traefik => "traefik",
        }
    }

    /// Returns the path of the program, if it is installed.
    pub fn path(self) -> Option<PathBuf> {
        if self == Self::Traefik { env::var_os(TRAEFIK_VARIABLE).map(PathBuf::from) } else { find(self.name()) }
    }

    /// Writes the configuration into the directory, and adds the arguments. Each program stays one process.
    fn configure(self, command: &mut Command, addresses: Addresses, directory: &Path) {
        let file = directory.join("configuration");
        match self {
            Self::Nginx => {
                fs::write(&file, around(&deployed(NGINX, addresses), directory)).unwrap();
                command.arg("-p").arg(directory).arg("-c").arg(&file);
            }
            Self::Caddy => {
                fs::write(&file, deployed(CADDY, addresses)).unwrap();
                command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file);
                let admin = format!("unix/{}/admin", directory.display());
                command.env("CADDY_ADMIN", admin).env("HOME", directory);
                command.env("XDG_DATA_HOME", directory).env("XDG_CONFIG_HOME", directory);
            }
            Self::Haproxy => {
                let gate = directory.join("gate.lua");
                fs::write(&gate, with(HAPROXY_GATE, &[("127.0.0.1:8086", addresses.jeton.to_string())])).unwrap();
                let text = with(HAPROXY, &[("/etc/haproxy/haproxy-gate.lua", gate.display().to_string())]);
                fs::write(&file, deployed(&text, addresses)).unwrap();
                command.arg("-db").arg("-f").arg(&file);
            }
            Self::Traefik => {
                // The ending of a file names its format.
                let (settings, routes) = (directory.join("settings.yml"), directory.join("routes.yml"));
                fs::write(&routes, deployed(TRAEFIK, addresses)).unwrap();
                fs::write(&settings, settings_of_traefik(addresses.own, &routes)).unwrap();
                command.arg(format!("--configFile={}", settings.display()));
            }
        }
    }
}

/// Returns a shipped configuration for other addresses, and with the key.
fn deployed(text: &str, addresses: Addresses) -> String {
    // In this order: no address contains one that is replaced after it.
    let text =
        with(text, &[("8428", addresses.own.port().to_string()), ("127.0.0.1:8427", addresses.database.to_string())]);
    text.replace("127.0.0.1:8086", &addresses.jeton.to_string()).replace("the content of forward-auth-key-file", KEY)
}

/// Replaces what the text must contain.
fn with(text: &str, pairs: &[(&str, String)]) -> String {
    let mut text = text.to_owned();
    for (written, instead) in pairs {
        assert!(text.contains(written), "the configuration names {written}");
        text = text.replace(written, instead);
    }
    text
}

/// Returns the main configuration of nginx around a part of it.
fn around(part: &str, directory: &Path) -> String {
    let directory = directory.display();
    format!(
        "daemon off; master_process off; pid {directory}/pid; error_log {directory}/errors;
        events {{}}
        http {{
            access_log off;
            client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
            fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
            {part}
        }}"
    )
}

/// Returns the static configuration of Traefik, which names the file of its routes.
fn settings_of_traefik(own: SocketAddr, routes: &Path) -> String {
    let routes = routes.display();
    format!(
        "global: {{ checkNewVersion: false, sendAnonymousUsage: false }}
entryPoints: {{ database: {{ address: \"{own}\" }} }}
providers: {{ file: {{ filename: \"{routes}\", watch: false }} }}
"
    )
}
