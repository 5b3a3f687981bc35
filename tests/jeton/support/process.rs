//! Real programs that tests start in the background.

use std::{
    env,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use super::polling::poll_for;

/// A running program without input and output, killed at the end of the test.
pub struct Process(Child);

impl Process {
    pub fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }

    /// Waits until the program is ready; returns false if it ended before, or is not ready in time.
    pub async fn becomes_ready(&mut self, mut is_ready: impl AsyncFnMut() -> bool) -> bool {
        let child = &mut self.0;
        let ready = poll_for(async || {
            if child.try_wait().unwrap().is_some() {
                return Some(false);
            }
            is_ready().await.then_some(true)
        });
        ready.await.unwrap_or(false)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Returns the path of a program, which Debian may install outside the PATH of users who are not root; `None` if it is
/// not installed.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/bin", "/usr/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}
