//! Other proxies: nginx and vmauth of Debian.

use std::{fs, net::SocketAddr, path::Path, process::Command, time::Duration};

use tempfile::TempDir;

use crate::common::{
    Result,
    load::Request,
    process::{Process, find, free_address},
};

use super::guarded::KEY;

/// The shipped configuration of nginx with forward auth.
const SHIPPED: &str = include_str!("../../../deploy/nginx.conf");
/// A forward-auth server that allows everything.
pub const EMPTY_GATE: &str = "server { listen LISTEN; location / { return 204; } }";
/// Maximum time until the first answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// A running proxy, stopped when dropped.
pub struct Proxy {
    /// Taken when it is stopped.
    process: Option<Process>,
    address: SocketAddr,
    _directory: TempDir,
}

impl Proxy {
    /// Starts nginx with a part of a configuration, in which `LISTEN` stands for its address; `None` if it is not
    /// installed. `ready`: a request that it answers.
    pub async fn nginx(part: &str, ready: &Request) -> Result<Option<Self>> {
        Self::start("nginx", ready, |command, address, directory| {
            let file = directory.join("configuration");
            fs::write(&file, around(&part.replace("LISTEN", &address.to_string()), directory))?;
            command.arg("-p").arg(directory).arg("-c").arg(file);
            Ok(())
        })
        .await
    }

    /// Starts vmauth before a database, for one token; `None` if it is not installed.
    pub async fn vmauth(upstream: SocketAddr, token: &str, ready: &Request) -> Result<Option<Self>> {
        Self::start("vmauth", ready, |command, address, directory| {
            let file = directory.join("auth.yml");
            fs::write(&file, format!("users:\n- bearer_token: \"{token}\"\n  url_prefix: \"http://{upstream}/\"\n"))?;
            command.arg(format!("-auth.config={}", file.display())).arg(format!("-httpListenAddr={address}"));
            Ok(())
        })
        .await
    }

    async fn start(
        name: &str,
        ready: &Request,
        configure: impl FnOnce(&mut Command, SocketAddr, &Path) -> Result<()>,
    ) -> Result<Option<Self>> {
        let Some(program) = find(name) else { return Ok(None) };
        let (address, directory) = (free_address()?, TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?);
        let mut command = Command::new(program);
        configure(&mut command, address, directory.path())?;
        let process = Some(Process::other(command, address)?);
        let proxy = Self { process, address, _directory: directory };
        if let Some(process) = &proxy.process {
            process.first_answer(ready, ANSWER_WITHIN).await?;
        }
        Ok(Some(proxy))
    }

    /// Returns its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// A signal that nginx passes on to its workers: they would outlive a killed process.
impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.process.take().map(|process| process.end("-TERM")));
    }
}

/// Returns a proxy that passes on everything.
pub fn bare(upstream: SocketAddr) -> String {
    format!(
        "upstream database {{ server {upstream}; keepalive 64; keepalive_requests 1000000000; }}
        server {{
            listen LISTEN;
            client_max_body_size 0; proxy_http_version 1.1; proxy_set_header Connection \"\";
            location / {{ proxy_pass http://database; }}
        }}"
    )
}

/// Returns the shipped configuration for other addresses, and with the key.
pub fn shipped(gate: SocketAddr, upstream: SocketAddr) -> Result<String> {
    let (gate, upstream) = (gate.to_string(), upstream.to_string());
    let mut text = SHIPPED.to_owned();
    for (written, instead) in [
        ("listen 8428", "listen LISTEN"),
        ("127.0.0.1:8427", upstream.as_str()),
        ("127.0.0.1:8086", gate.as_str()),
        ("the content of forward-auth-key-file", KEY),
    ] {
        if !text.contains(written) {
            return Err(format!("deploy/nginx.conf does not name {written}").into());
        }
        text = text.replace(written, instead);
    }
    Ok(text)
}

/// Returns the main configuration of nginx around a part of it. A connection is not closed after many requests.
fn around(part: &str, directory: &Path) -> String {
    let directory = directory.display();
    format!(
        "daemon off; user root; worker_processes auto; pid {directory}/pid; error_log {directory}/errors;
        events {{ worker_connections 4096; }}
        http {{
            access_log off; keepalive_requests 1000000000;
            client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
            fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
            {part}
        }}"
    )
}
