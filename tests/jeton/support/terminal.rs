//! A terminal, and someone who reads and types there.

use std::{
    io::{Read as _, Write as _},
    process::{Child, Command},
    thread,
};

use pty_process::{Size, blocking};
use rustix::termios::{LocalModes, tcgetattr};

use super::command::Said;

/// A program at a terminal. Everything that is shown is kept, what is typed included.
pub struct Terminal {
    pty: blocking::Pty,
    child: Child,
    shown: Vec<u8>,
    /// How much of it was looked at.
    seen: usize,
}

impl Terminal {
    /// Runs a command at a terminal of its own, and lets someone sit there; what was shown in the end, as standard
    /// output. The server answers meanwhile.
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

    /// Waits for a question, and types a line.
    #[track_caller]
    pub fn answer(&mut self, question: &str, line: &str) {
        self.wait_for(question);
        self.type_in(&format!("{line}\n"));
    }

    /// Waits for a question, and until the terminal no longer shows what is typed; then types a line.
    #[track_caller]
    pub fn answer_unseen(&mut self, question: &str, line: &str) {
        self.wait_for(question);
        self.wait_until_unseen();
        self.type_in(&format!("{line}\n"));
    }

    /// Waits until the terminal no longer shows what is typed. A program that never asks for that would wait for ever.
    pub fn wait_until_unseen(&self) {
        while self.shows_what_is_typed() {
            thread::yield_now();
        }
    }

    pub fn type_in(&mut self, text: &str) {
        self.pty.write_all(text.as_bytes()).expect("a terminal that listens");
    }

    /// Whether it is as a shell leaves it: lines are edited, shown, and Ctrl+C ends what runs.
    pub fn is_usual(&self) -> bool {
        let modes = tcgetattr(&self.pty).expect("modes").local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }

    fn shows_what_is_typed(&self) -> bool {
        tcgetattr(&self.pty).expect("modes").local_modes.contains(LocalModes::ECHO)
    }

    /// Reads on; false where nobody has the terminal open any more.
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
