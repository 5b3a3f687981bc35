//! A real nginx in front of a server, with the forwarded header that its documentation recommends.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::left_out;

use super::process::find;

/// An nginx that forwards to a server, stopped at the end of the test.
pub struct Nginx {
    pub address: SocketAddr,
    directory: TempDir,
}

impl Nginx {
    /// Starts nginx; `None` if it is not installed. `scripts/setup` installs it.
    pub fn before(server: SocketAddr) -> Option<Self> {
        Self::start("/", &format!("http://{server}"))
    }

    /// Starts nginx that serves a server below a path, which it removes from requests.
    pub fn below(path: &str, server: SocketAddr) -> Option<Self> {
        Self::start(&format!("{path}/"), &format!("http://{server}/"))
    }

    fn start(location: &str, target: &str) -> Option<Self> {
        let Some(program) = find("nginx") else {
            left_out::without("nginx");
            return None;
        };
        // Another program may take the port between finding and using it.
        let started = (0..5).find_map(|_| Self::try_start(&program, location, target));
        Some(started.expect("nginx starts"))
    }

    fn try_start(program: &Path, location: &str, target: &str) -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let nginx = Self { address, directory: TempDir::new().expect("a directory") };
        fs::write(nginx.file("conf"), nginx.configuration(location, target)).expect("a configuration");
        // It becomes a daemon once it listens.
        nginx.run(program, &[]).then_some(nginx)
    }

    fn run(&self, program: &Path, more: &[&str]) -> bool {
        let mut command = Command::new(program);
        command.arg("-p").arg(self.directory.path()).arg("-c").arg(self.file("conf")).args(more);
        command.output().expect("nginx runs").status.success()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn configuration(&self, location: &str, target: &str) -> String {
        let address = self.address;
        let directory = self.directory.path().display();
        format!(
            "worker_processes 1; pid {directory}/pid; error_log {directory}/errors;
            events {{}}
            http {{
                access_log off;
                client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
                fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
                server {{
                    listen {address};
                    location {location} {{
                        proxy_pass {target};
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    }}
                }}
            }}"
        )
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        if let Some(program) = find("nginx") {
            self.run(&program, &["-s", "stop"]);
        }
    }
}
