//! A pseudo-terminal with a user who reads and types.

use std::{
    io::{Read as _, Write as _},
    process::{Child, Command},
    thread,
};

use pty_process::{Size, blocking};
use rustix::termios::{LocalModes, tcgetattr};

use super::command::Said;

/// A program on a terminal. All output is kept, the echo of the input included.
pub struct Terminal {
    pty: blocking::Pty,
    child: Child,
    shown: Vec<u8>,
    /// Length of the output that was already checked.
    seen: usize,
}

impl Terminal {
    /// Runs a command on a terminal of its own while `sit` plays the user; returns the whole output as standard output.
    /// The server keeps answering meanwhile.
    pub async fn run(mut command: Command, sit: impl FnOnce(&mut Self) + Send + 'static) -> Said {
        command.env("TERM", "xterm");
        let work = move || {
            let (pty, pts) = blocking::open().expect("a terminal");
            pty.resize(Size::new(24, 80)).expect("its size");
            let child = blocking::Command::from(command).spawn(pts).expect("the program");
            let mut terminal = Self { pty, child, shown: Vec::new(), seen: 0 };
            sit(&mut terminal);
            terminal.end()
        };
        tokio::task::spawn_blocking(work).await.expect("a run")
    }

    /// Waits for a text.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) {
        loop {
            let new = String::from_utf8_lossy(&self.shown[self.seen..]).into_owned();
            if let Some(at) = new.find(text) {
                self.seen += at + text.len();
                return;
            }
            assert!(self.read(), "{text:?} is not in {new:?}");
        }
    }

    /// Waits for a prompt, and types a line.
    #[track_caller]
    pub fn answer(&mut self, question: &str, line: &str) {
        self.wait_for(question);
        self.type_in(&format!("{line}\n"));
    }

    /// Waits for a prompt and until the echo is off, then types a line.
    #[track_caller]
    pub fn answer_unseen(&mut self, question: &str, line: &str) {
        self.wait_for(question);
        self.wait_until_unseen();
        self.type_in(&format!("{line}\n"));
    }

    /// Waits until the echo is off. If a program never turns it off, this waits for ever.
    pub fn wait_until_unseen(&self) {
        while self.shows_what_is_typed() {
            thread::yield_now();
        }
    }

    pub fn type_in(&mut self, text: &str) {
        self.pty.write_all(text.as_bytes()).expect("a terminal that listens");
    }

    /// Returns whether it has a shell's settings: line editing, echo, and Ctrl+C as interrupt.
    pub fn is_usual(&self) -> bool {
        let modes = tcgetattr(&self.pty).expect("modes").local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }

    fn shows_what_is_typed(&self) -> bool {
        tcgetattr(&self.pty).expect("modes").local_modes.contains(LocalModes::ECHO)
    }

    /// Reads more output; returns false if the program closed the terminal.
    fn read(&mut self) -> bool {
        let mut buffer = [0; 4096];
        let count = self.pty.read(&mut buffer).unwrap_or(0);
        self.shown.extend_from_slice(&buffer[..count]);
        count > 0
    }

    fn end(mut self) -> Said {
        while self.read() {}
        let code = self.child.wait().expect("its end").code();
        let stdout = String::from_utf8(self.shown).expect("text").replace("\r\n", "\n");
        Said { code, stdout, stderr: String::new() }
    }
}
